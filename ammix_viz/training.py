"""The only training loop: a generator of snapshots. No threads, no files, no pages."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ammix_viz import data, models
from ammix_viz.devices import resolve, settled_arithmetic
from ammix_viz.epochs import Epoch, lay_out, plan
from ammix_viz.models import Layers, Workspace
from ammix_viz.objective import cross_entropy, cross_entropy_gradient, mix, one_hot, unmix
from ammix_viz.recipe import Recipe
from ammix_viz.schedule import snapshot_steps, steps_per_epoch

MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4


@dataclass(frozen=True)
class Snapshot:
    """R runs at one moment of training.

    Attributes
    ----------
    step : int
        Optimiser steps taken.
    epoch : float
        The same in epochs.
    lam : ndarray of shape (R,)
        Mean λ of the epoch that goes on from here: 1 for CE, λ_am for AM-mixup.
    loss : ndarray of shape (R,)
        Mean training objective since the epoch began; cross entropy of all points at step 0.
    features : Tensor of shape (R, N, 2)
        Features of all points, train points first.
    weight, bias : Tensor of shape (R, K, 2) and (R, K)
        The linear classifier.
    failures : dict of int to str
        Runs that have gone non-finite, and the sentence to show; their rows mean nothing.
    """

    step: int
    epoch: float
    lam: np.ndarray
    loss: np.ndarray
    features: Tensor
    weight: Tensor
    bias: Tensor
    failures: dict[int, str]


def train(recipes: Sequence[Recipe], dtype: torch.dtype = torch.float32) -> Iterator[Snapshot]:
    """Train runs together, in one stack, and yield a snapshot of all at each scheduled step.

    Each run takes SGD steps with momentum 0.9 and weight decay 5e-4 (AMA 3.3) on the objective of
    its method. It trains on one core, so that its numbers do not depend, to the last bit, on what
    it is stacked with.

    Parameters
    ----------
    recipes : sequence of Recipe
        R recipes with the same `stack`.
    dtype : torch.dtype, default=torch.float32
        Precision of parameters and features.

    Raises
    ------
    ValueError
        If the recipes cannot share a stack, or their device is not there.
    """
    if len({recipe.stack for recipe in recipes}) != 1:
        raise ValueError("Runs in one stack share data, imbalance, epochs, lr, batch and device.")
    with settled_arithmetic():
        stack = _Stack(recipes, dtype)
        for number in range(recipes[0].epochs):
            yield from stack.train_epoch(number)
            if len(stack.failures) == len(recipes):
                break
        yield stack.snapshot()


def warm() -> None:
    """Take a few steps in memory, so that the first run of a process starts at once."""
    next(itertools.islice(train([Recipe(method="manifold")]), 3, None))


class _Stack:
    """The state of R runs in training."""

    def __init__(self, recipes: Sequence[Recipe], dtype: torch.dtype) -> None:
        device = resolve(recipes[0].device)
        sets = [data.load(recipe) for recipe in recipes]
        both = np.stack([np.concatenate([s.train, s.test]) for s in sets])
        self.recipes = recipes
        self.points = torch.from_numpy(both).to(device, dtype)
        self.labels = torch.from_numpy(sets[0].train_labels).to(device)
        self.classes, size = len(sets[0].class_names), len(sets[0].train)
        seeds = [recipe.init_seed for recipe in recipes]
        self.layers = models.init(seeds, self.classes, dtype, device)
        self.gradient = Layers.zeros(len(recipes), self.classes, dtype, device)
        self.velocity = torch.zeros_like(self.layers.flat)
        self.logits = torch.empty(len(recipes), self.classes, size, dtype=dtype, device=device)
        lengths = {min(recipes[0].batch_size, size), size % recipes[0].batch_size or size}
        self.workspaces = {rows: Workspace.of(self.layers, rows) for rows in lengths}
        self.steps = frozenset(snapshot_steps(recipes[0], size))
        self.per_epoch = steps_per_epoch(recipes[0], size)
        self.step = 0
        self.failures: dict[int, str] = {}
        self._plan_epoch(0)
        self.loss = self._clean_loss()

    def _plan_epoch(self, number: int) -> None:
        """Evaluate all points, and plan the epoch from the training accuracy seen (AMM Eq. 6)."""
        self.features = models.encode(self.layers, self.points)
        self._find_failures()
        v_acc = self._accuracy() if number else np.zeros(len(self.recipes))
        self.plan = plan(self.recipes, number, len(self.labels), v_acc)

    def _accuracy(self) -> np.ndarray:
        """Return the share of training points whose clean feature is classified right, (R,)."""
        logits = models.classify(self.layers, self.features[:, : len(self.labels)])
        own = logits.mT.gather(1, self.labels.expand(len(logits), 1, -1))[:, 0]
        return (own == logits.amax(-1)).double().mean(1).cpu().numpy()

    def train_epoch(self, number: int) -> Iterator[Snapshot]:
        """Yield a snapshot, then take the steps of an epoch, yielding at the scheduled ones."""
        points = self.points[:, : len(self.labels)]
        epoch = lay_out(self.plan, points, self.labels, self.classes)
        yield self.snapshot()
        for index, rows in enumerate(self.plan.slices):
            self._take_step(epoch, index, rows)
            if self.step in self.steps and index < self.per_epoch - 1:
                self._measure_loss(epoch, index + 1)
                self.features = models.encode(self.layers, self.points)
                self._find_failures()
                yield self.snapshot()
        self._measure_loss(epoch, self.per_epoch)
        self._plan_epoch(number + 1)

    def _take_step(self, epoch: Epoch, index: int, rows: slice) -> None:
        partners, inverses = epoch.partners[index], epoch.inverses[index]
        mix_at, unmix_at = {}, {}
        for site, lam in epoch.lam_at[index].items():
            mix_at[site - 1] = lambda h, lam=lam: mix(h, partners, lam)
            unmix_at[site - 1] = lambda g, lam=lam: unmix(g, inverses, lam)
        work = self.workspaces[rows.stop - rows.start]
        inputs = models.encode_into(work, self.layers, epoch.inputs[index], mix_at)
        logits = models.classify(self.layers, inputs[-1])
        at_logits = cross_entropy_gradient(logits, epoch.targets[index])
        models.backward(work, self.layers, self.gradient, inputs, at_logits, unmix_at)
        self.gradient.flat.add_(self.layers.flat, alpha=WEIGHT_DECAY)
        torch.add(self.gradient.flat, self.velocity, alpha=MOMENTUM, out=self.velocity)
        self.layers.flat.add_(self.velocity, alpha=-self.recipes[0].lr)
        self.logits[:, :, rows] = logits.mT
        self.step += 1

    def _clean_loss(self) -> np.ndarray:
        logits = models.classify(self.layers, self.features[:, : len(self.labels)])
        own = one_hot(self.labels, self.classes, logits.dtype)
        return cross_entropy(logits, own).mean(-1).cpu().numpy()

    def _measure_loss(self, epoch: Epoch, steps: int) -> None:
        targets = torch.cat(epoch.targets[:steps], dim=1)
        logits = self.logits[:, :, : targets.shape[1]].mT
        self.loss = cross_entropy(logits, targets).mean(-1).cpu().numpy()

    def _find_failures(self) -> None:
        """Note the runs whose features, or squared distances of them, are no finite numbers."""
        lengths = self.features.square().sum(-1) * 4
        finite = torch.isfinite(lengths).all(-1).tolist()
        for run, fine in enumerate(finite):
            if not fine and run not in self.failures:
                self.failures[run] = self._why_failed(run)

    def _why_failed(self, run: int) -> str:
        recipe, begun = self.recipes[run], (self.step - 1) // self.per_epoch * self.per_epoch
        bad = ~torch.isfinite(self.logits[run]).all(0)
        first = int(bad.int().argmax()) // recipe.batch_size if bad.any() else self.step - begun
        step = begun + first
        return (
            f"Training went non-finite at step {step} (epoch {begun // self.per_epoch + 1}): "
            f"lr {recipe.lr:g} is too high for batch_size {recipe.batch_size} here. "
            "Try a smaller lr, such as 0.02, or a larger batch_size."
        )

    def snapshot(self) -> Snapshot:
        """Return copies of what changes."""
        return Snapshot(
            self.step,
            self.step / self.per_epoch,
            self.plan.mean_lam,
            self.loss,
            self.features,
            self.layers.weight[-1].mT.clone(),
            self.layers.bias[-1][:, 0].clone(),
            dict(self.failures),
        )
