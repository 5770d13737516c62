"""The samples of runs on their device: points of several runs, or images of one."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.input_grid import input_grid
from ammix_viz.networks.protocol import ALL, Network
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.image_batches import ImageBatches, image_tensor
from ammix_viz.training.plan import Plan

EVAL_BATCH = {"cpu": 128}
"""Images evaluated at a time; few enough that memory is reused instead of allocated."""

EVAL_BATCH_GPU = 2048
"""The same on a GPU, where large batches are efficient."""


class Points:
    """The points of R runs.

    Attributes
    ----------
    shape : tuple of int
        Shape of a sample.
    slow_epochs : bool
        Whether epochs are slow: then accuracy is counted during the steps, not after the epoch.
    """

    slow_epochs = False

    def __init__(
        self,
        recipes: Sequence[Recipe],
        datasets: Sequence[Dataset],
        dtype: torch.dtype,
        device: str,
    ) -> None:
        points = np.stack([np.concatenate([each.train, each.test]) for each in datasets])
        self._points = torch.from_numpy(points).to(device, dtype)
        grids = {id(each): input_grid(each).nodes for each in datasets}
        nodes = np.stack([grids[id(each)] for each in datasets])
        self._nodes = torch.from_numpy(nodes).to(device, dtype)
        self._size = len(datasets[0].train)
        self.shape = tuple(points.shape[2:])

    def batches(self, plan: Plan, epoch: int) -> Tensor:
        """Return the training points (R, N, 2)."""
        return self._points[:, : self._size]

    def evaluate(self, network: Network, index: Tensor | None = None, runs: slice = ALL) -> Tensor:
        """Return the features (R, N, 2) of all points, of all runs or some."""
        return network.evaluate(self._points[runs], runs)

    def evaluate_grid(self, network: Network, runs: slice = ALL) -> Tensor | None:
        """Return the features (R, G, 2) of the nodes of each run's input grid."""
        return network.evaluate(self._nodes[runs], runs)


class Images:
    """The images of one run, as one tensor."""

    slow_epochs = True

    def __init__(
        self,
        recipes: Sequence[Recipe],
        datasets: Sequence[Dataset],
        dtype: torch.dtype,
        device: str,
    ) -> None:
        (self._recipe,), (dataset,) = recipes, datasets
        self._images = image_tensor(dataset, dtype, device)
        self._eval_batch = EVAL_BATCH.get(device, EVAL_BATCH_GPU)
        self.shape = self._images.shape

    def batches(self, plan: Plan, epoch: int) -> ImageBatches:
        """Return the training images of an epoch, batch by batch."""
        return ImageBatches(self._images, plan, self._recipe, epoch)

    def evaluate(self, network: Network, index: Tensor | None = None, runs: slice = ALL) -> Tensor:
        """Return the features (1, N, d) of all images, or of those at an index."""
        blocks = self._images.blocks(index, self._eval_batch)
        return torch.cat([network.evaluate(rows[None]) for rows in blocks], dim=1)

    def evaluate_grid(self, network: Network, runs: slice = ALL) -> Tensor | None:
        """Return None: images lie in no plane."""
        return None


SAMPLES: dict[str, type[Points] | type[Images]] = {"points": Points, "images": Images}
"""The class of samples for each kind of data."""
