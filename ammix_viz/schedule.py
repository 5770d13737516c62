"""The stages of a training run, and when snapshots are taken."""

from dataclasses import dataclass

from ammix_viz.recipe import Recipe

EARLY_STEPS = (1, 2, 4, 8)
"""Steps inside the first epoch after which a snapshot is taken too: features move most there."""

ENCODER_EPOCHS = 6
"""Epochs of SupCon's encoder for each one of its classifier: 600 and 100 (AMA 3.3)."""


@dataclass(frozen=True)
class Stage:
    """A part of training with an objective of its own.

    Attributes
    ----------
    name : {"training", "encoder", "classifier"}
        Everything at once; the encoder by contrast; the classifier on the frozen encoder.
    epochs : int
        How long it is.
    every : int
        Epochs from one snapshot to the next.
    """

    name: str
    epochs: int
    every: int = 1


def stages(recipe: Recipe) -> tuple[Stage, ...]:
    """Return the stages of a run in their order."""
    if recipe.method != "supcon":
        return (Stage("training", recipe.epochs),)
    encoder = Stage("encoder", ENCODER_EPOCHS * recipe.epochs, ENCODER_EPOCHS)
    return encoder, Stage("classifier", recipe.epochs)


def total_epochs(recipe: Recipe) -> int:
    """Return the epochs of all stages."""
    return sum(stage.epochs for stage in stages(recipe))


def steps_per_epoch(recipe: Recipe, points: int) -> int:
    """Return how many batches cover a training set of so many points."""
    return -(-points // recipe.batch_size)


def snapshot_steps(recipe: Recipe, points: int) -> list[int]:
    """Return the steps at which snapshots are taken: 0, a few early ones, ends of epochs."""
    per_epoch = steps_per_epoch(recipe, points)
    early = [step for step in EARLY_STEPS if step < per_epoch]
    ends, begun = [], 0
    for stage in stages(recipe):
        ends += [begun + epoch for epoch in range(stage.every, stage.epochs + 1, stage.every)]
        begun += stage.epochs
    return [0, *early, *(per_epoch * epoch for epoch in ends)]


def stage_table(recipe: Recipe, points: int) -> list[dict[str, str | int]]:
    """Return each stage's `name`, its `epochs` and its `last` record, counted from 0."""
    last = len(snapshot_steps(recipe, points)) - 1
    table: list[dict[str, str | int]] = []
    for stage in reversed(stages(recipe)):
        table.insert(0, {"name": stage.name, "epochs": stage.epochs, "last": last})
        last -= stage.epochs // stage.every
    return table
