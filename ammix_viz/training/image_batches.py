"""The images of a run as one tensor on its device, and the batches taken from it."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.methods.mix import INPUT, NOWHERE
from ammix_viz.methods.sampling import draw_crops
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.plan import Plan

MARGIN = 8
"""Images are padded by 1/8 of their side before random crops."""


@dataclass(frozen=True)
class ImageTensor:
    """N images, train images first.

    Attributes
    ----------
    pixels : Tensor of shape (N, H, W, C), uint8
        Unprocessed pixels, a quarter of the memory of float32.
    scale, shift : Tensor of shape (C,)
        Standardised images are pixels · scale + shift.
    flipped : bool
        Whether flips preserve the class of an image; not so for digits.
    """

    pixels: Tensor
    scale: Tensor
    shift: Tensor
    flipped: bool

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        _, height, width, channels = self.pixels.shape
        return channels, height, width

    def standardised(self, pixels: Tensor) -> Tensor:
        """Return images (B, H, W, C) as (B, C, H, W), channels last in memory."""
        rows = torch.addcmul(self.shift, pixels.to(self.scale.dtype), self.scale)
        return rows.permute(0, 3, 1, 2)

    def blocks(self, index: Tensor | None, size: int) -> Iterator[Tensor]:
        """Yield standardised images, all or those at an index, in blocks of a size."""
        count = len(self) if index is None else len(index)
        for start in range(0, count, size):
            part = slice(start, start + size)
            yield self.standardised(self.pixels[part if index is None else index[part]])


@functools.lru_cache(maxsize=4)
def image_tensor(dataset: Dataset, dtype: torch.dtype, device: str) -> ImageTensor:
    """Return the images of a data set on a device; cached for all runs that use them."""
    both = torch.from_numpy(np.concatenate([dataset.train, dataset.test]))
    assert dataset.mean is not None, "images come with mean and standard deviation"
    assert dataset.std is not None
    scale = torch.from_numpy(1 / dataset.std).to(device, dtype)
    shift = torch.from_numpy(-dataset.mean / dataset.std).to(device, dtype)
    return ImageTensor(both.to(device), scale, shift, dataset.flips)


class ImageBatches:
    """The input rows of each step of an epoch, computed on access.

    Parameters
    ----------
    images : ImageTensor
        All images.
    plan : Plan
        The plan of the epoch, for one run.
    recipe : Recipe
        Settings of crops and flips.
    epoch : int
        Counted from 0, over all stages.
    """

    def __init__(self, images: ImageTensor, plan: Plan, recipe: Recipe, epoch: int) -> None:
        self.images, self.plan = images, plan
        (self.batch,), (self.mix,) = plan.batches, plan.mixes
        device = images.pixels.device
        self.order, self.partner, self.first, self.second = (
            torch.from_numpy(each).to(device)
            for each in (self.batch.order, self.batch.partner, *plan.pairs[:, 0])
        )
        self.crops = None
        if recipe.augment == "on":
            self.margin = max(1, images.shape[1] // MARGIN)
            corner, flip = draw_crops(recipe.batch_seed, epoch, len(self.order), self.margin)
            flip &= images.flipped
            self.crops = tuple(torch.from_numpy(each).to(device) for each in (corner, flip))

    def __len__(self) -> int:
        return len(self.batch.slices)

    def __getitem__(self, step: int) -> Tensor:
        """Return the rows of a step: (1, B, C, H, W), or (1, 2·B, …) with the clean rows first."""
        return self._rows(step)[None]

    def _rows(self, step: int) -> Tensor:
        positions = self.batch.slices[step]
        pixels = self.images.pixels[self.order[positions]]
        if self.crops:
            pixels = self._cropped(pixels, *(each[positions] for each in self.crops))
        rows = self.images.standardised(pixels)
        share = self._share("input_lam", step)
        if share is not None:
            rows = torch.lerp(rows[self.partner[positions] - positions.start], rows, share)
        if self.plan.step_kind == "added" or self.mix.site[step] == NOWHERE:
            return rows
        pairs = rows
        if self.mix.site[step] == INPUT:
            first, second = (
                each[positions] - positions.start for each in (self.first, self.second)
            )
            share = self._share("lam", step)
            pairs = rows[first] if share is None else torch.lerp(rows[second], rows[first], share)
        return torch.cat([rows, pairs]) if self.plan.step_kind == "doubled" else pairs

    def _share(self, name: str, step: int) -> float | Tensor | None:
        """Return λ of a step, or of its rows in shape (B, 1, 1, 1); None if it is 1."""
        values = getattr(self.mix, name)
        per_step = len(values) == len(self)
        share = values[step] if per_step else values[self.batch.slices[step]]
        if np.all(share == 1):
            return None
        if per_step:
            return float(share)
        return torch.from_numpy(share).to(self.images.scale)[:, None, None, None]

    def _cropped(self, pixels: Tensor, corner: Tensor, flip: Tensor) -> Tensor:
        count, height, width, _ = pixels.shape
        wide = torch.nn.functional.pad(pixels, (0, 0, *(self.margin,) * 4))
        down, right = (torch.arange(side, device=pixels.device) for side in (height, width))
        right = torch.where(flip[:, None], width - 1 - right, right)  # (B, W)
        rows, columns = corner[:, :1] + down, corner[:, 1:] + right
        images = torch.arange(count, device=pixels.device)[:, None, None]
        return wide[images, rows[:, :, None], columns[:, None]]
