"""Points in the plane: toys whose training takes seconds."""

import numpy as np

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.long_tail import profile

PAPER_COUNTS = (1000, 500, 100, 10)
TEST_COUNT = 200
CENTRES = np.array([(-3.0, 3.0), (3.0, 3.0), (3.0, -3.0), (-3.0, -3.0)])


def gaussian_counts(imbalance: float | str) -> tuple[int, ...]:
    """Return the training points of each class: the paper's, or those of the profile."""
    return PAPER_COUNTS if imbalance == "paper" else profile(1000, float(imbalance), 4)


def gaussian(imbalance: float | str = "paper", noise: float = 1.0, seed: int = 0) -> Dataset:
    """Draw the Gaussian toy of AMA 3.3: four classes around (±3, ±3).

    Each class has its random stream, so a point stays where it is when the imbalance changes.

    Parameters
    ----------
    imbalance : float or "paper", default="paper"
        The paper's counts, or the factor n_max / n_min of an exponential profile.
    noise : float, default=1.0
        Standard deviation of a class; the paper's variance is 1.
    seed : int, default=0
        Of the points.
    """
    train: list[np.ndarray] = []
    test: list[np.ndarray] = []
    counts = gaussian_counts(imbalance)
    for label, (centre, count) in enumerate(zip(CENTRES, counts, strict=True)):
        for part, (points, n) in enumerate(((train, count), (test, TEST_COUNT))):
            rng = np.random.default_rng([seed, label, part])
            points.append(centre + noise * rng.standard_normal((n, 2)))
    return Dataset(
        np.concatenate(train),
        np.repeat(np.arange(4), counts),
        np.concatenate(test),
        np.repeat(np.arange(4), TEST_COUNT),
        tuple(f"Class {k}" for k in range(4)),
    )
