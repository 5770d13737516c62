"""The only training loop: a generator of snapshots. No threads, no files, no pages."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ammix_viz import data, models, steps
from ammix_viz.devices import resolve, settled_arithmetic
from ammix_viz.epochs import Epoch, lay_out
from ammix_viz.models import Layers, Workspace
from ammix_viz.objective import cross_entropy, one_hot
from ammix_viz.plans import plan
from ammix_viz.recipe import Recipe
from ammix_viz.schedule import Stage, snapshot_steps, stages, steps_per_epoch

MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4

TAKE_STEP = {"training": steps.joint, "encoder": steps.encoder, "classifier": steps.classifier}
"""How each stage takes a step."""

ROWS = {"single": (1, 1), "added": (1, 2), "doubled": (2, 2), "contrastive": (1, 1)}
"""How often each row of a batch is encoded and classified, by the shape of a stack."""


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
        SupCon's is contrastive until its encoder is trained.
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
    its method; SupCon trains its encoder first, then a classifier on it. All on one core, so that
    a run's numbers do not depend, to the last bit, on what it is stacked with.

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
        raise ValueError(
            "Runs in one stack share data, imbalance, epochs, lr, batch, device and shape."
        )
    with settled_arithmetic():
        stack = _Stack(recipes, dtype)
        for stage in stages(recipes[0]):
            stack.begin(stage)
            for _ in range(stage.epochs):
                yield from stack.train_epoch()
                if len(stack.failures) == len(recipes):
                    yield stack.snapshot()
                    return
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
        self.class_of_point = sets[0].train_labels
        self.labels = torch.from_numpy(self.class_of_point).to(device)
        self.classes, size = len(sets[0].class_names), len(self.labels)
        seeds = [recipe.init_seed for recipe in recipes]
        self.layers = models.init(seeds, self.classes, dtype, device)
        self.gradient = Layers.zeros(len(recipes), self.classes, dtype, device)
        self.velocity = torch.zeros_like(self.layers.flat)
        shape, batch = recipes[0].shape, min(recipes[0].batch_size, size)
        encoded, self.classified = ROWS[shape]
        self.workspaces = {
            rows: Workspace.of(self.layers, encoded * rows, self.classified * rows)
            for rows in {batch, size % batch or batch}
        }
        self.blocks = models.blocks_of(self.layers, self.points.shape[1])
        self.snapshot_steps = frozenset(snapshot_steps(recipes[0], size))
        self.per_epoch = steps_per_epoch(recipes[0], size)
        self.step = 0
        self.outcomes: list[Tensor] = []
        self.failures: dict[int, str] = {}

    def begin(self, stage: Stage) -> None:
        """Begin a stage: SGD starts anew, on the parameters that the stage learns."""
        own, rest = self.layers.encoder, slice(self.layers.encoder.stop, None)
        part = {"training": slice(None), "encoder": own, "classifier": rest}[stage.name]
        self.moving = self.layers.flat[part], self.gradient.flat[part], self.velocity[part]
        self.velocity.zero_()
        self.stage = stage
        if self.step == 0:
            self._plan_epoch(0)
            self.loss = self._clean_loss()

    def _plan_epoch(self, number: int) -> None:
        """Evaluate all points, and plan the epoch from the training accuracy seen (AMM Eq. 6)."""
        self._evaluate()
        v_acc = self._accuracy() if number else np.zeros(len(self.recipes))
        self.plan = plan(self.recipes, number, self.class_of_point, v_acc)

    def _evaluate(self) -> None:
        self.features = models.encode(self.layers, self.points, self.blocks)
        self._find_failures()

    def _accuracy(self) -> np.ndarray:
        """Return the share of training points whose clean feature is classified right, (R,)."""
        logits = models.classify(self.layers, self.features[:, : len(self.labels)])
        own = logits.mT.gather(1, self.labels.expand(len(logits), 1, -1))[:, 0]
        return (own == logits.amax(-1)).double().mean(1).cpu().numpy()

    def train_epoch(self) -> Iterator[Snapshot]:
        """Yield a snapshot, then take the steps of an epoch, yielding at the scheduled ones."""
        frozen = self.stage.name == "classifier"
        rows = (self.features if frozen else self.points)[:, : len(self.labels)]
        epoch = lay_out(self.plan, rows, self.labels, self.classes)
        self.outcomes = []
        if self.step in self.snapshot_steps:
            yield self.snapshot()
        for index in range(self.per_epoch):
            self._take_step(epoch, index)
            if self.step in self.snapshot_steps and index < self.per_epoch - 1:
                self._measure_loss(epoch)
                self._evaluate()
                yield self.snapshot()
        self._measure_loss(epoch)
        self._plan_epoch(self.step // self.per_epoch)

    def _take_step(self, epoch: Epoch, index: int) -> None:
        work = self.workspaces[epoch.sizes[index]]
        take = TAKE_STEP[self.stage.name]
        self.outcomes.append(take(self.layers, self.gradient, work, epoch, index))
        parameters, gradient, velocity = self.moving
        gradient.add_(parameters, alpha=WEIGHT_DECAY)
        torch.add(gradient, velocity, alpha=MOMENTUM, out=velocity)
        parameters.add_(velocity, alpha=-self.recipes[0].lr)
        self.step += 1

    def _clean_loss(self) -> np.ndarray:
        logits = models.classify(self.layers, self.features[:, : len(self.labels)])
        own = one_hot(self.labels, self.classes, logits.dtype)
        return cross_entropy(logits, own).mean(-1).cpu().numpy()

    def _measure_loss(self, epoch: Epoch) -> None:
        """Note the mean objective of the epoch's steps so far."""
        steps_done = len(self.outcomes)
        if self.stage.name == "encoder":
            sizes = self.labels.new_tensor(epoch.sizes[:steps_done])
            loss = torch.stack(self.outcomes, dim=-1) @ (sizes / sizes.sum()).to(self.features)
        else:
            logits = torch.cat([each.mT for each in self.outcomes], dim=2).mT
            targets = torch.cat([each.mT for each in epoch.targets[:steps_done]], dim=2).mT
            loss = cross_entropy(logits, targets).mean(-1) * self.classified
        self.loss = loss.cpu().numpy()

    def _find_failures(self) -> None:
        """Note the runs whose features, or squared distances of them, are no finite numbers."""
        lengths = self.features.square().sum(-1) * 4
        finite = torch.isfinite(lengths).all(-1).tolist()
        for run, fine in enumerate(finite):
            if not fine and run not in self.failures:
                self.failures[run] = self._why_failed(run)

    def _why_failed(self, run: int) -> str:
        recipe, begun = self.recipes[run], (self.step - 1) // self.per_epoch * self.per_epoch
        fine = [bool(torch.isfinite(outcome[run]).all()) for outcome in self.outcomes]
        step = begun + (fine.index(False) if False in fine else self.step - begun)
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
