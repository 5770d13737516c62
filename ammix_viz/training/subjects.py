"""What a stack trains: a network and its samples, points or images."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.networks.cnn_vis2d import Cnn
from ammix_viz.networks.stacked_mlp import Mlp
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.image_batches import Batches, pictures_of
from ammix_viz.training.plan import Plan

ROWS = {"single": (1, 1), "added": (1, 2), "doubled": (2, 2), "contrastive": (1, 1)}
"""How often each row of a batch is encoded and classified, by the shape of a stack."""

AT_A_TIME = 128
"""Images that are looked at together: few enough that memory is used again, not fetched anew."""


class Points:
    """R toy MLPs, and the points of each.

    Attributes
    ----------
    network : Mlp
        The networks.
    counts : bool
        Whether training accuracy is counted in an epoch's steps, not after them.
    """

    counts = False

    def __init__(
        self, recipes: Sequence[Recipe], sets: Sequence[Dataset], dtype: torch.dtype, device: str
    ) -> None:
        both = np.stack([np.concatenate([own.train, own.test]) for own in sets])
        self._points, self._size = torch.from_numpy(both).to(device, dtype), len(sets[0].train)
        batch = min(recipes[0].batch_size, self._size)
        encoded, classified = ROWS[recipes[0].step_kind]
        rows = {batch, self._size % batch or batch}
        seeds = [recipe.init_seed for recipe in recipes]
        self.network = Mlp(
            seeds,
            len(sets[0].class_names),
            [(encoded * count, classified * count) for count in rows],
            dtype,
            device,
        )

    @property
    def classifiers(self) -> list[tuple[Tensor, Tensor]]:
        """Weight (R, 2, K) and bias (R, 1, K)."""
        return [self.network.weight_and_bias]

    def samples(self, decided: Plan, epoch: int) -> Tensor:
        """Return the training points, for an epoch to be laid out."""
        return self._points[:, : self._size]

    def look(self, shown: Tensor | None = None) -> Tensor:
        """Return the features (R, N, 2) of all points."""
        return self.network.look(self._points)


class Images:
    """One CNN-Vis2D and its images, on their device as one tensor."""

    counts = True

    def __init__(
        self, recipes: Sequence[Recipe], sets: Sequence[Dataset], dtype: torch.dtype, device: str
    ) -> None:
        (self._recipe,), (dataset,) = recipes, sets
        self._pictures = pictures_of(dataset, dtype, device)
        names = [each for each in (dataset.coarse_names, dataset.class_names) if each]
        self.network = Cnn(
            self._pictures.shape,
            [len(each) for each in names],
            self._recipe.init_seed,
            dtype,
            device,
            self._recipe.init,
            self._recipe.feature_norm == "on",
        )

    @property
    def classifiers(self) -> list[tuple[Tensor, Tensor]]:
        """Weight (1, 2, K) and bias (1, 1, K) of the coarse classes, if any, and of the fine."""
        weights = self.network.weights
        heads = range(len(self.network.heads))
        return [(weights[f"head{index}"], weights[f"head_bias{index}"]) for index in heads]

    def samples(self, decided: Plan, epoch: int) -> Batches:
        """Return the training images of an epoch, batch by batch."""
        return Batches(self._pictures, decided, self._recipe, epoch)

    def look(self, shown: Tensor | None = None) -> Tensor:
        """Return the features (1, N, 2) of all images, or of those shown."""
        blocks = self._pictures.blocks(shown, AT_A_TIME)
        return torch.cat([self.network.look(rows) for rows in blocks])[None]


def subject_of(
    recipes: Sequence[Recipe], sets: Sequence[Dataset], dtype: torch.dtype, device: str
) -> Points | Images:
    """Return what the recipes of a stack train."""
    kind = Images if recipes[0].on_images else Points
    return kind(recipes, sets, dtype, device)
