"""The table of settings: sidebar, URL, command line, run key and sweeps are derived from it.

A new setting is one field of `Settings`, plus the code that reads it. Each field says what is
allowed, its default, its label and help, where its control stands, and which runs read it.
"""

from dataclasses import dataclass, fields
from typing import Any

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.lam import LAM_MODES
from ammix_viz.methods.table import METHODS
from ammix_viz.networks.table import NETWORKS
from ammix_viz.settings.rules import Choice, Number, checked
from ammix_viz.settings.setting import Setting, setting

SEED = Number(0, 2**31 - 1, whole=True)
SWITCH = Choice(("off", "on"))
OF_METHOD = Choice(("default", "on", "off"))


@dataclass(frozen=True)
class Settings:
    """Everything that decides the numbers of one training run.

    Attributes
    ----------
    method : str, default="am_mixup"
        An entry of `METHODS`.
    data : str, default="gaussian"
        An entry of `DATASETS`.
    imbalance : float or "paper", default="paper"
        The paper's class counts, or the factor n_max / n_min of an exponential profile.
    lr, epochs, batch_size, warmup, beta : number, optional
        Where None, as methods and data have them (`settings.defaults`).
    network : str, default="default"
        An entry of `NETWORKS`; "default" is the first for the kind of data.

    The other attributes are as their entries here say.
    """

    method: str = setting(Choice(tuple(METHODS)), "am_mixup", "Method", "how rows are mixed")
    data: str = setting(
        Choice(tuple(DATASETS)),
        "gaussian",
        "Data",
        "points in the plane, or images; _lt is long-tailed, _coarse goes from coarse to fine "
        "classes",
    )
    imbalance: float | str = setting(
        Number(1, 200, word="paper"),
        "paper",
        "Class imbalance",
        "the paper's class counts, or how many times the samples of the smallest class the largest "
        "has",
        short="imbalance",
        values=(10, 50, 200),
    )
    beta: float = setting(
        Number(0, 1.5),
        None,
        "β, pace of AM-mixup and AMA",
        "in λ = exp(−β · training accuracy): the larger β, the nearer mixed features come to the "
        "midpoint of a pair; past ln 2 ≈ 0.69 they cross it, and the label flips",
        group="main",
        short="β",
        read_by="method",
        values=(0, 0.34, 0.67),
        step=0.01,
        slider=True,
    )
    noise: float = setting(
        Number(0, 3),
        1.0,
        "Noise",
        "how far points scatter about their class: 1 as usual (for the Gaussian toy, as in the "
        "paper), 0 not at all",
        group="main",
        read_by="points",
        values=(0.5, 1, 2),
        step=0.1,
        slider=True,
        neutral=1.0,
    )
    epochs: int = setting(
        Number(1, 2000, whole=True),
        None,
        "Epochs",
        "passes over the training samples; SupCon's encoder takes six times as many first",
        group="training",
        values=(20, 50, 100),
        step=50,
    )
    lr: float = setting(
        Number(1e-4, 1),
        None,
        "Learning rate",
        "step size of SGD with momentum 0.9 and weight decay 0.0005",
        group="training",
        values=(0.01, 0.02, 0.05),
        step=0.01,
    )
    batch_size: int = setting(
        Number(2, 2048, whole=True),
        None,
        "Batch size",
        "samples a step; 101 gives 16 batches an epoch on the Gaussian toy",
        group="training",
        values=(32, 101, 256),
    )
    alpha: float = setting(
        Number(0.05, 10),
        1.0,
        "α of Beta(α, α)",
        "mixup and manifold mixup draw λ from Beta(α, α): 1 is uniform, a small α mixes little",
        group="training",
        short="α",
        read_by="method",
        values=(0.2, 1, 4),
        step=0.1,
    )
    site: str = setting(
        Choice(("last", "random", "input")),
        "last",
        "Where features are mixed",
        "by methods other than mixup: at the 2-D feature, at a layer drawn each step, or at the "
        "input",
        group="training",
        short="site of mixing",
        read_by="method",
        values=("last", "random"),
        words={"last": "2-D feature", "random": "a random layer"},
    )
    lam_mode: str = setting(
        Choice(("default", *LAM_MODES)),
        "default",
        "λ of AM-mixup and AMA",
        "drawn from Beta(α, α) each step, fixed at 0.51, or exp(−β · training accuracy)",
        group="ablation",
        short="λ",
        read_by="method",
        values=tuple(LAM_MODES),
        words={"fixed": "0.51", "asymptotic": "exp(−β·acc)"},
    )
    one_sided: str = setting(
        OF_METHOD,
        "default",
        "One-sided label",
        "whether the mixed row carries only the label of its larger share",
        group="ablation",
        read_by="method",
        values=("on", "off"),
    )
    pairs: str = setting(
        Choice(("default", "partner", "even", "even_any")),
        "default",
        "Pairs",
        "partner: each row with a random other one; even: rows of two different classes, each "
        "equally likely; even_any: the same, but both may be of one class",
        group="ablation",
        read_by="method",
        values=("partner", "even", "even_any"),
        words={"even": "two classes, evenly", "even_any": "any classes, evenly"},
    )
    clean: str = setting(
        OF_METHOD,
        "default",
        "Clean term",
        "whether the cross entropy of the unmixed rows is added",
        group="ablation",
        read_by="method",
        values=("on", "off"),
    )
    warmup: int = setting(
        Number(0, 50, whole=True),
        None,
        "Warm-up epochs",
        "epochs in which the learning rate rises, at most until it first falls",
        group="open",
        read_by="images",
        values=(0, 5),
    )
    network: str = setting(
        Choice(("default", *NETWORKS)),
        "default",
        "Network",
        "the encoder; the default is the papers' for the kind of data",
        neutral="default",
    )
    feature_layer: str = setting(
        Choice(("flatten", "gap", "hidden")),
        "flatten",
        "Feature layer",
        "what gives the 2-D feature from the last block: a linear layer on all its outputs, one on "
        "their mean over the image, or a hidden layer of 128 with ReLU, then a linear one",
        group="open",
        read_by="network",
        values=("flatten", "gap", "hidden"),
        words={"gap": "global average pool", "hidden": "hidden layer"},
        neutral="flatten",
    )
    feature_norm: str = setting(
        SWITCH,
        "off",
        "Batch norm on the feature",
        "whether a batch norm follows the 2-D feature",
        group="open",
        read_by="network",
        values=("off", "on"),
    )
    init: str = setting(
        Choice(("uniform", "he")),
        "uniform",
        "Initial weights",
        "uniform within ±1/√fan-in, as torch draws them, or normal with variance 2 / fan-in",
        group="open",
        read_by="network",
        values=("uniform", "he"),
        words={"he": "He"},
    )
    batch_norm: str = setting(
        SWITCH,
        "on",
        "Batch norm in the blocks",
        "whether a batch norm follows each convolution",
        group="open",
        read_by="network",
        values=("on", "off"),
        neutral="on",
    )
    precision: str = setting(
        Choice(("float32", "bfloat16")),
        "float32",
        "Precision of the blocks",
        "of the convolutions; features, classifier and losses are float32. bfloat16 takes half "
        "the memory and is faster on hardware that has it",
        group="open",
        read_by="network",
        values=("float32", "bfloat16"),
        neutral="float32",
    )
    augment: str = setting(
        SWITCH,
        "off",
        "Crops and flips",
        "whether images are cropped at random out of a margin of an eighth, and flipped",
        group="open",
        read_by="images",
        values=("off", "on"),
    )
    data_seed: int = setting(SEED, 0, "Data seed", "seed of the samples")
    init_seed: int = setting(SEED, 0, "Start seed", "seed of the initial weights")
    batch_seed: int = setting(SEED, 0, "Batch seed", "seed of batch order and mixing")
    device: str = setting(
        Choice(("auto", "cpu", "cuda", "mps")),
        "auto",
        "Device",
        "where to train; auto is the CPU for points, where it is fastest, and a GPU for images if "
        "there is one",
    )


SETTINGS: dict[str, Setting] = {each.name: each.metadata["setting"] for each in fields(Settings)}
"""Every setting by its name in the URL, the API and (with dashes) on the command line."""

SEEDS = ("data_seed", "init_seed", "batch_seed")

RULES: dict[str, Number | Choice] = {name: entry.rule for name, entry in SETTINGS.items()} | {
    "seed": SEED,
    "seeds": Number(1, 32, whole=True),
    "displayed": Number(0, 31, whole=True),
}
"""What is allowed: each setting; all seeds at once; how many seeds, and which is displayed."""


def check(name: str, value: object) -> Any:  # noqa: ANN401
    """Return `value` as the type that parameter `name` has.

    Raises
    ------
    ValueError
        With a sentence that names the parameter, the value given and what is allowed.
    """
    return checked(name, value, RULES[name])


def number_rule(name: str) -> Number:
    """Return what is allowed of a parameter that is a number."""
    rule = RULES[name]
    if not isinstance(rule, Number):
        raise TypeError(f"{name} is no number.")
    return rule


def in_group(group: str) -> tuple[str, ...]:
    """Return the settings whose controls stand together."""
    return tuple(name for name, entry in SETTINGS.items() if entry.group == group)
