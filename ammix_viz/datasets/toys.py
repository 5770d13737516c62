"""The 2-D toy data sets.

A toy is a function that calls `sample` with one curve per class.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.long_tail import profile

LARGEST, TEST_COUNT = 1000, 200
PAPER_COUNTS = (1000, 500, 100, 10)
CENTRES = np.array([(-3.0, 3.0), (3.0, 3.0), (3.0, -3.0), (-3.0, -3.0)])

Curve = Callable[[np.ndarray], np.ndarray]
"""Maps positions along a curve, from 0 to 1, shape (N,), to points (N, 2)."""


def sample(curves: Sequence[Curve], imbalance: float | str, spread: float, seed: int) -> Dataset:
    """Sample points along one curve per class, with normal noise.

    Each class has separate random streams, so points do not move if the imbalance changes.

    Parameters
    ----------
    curves : sequence of callable
        One curve per class.
    imbalance : float or "paper"
        The factor n_max / n_min of an exponential profile, or the counts of AMA 3.3.
    spread : float
        Standard deviation of the noise, in units of the plane.
    seed : int
        Random seed of the points.
    """
    labels = range(len(curves))
    paper = imbalance == "paper"
    counts = PAPER_COUNTS if paper else profile(LARGEST, float(imbalance), len(curves))

    def points(label: int, part: int, count: int) -> np.ndarray:
        positions, noise = (np.random.default_rng([seed, label, part, *end]) for end in ((1,), ()))
        clean = curves[label](positions.random(count))
        return clean + spread * noise.standard_normal((count, 2))

    return Dataset(
        np.concatenate([points(label, 0, counts[label]) for label in labels]),
        np.repeat(labels, counts),
        np.concatenate([points(label, 1, TEST_COUNT) for label in labels]),
        np.repeat(labels, TEST_COUNT),
        tuple(f"Class {label}" for label in labels),
    )


def gaussian(imbalance: float | str = "paper", noise: float = 1.0, seed: int = 0) -> Dataset:
    """Sample the Gaussian toy of AMA 3.3: four classes around (±3, ±3), of variance 1."""

    def constant(centre: np.ndarray) -> Curve:
        return lambda place: np.tile(centre, (len(place), 1))

    return sample([constant(centre) for centre in CENTRES], imbalance, noise, seed)


def moons(imbalance: float | str, noise: float = 1.0, seed: int = 0) -> Dataset:
    """Sample two interleaved half circles of radius 3."""

    def half(turn: float, centre: tuple[float, float]) -> Curve:
        return lambda place: 3 * _circle((place + turn) / 2) + centre

    curves = [half(0, (-1.5, -0.75)), half(1, (1.5, 0.75))]
    return sample(curves, imbalance, 0.4 * noise, seed)


def rings(imbalance: float | str, noise: float = 1.0, seed: int = 0) -> Dataset:
    """Sample three concentric rings; the innermost is the largest class."""

    def ring(radius: float) -> Curve:
        return lambda place: radius * _circle(place)

    curves = [ring(radius) for radius in (1.5, 3, 4.5)]
    return sample(curves, imbalance, 0.3 * noise, seed)


def spiral(imbalance: float | str, noise: float = 1.0, seed: int = 0) -> Dataset:
    """Sample three spiral arms around one centre, each of half a turn."""

    def arm(turn: float) -> Curve:
        return lambda place: (0.5 + 4 * place)[:, None] * _circle(turn + place / 2)

    curves = [arm(turn) for turn in (0, 1 / 3, 2 / 3)]
    return sample(curves, imbalance, 0.3 * noise, seed)


def _circle(turns: np.ndarray) -> np.ndarray:
    """Return the points (N, 2) of the unit circle at angles given in turns."""
    angle = 2 * np.pi * turns
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
