"""The data sets, as arrays sorted by class."""

from dataclasses import dataclass

import numpy as np

from ammix_viz.recipe import Recipe
from ammix_viz.rules import MAX_POINTS

PAPER_COUNTS = (1000, 500, 100, 10)
TEST_COUNT = 200
CENTRES = np.array([(-3.0, 3.0), (3.0, 3.0), (3.0, -3.0), (-3.0, -3.0)])


@dataclass(frozen=True)
class Dataset:
    """Train and test points, each sorted by class.

    Attributes
    ----------
    train, test : ndarray of shape (N, 2), float64
        The input points.
    train_labels, test_labels : ndarray of shape (N,), int64
        Their classes, ascending.
    class_names : tuple of str
        One name a class.
    """

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Training points of each class."""
        return tuple(np.bincount(self.train_labels, minlength=len(self.class_names)).tolist())


def gaussian_counts(imbalance: float | str) -> tuple[int, ...]:
    """Return the training points a class: the paper's, or floor(1000 · imb^(-i/3)) for class i."""
    if imbalance == "paper":
        return PAPER_COUNTS
    return tuple(int(1000 * float(imbalance) ** (-i / 3) + 1e-9) for i in range(4))


def gaussian(imbalance: float | str = "paper", seed: int = 0) -> Dataset:
    """Draw the Gaussian toy of AMA 3.3: four classes of variance 1 around (±3, ±3).

    Each class has a stream of its own, so a point stays where it is when the imbalance changes.
    """
    train, test = [], []
    counts = gaussian_counts(imbalance)
    for label, (centre, count) in enumerate(zip(CENTRES, counts, strict=True)):
        for part, (points, n) in enumerate(((train, count), (test, TEST_COUNT))):
            rng = np.random.default_rng([seed, label, part])
            points.append(centre + rng.standard_normal((n, 2)))
    names = tuple(f"Class {k}" for k in range(4))
    test_labels = np.repeat(np.arange(4), TEST_COUNT)
    return Dataset(
        np.concatenate(train),
        np.repeat(np.arange(4), counts),
        np.concatenate(test),
        test_labels,
        names,
    )


def load(recipe: Recipe) -> Dataset:
    """Return the data of a recipe.

    Raises
    ------
    ValueError
        If it has more points than a run may hold.
    """
    dataset = gaussian(recipe.imbalance, recipe.data_seed)
    points = len(dataset.train) + len(dataset.test)
    if points > MAX_POINTS:
        raise ValueError(f"{recipe.data} has {points} points; a run may hold {MAX_POINTS}.")
    return dataset
