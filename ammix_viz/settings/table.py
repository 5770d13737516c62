"""The table of settings: sidebar, URL, command line, run key and sweeps are derived from it.

A new setting is one field of `Settings`, plus the code that reads it. Each field defines the
allowed values, default, label, help, position of the control, and which runs read it.
"""

from dataclasses import dataclass, fields
from typing import Any

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.lam import LAM_MODES
from ammix_viz.methods.table import METHODS
from ammix_viz.networks.table import NETWORKS
from ammix_viz.settings.rules import Choice, Number, PointList, Rule, checked
from ammix_viz.settings.setting import Setting, setting

SEED = Number(0, 2**31 - 1, whole=True)
SWITCH = Choice(("off", "on"))
OF_METHOD = Choice(("default", "on", "off"))


@dataclass(frozen=True)
class Settings:
    """The settings that determine the numbers of one training run.

    Attributes
    ----------
    method : str, default="am_mixup"
        An entry of `METHODS`.
    data : str, default="gaussian"
        An entry of `DATASETS`.
    imbalance : float or "paper", default="paper"
        The paper's class counts, or the factor n_max / n_min of an exponential profile.
    lr, epochs, batch_size, warmup, beta : number, optional
        If None, the default of methods and data (`settings.defaults`).
    network : str, default="default"
        An entry of `NETWORKS`; "default" is the first one for the kind of data.

    The other attributes are described by their entries below.
    """

    method: str = setting(
        Choice(tuple(METHODS)), "am_mixup", "Method", "which samples are mixed, and how"
    )
    data: str = setting(
        Choice(tuple(DATASETS)),
        "gaussian",
        "Data",
        "2-D points or images; names in _lt are long-tailed, those in _coarse train on coarse "
        "classes first",
    )
    imbalance: float | str = setting(
        Number(1, 200, word="paper"),
        "paper",
        "Class imbalance",
        "the paper's class sizes, or the size of the largest class divided by the size of the "
        "smallest",
        short="imbalance",
        read_by="data",
        values=(10, 50, 200),
    )
    beta: float = setting(
        Number(0, 1.5),
        None,
        "β of AM-mixup and AMA",
        "λ = exp(−β · training accuracy) is the share of the first sample in a mixed pair: a "
        "larger β moves mixed features closer to the midpoint; above ln 2 ≈ 0.69 they can pass it, "
        "and then get the second sample's label",
        group="main",
        short="β",
        read_by="method",
        values=(0, 0.34, 0.67, 1),
        step=0.01,
        slider=True,
    )
    noise: float = setting(
        Number(0, 3),
        1.0,
        "Noise",
        "spread of the points of a class: 1 is the default (the paper's, for the Gaussian toy), 0 "
        "is no noise",
        group="main",
        read_by="data",
        values=(0.5, 1, 2),
        step=0.1,
        slider=True,
        neutral=1.0,
    )
    epochs: int = setting(
        Number(1, 2000, whole=True),
        None,
        "Epochs",
        "passes over the training samples; SupCon first trains its encoder for six times as many",
        group="training",
        values=(20, 50, 100),
        step=50,
    )
    lr: float = setting(
        Number(1e-4, 1),
        None,
        "Learning rate",
        "step size of SGD with momentum 0.9",
        group="training",
        values=(0.01, 0.02, 0.05),
        step=0.01,
    )
    batch_size: int = setting(
        Number(2, 2048, whole=True),
        None,
        "Batch size",
        "samples per step; 101 gives 16 batches per epoch on the Gaussian toy",
        group="training",
        values=(32, 101, 256),
    )
    alpha: float = setting(
        Number(0.05, 10),
        1.0,
        "α of Beta(α, α)",
        "mixup and manifold mixup sample λ, the share of the first sample, from Beta(α, α): 1 is "
        "uniform, a small α mixes little",
        group="training",
        short="α",
        read_by="method",
        values=(0.2, 1, 4),
        step=0.1,
    )
    lam_mode: str = setting(
        Choice(("default", *LAM_MODES)),
        "default",
        "λ of AM-mixup and AMA",
        "share of the first sample: sampled from Beta(α, α) in each step, fixed at 0.51, or "
        "exp(−β · training accuracy)",
        group="ablation",
        short="λ",
        read_by="method",
        values=tuple(LAM_MODES),
        words={"random": "Beta(α, α)", "fixed": "0.51", "asymptotic": "exp(−β·acc)"},
    )
    one_sided: str = setting(
        OF_METHOD,
        "default",
        "One-sided label",
        "whether a mixed sample gets only the label of the sample with the larger share",
        group="ablation",
        read_by="method",
        values=("on", "off"),
    )
    clean: str = setting(
        OF_METHOD,
        "default",
        "Loss on unmixed samples",
        "whether the cross entropy of the unmixed samples is added to the loss",
        group="ablation",
        read_by="method",
        values=("on", "off"),
    )
    pairs: str = setting(
        Choice(("default", "partner", "even", "even_any")),
        "default",
        "Pairs",
        "partner: each sample with a random other one of the batch; even: samples of two different "
        "classes, every class equally likely; even_any: the same, but both may be of one class",
        group="open",
        read_by="method",
        values=("partner", "even", "even_any"),
        words={
            "partner": "random partner",
            "even": "different classes, evenly",
            "even_any": "any classes, evenly",
        },
    )
    site: str = setting(
        Choice(("last", "random", "input")),
        "last",
        "Mixing layer",
        "for methods other than mixup: at the 2-D feature, at a random layer in each step, or at "
        "the input",
        group="open",
        read_by="method",
        values=("last", "random"),
        words={"last": "2-D feature", "random": "random layer", "input": "input"},
    )
    lam_per: str = setting(
        Choice(("step", "row")),
        "step",
        "Random λ",
        "whether a random λ is sampled once per step, for all pairs of the batch, or for each pair",
        group="open",
        read_by="method",
        values=("step", "row"),
        words={"step": "per step", "row": "per pair"},
        neutral="step",
    )
    lam_update: str = setting(
        Choice(("epoch", "batch")),
        "epoch",
        "Update λ every",
        "whether λ = exp(−β · accuracy) changes after each epoch or after each batch; after a "
        "batch, the accuracy is that on the epoch's batches so far, whose samples are unmixed",
        group="open",
        read_by="method",
        values=("epoch", "batch"),
        short="update of λ",
        neutral="epoch",
    )
    v_acc: str = setting(
        Choice(("train", "validation")),
        "train",
        "Accuracy in λ",
        "whether λ = exp(−β · accuracy) uses the accuracy on training samples or, at the end of "
        "each epoch, on the test samples as validation samples; test accuracy is then not "
        "independent of training",
        group="open",
        read_by="method",
        values=("train", "validation"),
        neutral="train",
    )
    weight_decay: float = setting(
        Number(0, 0.1),
        5e-4,
        "Weight decay",
        "SGD adds this times the value to the gradient of every weight and bias; 0.0005 is the "
        "papers' value",
        group="open",
        values=(0, 5e-4, 5e-3),
        step=1e-4,
        neutral=5e-4,
    )
    warmup: int = setting(
        Number(0, 50, whole=True),
        None,
        "Warm-up epochs",
        "epochs in which the learning rate rises to its value; it ends at the latest when the rate "
        "first falls",
        group="open",
        read_by="images",
        values=(0, 5),
    )
    augment: str = setting(
        SWITCH,
        "off",
        "Crops and flips",
        "whether training images are randomly cropped (after padding by an eighth) and flipped",
        group="open",
        read_by="images",
        values=("off", "on"),
    )
    feature_layer: str = setting(
        Choice(("gap", "flatten", "hidden")),
        "gap",
        "Feature layer",
        "how the last block's output becomes the 2-D feature: global average pool and a linear "
        "layer, flatten and a linear layer, or flatten and a hidden layer of 128 units with ReLU "
        "before it",
        group="open",
        read_by="network",
        values=("gap", "flatten", "hidden"),
        words={"gap": "global average pool", "hidden": "hidden layer"},
        neutral="flatten",
    )
    feature_norm: str = setting(
        SWITCH,
        "off",
        "Batch norm on the feature",
        "whether the 2-D feature is batch-normalised",
        group="open",
        read_by="network",
        values=("off", "on"),
    )
    init: str = setting(
        Choice(("uniform", "he")),
        "uniform",
        "Initial weights",
        "uniform within ±1/√fan-in (PyTorch's default), or normal with variance 2 / fan-in (He)",
        group="open",
        read_by="network",
        values=("uniform", "he"),
        words={"he": "He"},
    )
    batch_norm: str = setting(
        SWITCH,
        "on",
        "Batch norm in the blocks",
        "whether each convolution is followed by batch norm",
        group="open",
        read_by="network",
        values=("on", "off"),
        neutral="on",
    )
    precision: str = setting(
        Choice(("float32", "bfloat16")),
        "float32",
        "Precision of the blocks",
        "number format of the convolutions; features, classifier and losses are float32; bfloat16 "
        "takes half the memory and is faster on hardware that supports it",
        group="open",
        read_by="network",
        values=("float32", "bfloat16"),
        neutral="float32",
    )
    neighbors: int = setting(
        Number(1, 9, whole=True),
        1,
        "Neighbours k of U_k",
        "above 1, the mean distance U_k from a class centre to its k nearest other centres is "
        "recorded beside U1; k is at most the number of classes minus 1",
        group="open",
        short="neighbours of U_k",
        neutral=1,
    )
    network: str = setting(
        Choice(("default", *NETWORKS)),
        "default",
        "Network",
        "the encoder; the default is the one of the papers",
        neutral="default",
    )
    points: str = setting(
        PointList(),
        "",
        "Points",
        "the points of the data set of that name",
        read_by="data",
        neutral="",
    )
    data_seed: int = setting(SEED, 0, "Data seed", "seed of the samples", read_by="data")
    init_seed: int = setting(SEED, 0, "Weight seed", "seed of the initial weights")
    batch_seed: int = setting(SEED, 0, "Batch seed", "seed of batch order and mixing")
    device: str = setting(
        Choice(("auto", "cpu", "cuda", "mps")),
        "auto",
        "Device",
        "where to train; auto uses the CPU for points, where it is fastest, and a GPU for images "
        "if available",
    )


SETTINGS: dict[str, Setting] = {each.name: each.metadata["setting"] for each in fields(Settings)}
"""Every setting by its name in the URL, the API and (with dashes) on the command line."""

SEEDS = ("data_seed", "init_seed", "batch_seed")

RULES: dict[str, Rule] = {name: entry.rule for name, entry in SETTINGS.items()} | {
    "seed": SEED,
    "seeds": Number(1, 32, whole=True),
    "displayed": Number(0, 31, whole=True),
}
"""Rules of all parameters: settings, `seed` for all seeds, number of seeds, and displayed seed."""


def check(name: str, value: object) -> Any:  # noqa: ANN401
    """Return `value` converted to the type of parameter `name`.

    Raises
    ------
    ValueError
        If it is not allowed; the message names the parameter, the value and what is allowed.
    """
    return checked(name, value, RULES[name])


def number_rule(name: str) -> Number:
    """Return the rule of a numeric parameter."""
    rule = RULES[name]
    if not isinstance(rule, Number):
        raise TypeError(f"{name} is not a number.")
    return rule


def in_group(group: str) -> tuple[str, ...]:
    """Return the settings whose controls are in a group."""
    return tuple(name for name, entry in SETTINGS.items() if entry.group == group)
