"""Test accuracy of all classes, and of those with many, some or few training samples."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ammix_viz.datasets.long_tail import profile
from ammix_viz.datasets.toys import PAPER_COUNTS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import OVER_BEST, Claim, Metric, Source, at_ends, lead

ACCURACY = "test.accuracy"
POINTS_MORE = "points more"

LARGEST = {"mini_cifar_lt": (5000, 4), "digits_lt": (140, 10)}
"""Training images of the largest class, and classes."""

MEDIAN, FEW = 0.2, 0.04
"""Below these shares of the largest class, a class is Median or Few: 1000 and 200 of 5000."""


def groups(data: str) -> dict[str, np.ndarray]:
    """Return the classes that are Many, Median and Few in a long-tailed set (AMM section 3)."""
    if data in LARGEST:
        largest, classes = LARGEST[data]
        counts = np.array(profile(largest, float(Recipe(data=data).factor), classes))
    else:
        counts = np.array(PAPER_COUNTS)
    share = counts / counts.max()
    many, few = share > MEDIAN, share < FEW
    masks = {"Many": many, "Median": ~many & ~few, "Few": few}
    return {name: np.flatnonzero(mask) for name, mask in masks.items()}


def accuracy_of(classes: np.ndarray) -> Callable[[np.void], float]:
    """Return a function of a record: its mean test accuracy over some classes."""
    return lambda record: float(record["test.per_class_accuracy"][classes].mean())


def columns_by_size(data: str) -> Mapping[str, Metric]:
    """Return the columns of a table of accuracies: Many, Median, Few and all classes."""
    sizes = {f"{name}, %": accuracy_of(classes) for name, classes in groups(data).items()}
    return sizes | {"All, %": ACCURACY}


def more_accurate(
    sentence: str,
    row: str,
    others: Sequence[str],
    source: Source | None,
    metric: Metric = ACCURACY,
    part: int = 0,
) -> Claim:
    """Return the claim that a row is more accurate than each of the others.

    It cannot be decided where all of them are below 1 % or above 99 %.
    """
    rows = (row, *others)
    number = OVER_BEST if len(others) > 1 else POINTS_MORE
    at_limit = at_ends(metric, rows, 1, 99)
    margins = lead(metric, row, others)
    return Claim(sentence, rows, margins, number, source, at_limit=at_limit, part=part)
