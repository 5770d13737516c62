"""Distances over all pairs of points (N, d), in blocks, without an N × N matrix."""

from collections.abc import Iterator

import numpy as np
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import cdist, pdist

BLOCK_PAIRS = 1_000_000
"""Distances computed in one block."""

BLOCK_ROWS = 128
"""The most rows in a block."""

MATRIX_WIDTH = 16
"""The width d from which a matrix product is faster than `cdist`."""

INEXACT = 1e-4
"""Relative squared distance, (‖a - b‖² / (‖a‖² + ‖b‖²)), below which a product is inexact."""


def sum_of_distances(points: np.ndarray) -> float:
    """Return the sum of distances over all ordered pairs of points (N, d)."""
    return 2 * sum(float(block.sum()) for block in _blocks(points))


def diameter(points: np.ndarray) -> float:
    """Return the largest distance between two points (N, d)."""
    if points.shape[1] == 2:
        points = points[hull_indices(points)]
    return max(float(block.max(initial=0)) for block in _blocks(points))


def hull_indices(points: np.ndarray) -> np.ndarray:
    """Return the indices of the convex hull's corners; the two farthest points are among them."""
    try:
        return ConvexHull(points).vertices
    except QhullError:  # fewer than three points, or all on one line
        return np.concatenate([points.argmin(0), points.argmax(0)])


def _blocks(points: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the distances of all unordered pairs, each once."""
    points = points - points.mean(0)
    rows = min(BLOCK_ROWS, max(8, BLOCK_PAIRS // len(points)))
    for start in range(0, len(points), rows):
        part, rest = points[start : start + rows], points[start + rows :]
        yield pdist(part)
        if len(rest):
            yield _between(part, rest)


def _between(part: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return the distances between two sets of points, by a matrix product where it is accurate.

    ‖a - b‖² = ‖a‖² + ‖b‖² - 2 a·b suffers from cancellation if a and b are close.
    """
    if part.shape[1] < MATRIX_WIDTH:
        return cdist(part, rest)
    lengths = (part**2).sum(1)[:, None] + (rest**2).sum(1)
    squares = (-2 * part) @ rest.T
    squares += lengths
    lengths *= INEXACT
    inexact = (squares < lengths).any()
    return cdist(part, rest) if inexact else np.sqrt(squares, out=squares)
