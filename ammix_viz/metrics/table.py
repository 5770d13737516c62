"""The table of metrics: names, symbols, help texts, and where each is displayed.

A new metric needs an entry here, its computation in `stacked.measure`, and a test. Run files,
curves, tables, CSV, reports, sweeps, the command line and the player are derived from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A metric that is recorded at each snapshot of a run.

    Attributes
    ----------
    title : str
        Title of its curve and of its column in tables.
    label : str
        Its name beside its value in the player.
    symbol, subscript : str
        Its symbol in the papers, which follows the name; alone where panels are small.
    help : str
        What it measures and how to read it, in a sentence or two.
    better : {1, -1, 0}
        1 if higher values are better, -1 if lower ones are, 0 if methods are not ranked by it.
    digits : int
        Decimal places in the player.
    unit : str
        Follows the value, for example `%`.
    per_split : bool
        Whether it is measured on the training and on the test samples, or once for the run.
    per_class : bool
        Whether it has one value per class.
    of_classifier : bool
        Whether it depends on the classifier, so that it means nothing until that is trained.
    headline : bool
        Whether it is in the player and on the first page of curves.
    limits : tuple of float, optional
        Limits of its axis, if a few extreme values would hide all others.
    in_plane : bool
        Whether it is defined for 2-D features only.
    neighbors : int
        The setting `neighbors` of the runs that record it; 1 for all runs.
    same_as : str
        The metric that has the same values; charts and tables then have that one alone.
    """

    title: str
    label: str = ""
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
    in_plane: bool = False
    neighbors: int = 1
    same_as: str = ""


def _uniformity(k: int) -> Metric:
    return Metric(
        f"U{k}, neighbourhood uniformity",
        label="Neighbour uniformity",
        symbol="U",
        subscript=str(k),
        help=f"Neighbourhood uniformity: mean distance from a class centre to its {k} nearest "
        "other centres, each scaled to length one. Higher is better.",
        better=1,
        headline=True,
        neighbors=k,
    )


NEIGHBORS = range(2, 10)

METRICS: Mapping[str, Metric] = {
    "accuracy": Metric(
        "Accuracy, %",
        label="Accuracy",
        help="Share of samples that are classified correctly. Higher is better.",
        better=1,
        digits=1,
        unit="%",
        of_classifier=True,
        headline=True,
    ),
    "balanced_accuracy": Metric(
        "Balanced accuracy, %",
        label="Balanced accuracy",
        help="Mean of the accuracies of the classes, so that a rare class counts as much as a "
        "frequent one. Higher is better.",
        better=1,
        digits=1,
        unit="%",
        of_classifier=True,
        headline=True,
    ),
    "A": Metric(
        "A, alignment",
        label="Alignment",
        symbol="A",
        help="Alignment: mean distance between features of the same class. It grows with the scale "
        "of all features, and is near zero where a class has collapsed to a point, so neither "
        "direction is better.",
        digits=2,
        headline=True,
    ),
    "U": Metric(
        "U, uniformity",
        label="Uniformity",
        symbol="U",
        help="Uniformity: mean distance between class centres, each scaled to length one. "
        "Higher means more evenly spread classes.",
        better=1,
        headline=True,
    ),
    "U1": Metric(
        "U1, neighbourhood uniformity",
        label="Neighbour uniformity",
        symbol="U",
        subscript="1",
        help="Neighbourhood uniformity: mean distance from a class centre to its nearest other "
        "centre, each scaled to length one. Higher is better.",
        better=1,
        headline=True,
    ),
    **{f"U{k}": _uniformity(k) for k in NEIGHBORS},
    "D_relative": Metric(
        "D_relative",
        label="Relative distance",
        symbol="D",
        subscript="relative",
        help="Mean distance between class centres divided by the largest distance between any two "
        "features. Higher is better.",
        better=1,
        headline=True,
    ),
    "margin_balance": Metric(
        "Margin balance",
        label="Margin balance",
        help="The smallest class margin divided by the largest. A class's margin "
        "is the distance from its centre to the nearest decision boundary. 1: all margins are "
        "equal. Below 0: a class centre is on the wrong side of a boundary. Higher is better.",
        better=1,
        of_classifier=True,
        headline=True,
        limits=(-1, 1),
    ),
    "lam": Metric(
        "λ, share of the first sample",
        label="Mixing share",
        symbol="λ",
        help="Share of the first sample in a mixed pair. AM-mixup and AMA lower it from 1 as "
        "training accuracy rises; at ½ the mix is the midpoint.",
        per_split=False,
        headline=True,
    ),
    "D_max": Metric("D_max, largest distance"),
    "D_centroid": Metric("D_centroid, between class centres"),
    "U_raw": Metric("U, centres not normalised", better=1, same_as="D_centroid"),
    "U1_raw": Metric("U1, centres not normalised", better=1),
    **{
        f"U{k}_raw": Metric(f"U{k}, centres not normalised", better=1, neighbors=k)
        for k in NEIGHBORS
    },
    "calibration_error": Metric("Calibration error, %", better=-1, unit="%", of_classifier=True),
    "loss": Metric("Training loss", per_split=False),
    "per_class_accuracy": Metric(
        "Accuracy by class, %", better=1, unit="%", per_class=True, of_classifier=True
    ),
    "margin": Metric("Margin by class", better=1, per_class=True, of_classifier=True),
    "relative_margin": Metric(
        "Margin by class, share of D_max", better=1, per_class=True, of_classifier=True
    ),
    "plane_share": Metric(
        "Share of the plane by class",
        per_split=False,
        per_class=True,
        of_classifier=True,
        in_plane=True,
    ),
}
"""Every metric by its name in run files, in the order of charts and tables."""


def recorded(neighbors: int = 1) -> dict[str, Metric]:
    """Return the metrics that a run records, given its setting `neighbors`."""
    return {n: metric for n, metric in METRICS.items() if metric.neighbors in (1, neighbors)}


def curves(neighbors: int = 1) -> tuple[str, ...]:
    """Return the metrics of charts and tables: one value, per split or for the run, each once."""
    return tuple(
        n for n, metric in recorded(neighbors).items() if not (metric.per_class or metric.same_as)
    )


def headlines(neighbors: int = 1) -> tuple[str, ...]:
    """Return the metrics that are displayed first."""
    return tuple(n for n, metric in recorded(neighbors).items() if metric.headline)


SPLITS = ("train", "test")
"""The training split and the test split."""

SCALARS = tuple(n for n, metric in recorded().items() if metric.per_split and not metric.per_class)
"""Metrics with one value per split."""

PER_CLASS = tuple(n for n, metric in recorded().items() if metric.per_split and metric.per_class)
"""Metrics with one value per split and class."""

OF_RUN = tuple(n for n, metric in recorded().items() if not (metric.per_split or metric.per_class))
"""Metrics with one value for the run."""

RANKED = tuple(name for name in SCALARS if METRICS[name].better)
"""Metrics with one value per split by which methods are ranked."""


def fields_of(name: str) -> tuple[str, ...]:
    """Return the fields of a record that store a metric, one per split if it has splits."""
    return tuple(f"{split}.{name}" for split in SPLITS) if METRICS[name].per_split else (name,)


def title_of(field: str) -> str:
    """Return the title of a field such as `test.accuracy`, including the split."""
    split, name = field.split(".")
    return f"{METRICS[name].title} ({split})"


def field_of(name: str, split: str) -> str:
    """Return the field of a record that stores a metric for one split."""
    return f"{split}.{name}" if METRICS[name].per_split else name
