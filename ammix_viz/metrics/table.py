"""The table of metrics: what each is called, what it means, and where it is shown.

A new metric is one entry here, its computation in `stacked.measure`, and its test. Run files,
curves, tables, CSV, reports, sweeps, the command line and the player follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One metric, as it is recorded at each snapshot of a run.

    Attributes
    ----------
    title : str
        Above its curve and its column.
    symbol, subscript : str
        Beside its value in the player.
    help : str
        What it is and how to read it, in a sentence or two.
    better : {1, -1, 0}
        Whether higher or lower values are better; 0 where neither is, and methods are not ranked.
    digits : int
        Decimal places in the player.
    unit : str
        After the value, such as `%`.
    per_split : bool
        Whether training and test samples have one each; otherwise it belongs to the run.
    per_class : bool
        Whether it is one number a class.
    of_classifier : bool
        Whether it says nothing until the classifier is trained.
    headline : bool
        Whether the player and the first page of curves show it.
    limits : tuple of float, optional
        The ends of its axis, where a few extreme values would hide all others.
    """

    title: str
    symbol: str = ""
    subscript: str = ""
    help: str = ""
    better: int = 0
    digits: int = 3
    unit: str = ""
    per_split: bool = True
    per_class: bool = False
    of_classifier: bool = False
    headline: bool = False
    limits: tuple[float, float] | None = None


METRICS: Mapping[str, Metric] = {
    "accuracy": Metric(
        "Accuracy, %",
        symbol="Accuracy",
        help="Share of points that are classified correctly. Higher is better.",
        better=1,
        digits=1,
        unit="%",
        of_classifier=True,
        headline=True,
    ),
    "A": Metric(
        "A, alignment",
        symbol="A",
        help="Alignment: mean distance between features of the same class. Lower is tighter, but "
        "too low is not good either: a class also needs breadth.",
        better=-1,
        digits=2,
        headline=True,
    ),
    "U": Metric(
        "U, uniformity",
        symbol="U",
        help="Uniformity: mean distance between class centres, each scaled to length one. "
        "Higher is more evenly spread.",
        better=1,
        headline=True,
    ),
    "U1": Metric(
        "U1, nearest neighbour",
        symbol="U",
        subscript="1",
        help="Neighbourhood uniformity: mean distance of a class centre, scaled to length one, to "
        "its nearest other centre. Higher is better.",
        better=1,
        headline=True,
    ),
    "D_relative": Metric(
        "D_relative",
        symbol="D",
        subscript="relative",
        help="Mean distance between class centres as a share of the largest distance between any "
        "two features. Higher is better.",
        better=1,
        headline=True,
    ),
    "margin_balance": Metric(
        "Margin balance",
        symbol="Margin balance",
        help="The smallest class margin divided by the largest. A class's margin "
        "is the distance from its centre to the nearest decision line. 1: all are equal; below 0: "
        "a centre lies on another class's side. Higher is better.",
        better=1,
        of_classifier=True,
        headline=True,
        limits=(-1, 1),
    ),
    "lam": Metric(
        "λ, share of the first sample",
        symbol="λ",
        help="The share of the first sample's features in a mixed pair. AM-mixup moves it towards "
        "½ as training succeeds.",
        per_split=False,
        headline=True,
    ),
    "D_max": Metric("D_max"),
    "D_centroid": Metric("D_centroid"),
    "U_raw": Metric("U, centres not normalised", better=1),
    "U1_raw": Metric("U1, centres not normalised", better=1),
    "calibration_error": Metric("Calibration error, %", better=-1, unit="%", of_classifier=True),
    "loss": Metric("Training objective", per_split=False),
    "per_class_accuracy": Metric(
        "Accuracy by class, %", better=1, unit="%", per_class=True, of_classifier=True
    ),
    "margin": Metric("Margin", better=1, per_class=True, of_classifier=True),
    "relative_margin": Metric(
        "Margin as a share of D_max", better=1, per_class=True, of_classifier=True
    ),
    "plane_share": Metric(
        "Share of the plane", per_split=False, per_class=True, of_classifier=True
    ),
}
"""Every metric by its name in run files, in the order of charts and tables."""

SPLITS = ("train", "test")
"""Training samples and test samples."""

SCALARS = tuple(name for name, own in METRICS.items() if own.per_split and not own.per_class)
"""Metrics of a split that are one number."""

PER_CLASS = tuple(name for name, own in METRICS.items() if own.per_split and own.per_class)
"""Metrics of a split that are one number a class."""

CURVES = tuple(name for name, own in METRICS.items() if not own.per_class)
"""Metrics that are one number, of a split or of the run."""

HEADLINES = tuple(name for name, own in METRICS.items() if own.headline)
"""Metrics that are shown first."""

OF_RUN = tuple(name for name, own in METRICS.items() if not (own.per_split or own.per_class))
"""Metrics of the run that are one number."""

RANKED = tuple(name for name in SCALARS if METRICS[name].better)
"""Metrics of a split by which methods are ranked."""


def fields_of(name: str) -> tuple[str, ...]:
    """Return the fields of a record that hold a metric."""
    return tuple(f"{split}.{name}" for split in SPLITS) if METRICS[name].per_split else (name,)


def title_of(field: str) -> str:
    """Return the title of a field such as `test.accuracy`, with its split."""
    split, name = field.split(".")
    return f"{METRICS[name].title} ({split})"


def field_of(name: str, split: str) -> str:
    """Return the field of a record that holds a metric on one split."""
    return f"{split}.{name}" if METRICS[name].per_split else name
