"""The table of data sets, from which menus, URL, command line and training are derived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ammix_viz.datasets import cifar10_lt, custom, digits, mini_cifar, point_set, point_text, toys
from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.image_set import image_loader

POINTS = {"epochs": 100, "lr": 0.02, "batch_size": 101, "warmup": 0}
IMAGES = {"epochs": 40, "lr": 0.02, "batch_size": 128, "warmup": 5}
"""Default training settings for each kind of data; `docs/choices.md` explains them."""

FEW_POINTS = POINTS | {"epochs": 200, "batch_size": 32}
"""Those of points that a person places, a hundred or so."""

CIFAR10_LT = {"epochs": 200, "lr": 0.1, "batch_size": 128, "warmup": 5}
"""Default training settings of CIFAR10-LT (AMM A.2)."""

TOY = ("imbalance", "noise", "data_seed")
"""The settings that toys read."""

TOY_FACTOR = 100.0
"""n_max / n_min of the toys that are in no paper: that of the paper's toy."""


@dataclass(frozen=True)
class Entry:
    """A data set of the table.

    Attributes
    ----------
    title : str
        Name in menus and reports.
    kind : {"points", "images"}
        Kind of its samples.
    load : callable
        Takes the settings that `reads` names; returns a `Dataset`. Raises ValueError if the samples
        are missing or a class would be empty.
    defaults : dict of str to number
        Default epochs, learning rate, batch size and warm-up.
    reads : tuple of str, default=("imbalance", "data_seed")
        The settings that select its samples, in the order in which `load` takes them.
    paper_factor : float, optional
        Imbalance factor of the paper; None if the paper's counts follow no exponential profile.
    coarse : bool, default=False
        Whether coarse classes are learned first, then a fine classifier on the frozen encoder.
    same_as : str, default=""
        The entry with the same samples and another default imbalance; they share their runs.
    stand_in : str, default=""
        An entry that can replace this one if CIFAR-10 has not been downloaded.
    digest : callable, optional
        If the samples can change: returns a hash of them, which is part of a run's key.
    network : str, default=""
        Its default network, if that is not the default for this kind of samples.
    why_unlisted : callable, optional
        Returns why menus do not list the entry, to follow its name; "" if they do, as by default.
    points : str, default=""
        If its samples are the setting `points`: the default of that.
    """

    title: str
    kind: str
    load: Callable[..., Dataset]
    defaults: Mapping[str, float]
    reads: tuple[str, ...] = ("imbalance", "data_seed")
    paper_factor: float | None = 1.0
    coarse: bool = False
    same_as: str = ""
    stand_in: str = ""
    digest: Callable[[], str] | None = None
    network: str = ""
    why_unlisted: Callable[[], str] = lambda: ""
    points: str = ""

    def factor(self, imbalance: float | str) -> float | str:
        """Return the imbalance factor; "paper" where the paper's counts follow no profile."""
        if imbalance == "paper" and self.paper_factor is not None:
            return self.paper_factor
        return imbalance


DATASETS: dict[str, Entry] = {
    "gaussian": Entry("Gaussian toy", "points", toys.gaussian, POINTS, TOY, paper_factor=None),
    "moons": Entry("Two moons", "points", toys.moons, POINTS, TOY, TOY_FACTOR),
    "rings": Entry("Rings", "points", toys.rings, POINTS, TOY, TOY_FACTOR),
    "spiral": Entry("Spiral", "points", toys.spiral, POINTS, TOY, TOY_FACTOR),
    "points": Entry(
        "Your points",
        "points",
        lambda text: point_set.dataset(point_text.decode(text)[0]),
        FEW_POINTS,
        ("points",),
        points=point_text.encode(point_set.cloud("gaussian")),
    ),
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
        IMAGES | {"epochs": 20},
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
    "cifar10_lt": Entry(
        "CIFAR10-LT",
        "images",
        image_loader(cifar10_lt.read),
        CIFAR10_LT,
        paper_factor=100.0,
        network="resnet32",
        why_unlisted=lambda: "trains from the command line only",
    ),
    "custom": Entry(
        "Your images",
        "images",
        image_loader(custom.read),
        IMAGES | {"batch_size": 32},
        digest=custom.digest,
        why_unlisted=lambda: "" if custom.is_set() else "is not set up",
    ),
}


class Choice(Protocol):
    """The settings that select a data set; a `Recipe` has them."""

    @property
    def data(self) -> str: ...  # noqa: D102
    @property
    def imbalance(self) -> float | str: ...  # noqa: D102
    @property
    def noise(self) -> float: ...  # noqa: D102
    @property
    def data_seed(self) -> int: ...  # noqa: D102
    @property
    def points(self) -> str: ...  # noqa: D102
    @property
    def neighbors(self) -> int: ...  # noqa: D102


def load_dataset(choice: Choice) -> Dataset:
    """Return the selected data set.

    Raises
    ------
    ValueError
        If the samples are missing, a class would be empty at that imbalance, or there are fewer
        other classes than `neighbors`.
    """
    entry = DATASETS[choice.data]
    given = {name: getattr(choice, name) for name in entry.reads}
    given |= {"imbalance": entry.factor(choice.imbalance)} if "imbalance" in given else {}
    found = entry.load(*given.values())
    most = min(len(names) for names in (found.class_names, found.coarse_names) if names) - 1
    if choice.neighbors > max(most, 1):
        raise ValueError(
            f"neighbors is {choice.neighbors}; it must be a whole number from 1 to {most}, since "
            f"{choice.data} has {most + 1} {'coarse ' if found.coarse_names else ''}classes."
        )
    return found


def dataset_problem(choice: Choice) -> str:
    """Return why the data set cannot be loaded; "" if it can be."""
    try:
        load_dataset(choice)
    except ValueError as error:
        return str(error)
    return ""


def names_of(coarse: bool) -> tuple[str, ...]:
    """Return the names in menus: data sets with coarse classes, or those without."""
    return tuple(
        name
        for name, entry in DATASETS.items()
        if entry.coarse == coarse and not entry.why_unlisted()
    )
