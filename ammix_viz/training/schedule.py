"""The stages of a training run, its learning rates, and when snapshots are taken."""

from dataclasses import dataclass

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.recipe import Recipe

EARLY_STEPS = (1, 2, 4, 8)
"""Steps inside the first epoch after which a snapshot is taken too: features move most there."""

EARLY_STEPS_ON_IMAGES = (1, 2, 4, 8, 16, 32)
STEPS_APART = 50
"""On images about so many steps lie between two snapshots of one epoch."""

FULL_EVAL_EPOCHS = 5
"""On images every so many epochs all images are evaluated, not only the displayed ones."""

ENCODER_EPOCHS = 6
"""Epochs of SupCon's encoder for each one of its classifier: 600 and 100 (AMA 3.3)."""

DROPS, DROP = (0.3, 0.6, 0.8), 0.2
"""On images, at these shares of a stage, the learning rate is multiplied by this (AMM A.1)."""


@dataclass(frozen=True)
class Stage:
    """A part of training with one objective.

    Attributes
    ----------
    name : {"training", "encoder", "classifier", "coarse", "fine"}
        As viewers read it.
    epochs : int
        How long it is.
    learns : {"all", "encoder", "classifier"}
        Everything at once; the encoder by contrast; a classifier on the frozen encoder.
    coarse : bool
        Whether the labels are the coarse ones.
    every : int
        Epochs from one snapshot to the next.
    """

    name: str
    epochs: int
    learns: str = "all"
    coarse: bool = False
    every: int = 1


def stages(recipe: Recipe) -> tuple[Stage, ...]:
    """Return the stages of a run in their order."""
    epochs, coarse = recipe.epochs, DATASETS[recipe.data].coarse
    found: tuple[Stage, ...] = (Stage("coarse" if coarse else "training", epochs, coarse=coarse),)
    if METHODS[recipe.method].contrastive:
        every = 1 if recipe.on_images else ENCODER_EPOCHS
        encoder = Stage("encoder", ENCODER_EPOCHS * epochs, "encoder", coarse, every)
        found = encoder, Stage("coarse" if coarse else "classifier", epochs, "classifier", coarse)
    return (*found, Stage("fine", epochs, "classifier")) if coarse else found


def total_epochs(recipe: Recipe) -> int:
    """Return the epochs of all stages."""
    return sum(stage.epochs for stage in stages(recipe))


def steps_per_epoch(recipe: Recipe, points: int) -> int:
    """Return how many batches cover a training set of so many points."""
    return -(-points // recipe.batch_size)


def learning_rate(recipe: Recipe, stage: Stage, epoch: float) -> float:
    """Return the learning rate of a step that ends so many epochs after its stage began.

    On images it rises first, until its first fall at the latest.
    """
    if not recipe.on_images:
        return recipe.lr
    drops = sum(epoch > share * stage.epochs + 1e-9 for share in DROPS)
    warmup = min(recipe.warmup, DROPS[0] * stage.epochs)
    warm = min(1.0, epoch / warmup) if warmup else 1.0
    return recipe.lr * DROP**drops * warm


def snapshot_steps(recipe: Recipe, points: int) -> list[int]:
    """Return the steps at which snapshots are taken: 0, a few early ones, ends of epochs.

    On images there are some inside each epoch as well.
    """
    per_epoch = steps_per_epoch(recipe, points)
    early = EARLY_STEPS_ON_IMAGES if recipe.on_images else EARLY_STEPS
    steps, begun = {0, *(step for step in early if step < per_epoch)}, 0
    parts = max(1, round(per_epoch / STEPS_APART)) if recipe.on_images else 1
    for stage in stages(recipe):
        for epoch in range(stage.every, stage.epochs + 1, stage.every):
            end = (begun + epoch) * per_epoch
            steps |= {end - per_epoch * part // parts for part in range(parts)}
        begun += stage.epochs
    return sorted(steps)


def full_eval_steps(recipe: Recipe, points: int) -> set[int]:
    """Return those of them at which all samples are evaluated: of points, all."""
    if not recipe.on_images:
        return set(snapshot_steps(recipe, points))
    per_epoch, begun = steps_per_epoch(recipe, points), 0
    epochs = {1, *range(FULL_EVAL_EPOCHS, total_epochs(recipe), FULL_EVAL_EPOCHS)}
    for stage in stages(recipe):
        begun += stage.epochs
        epochs.add(begun)
    return {per_epoch * epoch for epoch in epochs}


def stage_table(recipe: Recipe, points: int) -> list[dict[str, str | int]]:
    """Return each stage's `name`, its `epochs` and its `last` record, counted from 0."""
    steps, per_epoch = snapshot_steps(recipe, points), steps_per_epoch(recipe, points)
    table: list[dict[str, str | int]] = []
    begun = 0
    for stage in stages(recipe):
        begun += stage.epochs
        last = steps.index(begun * per_epoch)
        table.append({"name": stage.name, "epochs": stage.epochs, "last": last})
    return table
