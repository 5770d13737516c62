"""The training loop: a generator of snapshots, without threads or files."""

import itertools
from collections.abc import Iterator, Sequence

import torch

from ammix_viz.settings.recipe import OF_STACK, Recipe
from ammix_viz.training.devices import configured_arithmetic
from ammix_viz.training.schedule import stages
from ammix_viz.training.snapshot import Snapshot, State
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
    if len({recipe.stack for recipe in recipes}) != 1:
        raise ValueError(
            f"Runs in one stack share network, kind of step, {', '.join(OF_STACK[:-1])} and "
            f"{OF_STACK[-1]}."
        )
    with configured_arithmetic():
        trainer = Trainer(recipes, dtype)
        done = trainer.restore(state) if state else 0
        for stage in stages(recipes[0]):
            left, done = max(stage.epochs - done, 0), max(done - stage.epochs, 0)
            if left == 0:
                continue
            trainer.begin(stage, stage.epochs - left)
            for _ in range(left):
                yield from trainer.train_epoch()
                if len(trainer.failures) == len(recipes):
                    yield trainer.snapshot()
                    return
        if trainer.step > trainer.last_sent:
            trainer.plan_epoch()
            yield trainer.snapshot()


def warm() -> None:
    """Train a few steps, so that the first run of a process starts without delay."""
    next(itertools.islice(train([Recipe(method="manifold")]), 3, None))
