"""The samples that runs are trained on, on their device: points of each run, or images of one."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.networks.protocol import Network
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.image_batches import Batches, pictures_of
from ammix_viz.training.plan import Plan

AT_A_TIME = {"cpu": 128}
"""Images that are evaluated together: few enough that memory is used again, not fetched anew."""

ON_GPU = 2048
"""The same where each operation takes as long for few images as for many."""


class Points:
    """The points of R runs.

    Attributes
    ----------
    shape : tuple of int
        Of one sample.
    many : bool
        Whether an epoch may take long: then accuracy is counted in its steps, not after them.
    """

    many = False

    def __init__(
        self, recipes: Sequence[Recipe], sets: Sequence[Dataset], dtype: torch.dtype, device: str
    ) -> None:
        both = np.stack([np.concatenate([each.train, each.test]) for each in sets])
        self._points, self._size = torch.from_numpy(both).to(device, dtype), len(sets[0].train)
        self.shape = tuple(both.shape[2:])

    def batches(self, decided: Plan, epoch: int) -> Tensor:
        """Return the training points (R, N, 2), for an epoch to be laid out."""
        return self._points[:, : self._size]

    def evaluate(self, network: Network, index: Tensor | None = None) -> Tensor:
        """Return the features (R, N, 2) of all points."""
        return network.evaluate(self._points)


class Images:
    """The images of one run, as one tensor."""

    many = True

    def __init__(
        self, recipes: Sequence[Recipe], sets: Sequence[Dataset], dtype: torch.dtype, device: str
    ) -> None:
        (self._recipe,), (dataset,) = recipes, sets
        self._pictures = pictures_of(dataset, dtype, device)
        self._at_a_time = AT_A_TIME.get(device, ON_GPU)
        self.shape = self._pictures.shape

    def batches(self, decided: Plan, epoch: int) -> Batches:
        """Return the training images of an epoch, batch by batch."""
        return Batches(self._pictures, decided, self._recipe, epoch)

    def evaluate(self, network: Network, index: Tensor | None = None) -> Tensor:
        """Return the features (1, N, 2) of all images, or of those of an index."""
        blocks = self._pictures.blocks(index, self._at_a_time)
        return torch.cat([network.evaluate(rows[None]) for rows in blocks], dim=1)


SAMPLES: dict[str, type[Points] | type[Images]] = {"points": Points, "images": Images}
"""By the kind of data."""
