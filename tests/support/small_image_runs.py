"""Runs on a few images, and what they yield."""

from dataclasses import replace

import numpy as np
import torch

from ammix_viz.datasets import digits
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train

GREY = Recipe(
    data="digits_lt", imbalance=4, epochs=2, batch_size=20, lr=0.05, warmup=0, method="ce"
)
COLOUR = replace(GREY, data="mini_cifar_lt", imbalance=6, batch_size=14)


def few_digits():
    """The first 14 and 3 images of each digit."""
    images, parts = digits.read(), {}
    for split, count in (("train", 14), ("test", 3)):
        labels = getattr(images, f"{split}_labels")
        first = np.concatenate([np.flatnonzero(labels == k)[:count] for k in range(10)])
        parts |= {split: getattr(images, split)[first], f"{split}_labels": labels[first]}
    return replace(images, **parts)


def snapshots_of(recipe, dtype=torch.float64):
    return [snapshot for snapshot in train([recipe], dtype) if snapshot]


def ends_of(snapshots, of=lambda snapshot: snapshot):
    return [of(s) for s in snapshots if s.epoch == int(s.epoch) and s.epoch > 0]
