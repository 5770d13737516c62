"""What one training run is: a recipe, and the key that names the run on disk."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ammix_viz.settings.rules import IMAGE_SETS, METHOD_NAMES, check

VERSION = 2
"""Raised whenever training would give other numbers; part of every key."""

OPTIONAL = ("beta", "alpha", "site", "rate", "one_sided", "class_unbiased", "clean")
"""Settings that not every method reads."""

CELLS: dict[str, dict[str, str]] = {
    "am_mixup": {"rate": "asymptotic", "one_sided": "on", "class_unbiased": "off", "clean": "off"},
    "ama": {"rate": "asymptotic", "one_sided": "on", "class_unbiased": "on", "clean": "on"},
}
"""What methods fill in the cells that the ablations exchange (AMM Table 7, AMA Table 5)."""
CELLS["ama_mixup"] = CELLS["ama"]

READS = {
    "mixup": ("alpha",),
    "manifold": ("alpha", "site"),
    "am_mixup": OPTIONAL,
    "ama": OPTIONAL,
    "ama_mixup": OPTIONAL,
}
"""Methods and those of the optional settings that they read; the others read none."""

SEEDS = ("data_seed", "init_seed", "batch_seed")
OF_IMAGES = {"warmup": 0, "augment": "off", "feature_norm": "off", "init": "uniform"}
"""Settings that only runs on images read, as the toy has them."""

PAPER_IMBALANCE = dict.fromkeys(IMAGE_SETS, 1.0) | {"mini_cifar_lt": 200.0, "digits_lt": 50.0}
"""The factor that "paper" stands for on images; of digits, which the papers do not use, ours."""

PAPER_LR, CALM_LR = 0.1, 0.02
WARMUP = 5
AMM_BETA, AMA_BETA = 0.34, 0.67


def own_defaults(methods: tuple[str, ...], data: str = "gaussian") -> dict[str, float]:
    """Return the settings that methods share where nothing else is asked for.

    With AMA among them β is 0.67 and the learning rate 0.02: at the paper's 0.1 AMA diverges on
    the toy. On images it is 0.02 too: at 0.1 features can fall into one point. It rises over five
    epochs: without, features can shoot up within the first, and accuracy stays ten points lower.
    Images are seen for 40 epochs, all 20,000 of Mini-CIFAR for 20, in batches of 128; the 395 of
    Digits-LT of 32.
    """
    full = data in ("mini_cifar", "mini_cifar_coarse")
    ama, images = any(name.startswith("ama") for name in methods), data != "gaussian"
    return {
        "beta": AMA_BETA if ama else AMM_BETA,
        "lr": CALM_LR if ama or images else PAPER_LR,
        "epochs": 20 if full else 40 if images else 100,
        "batch_size": 32 if data == "digits_lt" else 128 if images else 101,
        "warmup": WARMUP if images else 0,
    }


@dataclass(frozen=True)
class Recipe:
    """All that decides the numbers of one training run.

    Parameters
    ----------
    method : str, default="am_mixup"
        One of `rules.METHOD_NAMES`.
    data : str, default="gaussian"
        The four-class Gaussian toy (AMA 3.3); or real images: `digits`, `mini_cifar` (AMM A.1),
        each also with `_lt`, long-tailed, and `_coarse`, from coarse to fine labels.
    imbalance : float or "paper", default="paper"
        The paper's class counts, or the factor n_max / n_min of an exponential profile.
    beta : float, optional
        Decay of the share λ = exp(-β·v_acc) (AMM Eq. 6); 0.34, for AMA 0.67, unless given.
    alpha : float, default=1.0
        Parameter of Beta(α, α), from which mixup and manifold mixup draw λ.
    site : {"last", "random"}, default="last"
        Where features are mixed: the 2-D feature, or a site drawn each step.
    rate : {"own", "beta", "fixed", "asymptotic"}, default="own"
        λ of AM-mixup and AMA: drawn from Beta(α, α), fixed at 0.51, or λ = exp(-β·v_acc). "own"
        stands, here and below, for what the method does by itself.
    one_sided : {"own", "on", "off"}, default="own"
        Whether the larger side of a pair keeps the whole label (AMM Eq. 5).
    class_unbiased : {"own", "on", "off"}, default="own"
        Whether pairs are drawn with every class equally likely, from two classes (AMA Eq. 5).
    clean : {"own", "on", "off"}, default="own"
        Whether the cross entropy of the unmixed rows is added (AMA Eq. 7).
    epochs, lr, batch_size : int, float, int, optional
        SGD settings, 100, 0.1 and 101 unless given: 101 makes 16 batches an epoch at the paper's
        counts. `lr` is 0.02 with AMA; on images the three are 40 (20 on the whole Mini-CIFAR), 0.02
        and 128 (32 on Digits-LT). SupCon's encoder trains six times as many epochs first.
    warmup : int, optional
        On images: epochs over which the learning rate rises to `lr`, at the most until it first
        falls; 5 unless given.
    augment : {"off", "on"}, default="off"
        On images: crop at random out of a margin of an eighth, and flip (digits are not flipped).
    feature_norm : {"off", "on"}, default="off"
        On images: a batch norm on the 2-D feature.
    init : {"uniform", "he"}, default="uniform"
        On images: weights as `torch.nn` draws them, or normal with variance 2 / fan-in.
    data_seed, init_seed, batch_seed : int, default=0
        Seeds of the points, of the initial weights, and of batch order and mixing draws.
    device : {"auto", "cpu", "cuda", "mps"}, default="auto"
        Where to train.

    Raises
    ------
    ValueError
        If a value is not allowed.
    """

    method: str = "am_mixup"
    data: str = "gaussian"
    imbalance: float | str = "paper"
    beta: float | None = None
    alpha: float = 1.0
    site: str = "last"
    rate: str = "own"
    one_sided: str = "own"
    class_unbiased: str = "own"
    clean: str = "own"
    epochs: int | None = None
    lr: float | None = None
    batch_size: int | None = None
    warmup: int | None = None
    augment: str = "off"
    feature_norm: str = "off"
    init: str = "uniform"
    data_seed: int = 0
    init_seed: int = 0
    batch_seed: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        known = self.method in METHOD_NAMES
        own = own_defaults((self.method,), self.data) if known else {}
        for name, value in asdict(self).items():
            value = own.get(name) if value is None else value
            object.__setattr__(self, name, check(name, value))

    @property
    def on_images(self) -> bool:
        """Whether CNN-Vis2D is trained on images, not the toy's MLP on points."""
        return self.data in IMAGE_SETS

    @property
    def sites(self) -> int:
        """Where rows can be mixed: the input, after each hidden block, the 2-D feature."""
        return 5 if self.on_images else 4

    @property
    def factor(self) -> float | str:
        """The imbalance factor; of the toy maybe "paper", whose counts follow no profile."""
        own = self.imbalance == "paper" and self.on_images
        return PAPER_IMBALANCE[self.data] if own else self.imbalance

    def cell(self, name: str) -> str:
        """Return what an ablation cell says: as set, or as the method has it by itself."""
        value = getattr(self, name)
        return CELLS[self.method][name] if value == "own" else value

    @property
    def canonical(self) -> "Recipe":
        """The same run with every setting that it does not depend on at its default."""
        read = set(READS.get(self.method, ()))
        if self.method in CELLS:
            own = CELLS[self.method]
            read -= self._idle() | {name for name in own if getattr(self, name) == own[name]}
        unread = {field.name: field.default for field in fields(self) if field.name in OPTIONAL}
        changed = {name: unread[name] for name in unread.keys() - read}
        if self.on_images:
            changed |= {"data": self.data.removesuffix("_lt"), "imbalance": self.factor}
        return replace(self, **(changed if self.on_images else changed | OF_IMAGES))

    def _idle(self) -> set[str]:
        """Return what is not read although the method could: β and α belong to a rate."""
        rate = self.cell("rate")
        idle = {"beta"} if rate != "asymptotic" else set()
        return idle | ({"alpha"} if rate != "beta" and self.method != "ama_mixup" else set())

    @property
    def key(self) -> str:
        """The name of the run on disk: 24 hexadecimal digits."""
        settings = asdict(self.canonical)
        if not self.on_images:
            settings = {name: settings[name] for name in settings.keys() - OF_IMAGES.keys()}
        content = json.dumps([VERSION, settings], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    @property
    def shape(self) -> str:
        """How a step is shaped: one row each, clean and mixed ones, or contrastive."""
        if self.method == "supcon":
            return "contrastive"
        if self.method not in CELLS or self.cell("clean") == "off":
            return "single"
        return "doubled" if self.site == "random" else "added"

    @property
    def stack(self) -> tuple:
        """What runs must have in common to be trained in one stack; on images everything."""
        if self.on_images:
            return (self.key,)
        settings = (self.data, self.imbalance, self.epochs, self.lr, self.batch_size, self.device)
        return (*settings, self.shape)

    def at_seed(self, offset: int) -> "Recipe":
        """Return the same run with every seed moved on, past the highest to the lowest."""
        highest = 2**31
        moved = {name: (getattr(self, name) + offset) % highest for name in SEEDS}
        return replace(self, **moved)


def is_key(text: str) -> bool:
    """Say whether a text has the form of a key, so that it may name a file."""
    return len(text) == 24 and all(c in "0123456789abcdef" for c in text)


def as_settings(recipe: Recipe) -> dict[str, Any]:
    """Return the settings by name, without those at "own" and those of another kind of data."""
    idle = {} if recipe.on_images else OF_IMAGES
    settings = asdict(recipe)
    return {n: value for n, value in settings.items() if value != "own" and n not in idle}
