"""The table of data sets: menus, URL, command line and training read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ammix_viz.datasets import custom, digits, mini_cifar, toys
from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.image_set import image_loader

POINTS = {"epochs": 100, "lr": 0.1, "batch_size": 101, "warmup": 0}
IMAGES = {"epochs": 40, "lr": 0.02, "batch_size": 128, "warmup": 5}
"""Settings that train, for each kind of data; `docs/choices.md` says why."""

TOY = POINTS | {"lr": 0.02}
TOY_FACTOR = 100.0
"""For toys of no paper: settings that train every method, and the paper's toy's n_max / n_min."""


@dataclass(frozen=True)
class Entry:
    """A data set.

    Attributes
    ----------
    title : str
        In menus and reports.
    kind : {"points", "images"}
        What a sample is.
    load : callable
        Takes imbalance, noise and seed; returns a `Dataset`. Raises ValueError with a sentence if
        the samples are not there or a class would have none.
    defaults : dict of str to number
        Epochs, learning rate, batch size and warm-up that train here.
    paper_factor : float, optional
        What imbalance "paper" stands for; None if `load` knows counts that are no profile.
    coarse : bool, default=False
        Whether coarse classes are learned first, then the fine ones on the frozen encoder.
    same_as : str, default=""
        The entry that has the same samples at another imbalance: its runs are these.
    stand_in : str, default=""
        For entries that need CIFAR-10, which has to be downloaded: one that needs nothing.
    digest : callable, optional
        Where the samples may change: returns a text that changes with them, part of a run's key.
    listed : callable, optional
        Returns whether menus list it; by default they do.
    """

    title: str
    kind: str
    load: Callable[[float | str, float, int], Dataset]
    defaults: Mapping[str, float]
    paper_factor: float | None = 1.0
    coarse: bool = False
    same_as: str = ""
    stand_in: str = ""
    digest: Callable[[], str] | None = None
    listed: Callable[[], bool] | None = None

    def factor(self, imbalance: float | str) -> float | str:
        """Return the imbalance factor; "paper" where the paper's counts follow no profile."""
        if imbalance == "paper" and self.paper_factor is not None:
            return self.paper_factor
        return imbalance


DATASETS: dict[str, Entry] = {
    "gaussian": Entry("Gaussian toy", "points", toys.gaussian, POINTS, paper_factor=None),
    "moons": Entry("Two moons", "points", toys.moons, TOY, TOY_FACTOR),
    "rings": Entry("Rings", "points", toys.rings, TOY, TOY_FACTOR),
    "spiral": Entry("Spiral", "points", toys.spiral, TOY, TOY_FACTOR),
    "digits": Entry("Digits", "images", image_loader(digits.read), IMAGES),
    "digits_lt": Entry(
        "Digits-LT",
        "images",
        image_loader(digits.read),
        IMAGES | {"batch_size": 32},
        paper_factor=50.0,
        same_as="digits",
    ),
    "digits_coarse": Entry(
        "Digits-Coarse", "images", image_loader(digits.read, coarse=True), IMAGES, coarse=True
    ),
    "mini_cifar": Entry(
        "Mini-CIFAR",
        "images",
        image_loader(mini_cifar.read),
        IMAGES | {"epochs": 20},
        stand_in="digits",
    ),
    "mini_cifar_lt": Entry(
        "Mini-CIFAR-LT",
        "images",
        image_loader(mini_cifar.read),
        IMAGES,
        paper_factor=200.0,
        same_as="mini_cifar",
        stand_in="digits_lt",
    ),
    "mini_cifar_coarse": Entry(
        "Mini-CIFAR-Coarse",
        "images",
        image_loader(mini_cifar.read, coarse=True),
        IMAGES | {"epochs": 20},
        coarse=True,
        stand_in="digits_coarse",
    ),
    "custom": Entry(
        "Your images",
        "images",
        image_loader(custom.read),
        IMAGES | {"batch_size": 32},
        digest=custom.digest,
        listed=custom.is_set,
    ),
}


class Choice(Protocol):
    """What a data set is chosen by; a `Recipe` has all of it."""

    @property
    def data(self) -> str: ...  # noqa: D102
    @property
    def imbalance(self) -> float | str: ...  # noqa: D102
    @property
    def noise(self) -> float: ...  # noqa: D102
    @property
    def data_seed(self) -> int: ...  # noqa: D102


def load_dataset(choice: Choice) -> Dataset:
    """Return the samples of a choice.

    Raises
    ------
    ValueError
        If they are not there, or a class would have none at that imbalance.
    """
    entry = DATASETS[choice.data]
    return entry.load(entry.factor(choice.imbalance), choice.noise, choice.data_seed)


def dataset_problem(choice: Choice) -> str:
    """Return a sentence if there are no samples to train on, else nothing."""
    try:
        load_dataset(choice)
    except ValueError as error:
        return str(error)
    return ""


def names_of(coarse: bool) -> tuple[str, ...]:
    """Return the data sets of menus that go from coarse to fine classes, or those that do not."""
    return tuple(
        name
        for name, entry in DATASETS.items()
        if entry.coarse == coarse and (entry.listed is None or entry.listed())
    )
