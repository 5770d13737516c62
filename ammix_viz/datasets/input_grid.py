"""The square grid of inputs on which the network is evaluated, to picture its regions."""

import functools
from dataclasses import dataclass

import numpy as np

from ammix_viz.datasets.dataset import Dataset

MARGIN = 1.08
"""Half width of the grid, as a multiple of that of the points."""

POINTS_PER_NODE = 12
"""There is one node to so many points: evaluating and saving the grid costs a twelfth as much."""

FEW_POINTS, FINE_SIDE = 500, 24
"""Below so many points the grid has so many nodes a side, as the points show little themselves."""


@dataclass(frozen=True)
class InputGrid:
    """A square grid of inputs.

    Attributes
    ----------
    x, y : float
        Its centre.
    half : float
        Half its width.
    side : int
        Number of nodes along a side, an even number.
    """

    x: float
    y: float
    half: float
    side: int

    @property
    def nodes(self) -> np.ndarray:
        """The nodes, shape (side², 2), float64: row by row, from the bottom left."""
        steps = np.linspace(-self.half, self.half, self.side)
        across, up = np.meshgrid(self.x + steps, self.y + steps)
        return np.stack([across.ravel(), up.ravel()], axis=1)


@functools.lru_cache(maxsize=64)
def input_grid(dataset: Dataset) -> InputGrid:
    """Return the grid that covers all points of a data set."""
    points = np.concatenate([dataset.train, dataset.test])
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2 * MARGIN
    x, y = ((low + high) / 2).tolist()
    side = int((len(points) / POINTS_PER_NODE) ** 0.5) // 2 * 2
    return InputGrid(x, y, half or 1.0, FINE_SIDE if len(points) < FEW_POINTS else side)
