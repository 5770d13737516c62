"""Classes by their number of training samples: Many, Median and Few."""

from collections.abc import Callable

import numpy as np

from ammix_viz.datasets.long_tail import profile
from ammix_viz.datasets.toys import PAPER_COUNTS
from ammix_viz.settings.recipe import Recipe

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
