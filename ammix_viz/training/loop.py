"""The training loop: a generator of snapshots, without threads or files."""

import itertools
from collections.abc import Iterator, Sequence

import torch

from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.devices import configured_arithmetic
from ammix_viz.training.schedule import stages
from ammix_viz.training.snapshot import Snapshot, State
from ammix_viz.training.stack import Stack
from ammix_viz.training.trainer import Trainer


def train(
    recipes: Sequence[Recipe], dtype: torch.dtype = torch.float32, state: State | None = None
) -> Iterator[Snapshot | None]:
    """Train a stack of runs together, and yield a snapshot of all runs at each scheduled step.

    On images, where steps are slow, it yields None after every other step.

    Each run takes SGD steps with momentum 0.9 (AMA 3.3, AMM A.1) on the objective of its method;
    SupCon trains its encoder first, then a classifier on it. Training uses one core, so that the
    results do not depend on the stack, to the last bit.

    Parameters
    ----------
    recipes : sequence of Recipe
        R recipes with the same `stack`; just one on images.
    dtype : torch.dtype, default=torch.float32
        Precision of parameters and features.
    state : dict of str to ndarray, optional
        State of an earlier snapshot to resume from; the results are as if never interrupted.

    Raises
    ------
    ValueError
        If the recipes cannot share a stack, or the device or the images are missing.
    """
    return train_stack(Stack(recipes), dtype, state)


def train_stack(
    stack: Stack, dtype: torch.dtype = torch.float32, state: State | None = None
) -> Iterator[Snapshot | None]:
    """Train a stack that runs may join and leave, as `train` does.

    Between two epochs, runs that have left the stack are dropped and new ones begin. A snapshot is
    of runs that began together.
    """
    with configured_arithmetic():
        trainer = Trainer(stack.recipes, dtype)
        done = trainer.restore(state) if state else 0
        *earlier, last = stages(stack.recipes[0])
        for stage in (*earlier, last):
            left, done = max(stage.epochs - done, 0), max(done - stage.epochs, 0)
            if left and stack.recipes:
                trainer.begin(stage, stage.epochs - left)
                yield from _train_stage(trainer, stack, stage is last)


def _train_stage(trainer: Trainer, stack: Stack, last: bool) -> Iterator[Snapshot | None]:
    """Train until the stage is over for every run of the stack; runs may join if it is the last."""
    while stack.recipes:
        yield from trainer.train_epoch()
        ended = trainer.ended()
        over = {recipe.key for recipe in trainer.recipes[ended]}
        if over and not (last or trainer.all_failed):
            return
        if over:
            yield from trainer.last_snapshots(ended)
            stack.leave(over)
        if stack.recipes:
            trainer.regroup(stack.recipes)


def warm() -> None:
    """Train a few steps, so that the first run of a process starts without delay."""
    next(itertools.islice(train([Recipe(method="manifold")]), 3, None))
