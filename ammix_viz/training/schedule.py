"""The stages of a training run, its learning rates, and when snapshots are taken."""

from dataclasses import dataclass

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.networks.table import NETWORKS
from ammix_viz.settings.recipe import Recipe

EARLY_STEPS: tuple[int, ...] = (1, 2, 4, 8)
"""Steps in the first epoch with an extra snapshot, because features move most there."""

EARLY_STEPS_ON_IMAGES = (1, 2, 4, 8, 16, 32)
STEPS_APART = 50
"""On images: approximate number of steps between two snapshots."""

FULL_EVAL_EPOCHS = 5
"""On images: epochs between evaluations of all images, not only of the displayed ones."""

ENCODER_EPOCHS = 6
"""SupCon's encoder epochs per classifier epoch: 600 to 100 (AMA 3.3)."""


@dataclass(frozen=True)
class Stage:
    """A part of training with one objective.

    Attributes
    ----------
    name : {"training", "encoder", "classifier", "coarse", "fine"}
        Name in the player.
    epochs : int
        Length in epochs.
    learns : {"all", "encoder", "classifier"}
        Everything; the encoder, with the contrastive loss; a classifier on the frozen encoder.
    coarse : bool
        Whether the labels are the coarse classes.
    every : int
        Epochs between snapshots.
    """

    name: str
    epochs: int
    learns: str = "all"
    coarse: bool = False
    every: int = 1


def stages(recipe: Recipe) -> tuple[Stage, ...]:
    """Return the stages of a run, in order."""
    epochs, coarse = recipe.epochs, DATASETS[recipe.data].coarse
    sequence: tuple[Stage, ...] = (
        Stage("coarse" if coarse else "training", epochs, coarse=coarse),
    )
    if METHODS[recipe.method].contrastive:
        every = 1 if recipe.on_images else ENCODER_EPOCHS
        encoder = Stage("encoder", ENCODER_EPOCHS * epochs, "encoder", coarse, every)
        sequence = (
            encoder,
            Stage("coarse" if coarse else "classifier", epochs, "classifier", coarse),
        )
    return (*sequence, Stage("fine", epochs, "classifier")) if coarse else sequence


def total_epochs(recipe: Recipe) -> int:
    """Return the total number of epochs of all stages."""
    return sum(stage.epochs for stage in stages(recipe))


def steps_per_epoch(recipe: Recipe, points: int) -> int:
    """Return the number of batches in an epoch of `points` training samples."""
    return -(-points // recipe.batch_size)


def learning_rate(recipe: Recipe, stage: Stage, epoch: float) -> float:
    """Return the learning rate of a step that ends `epoch` epochs after its stage began.

    On images it follows the network's schedule, with a warm-up that ends at the first drop at the
    latest.
    """
    if not recipe.on_images:
        return recipe.lr
    schedule = NETWORKS[recipe.network_name].schedule
    drops = sum(epoch > share * stage.epochs + 1e-9 for share in schedule.drops)
    warmup = min(recipe.warmup, schedule.drops[0] * stage.epochs)
    warm = min(1.0, epoch / warmup) if warmup else 1.0
    return recipe.lr * schedule.factor**drops * (schedule.start + (1 - schedule.start) * warm)


def snapshot_steps(recipe: Recipe, points: int) -> list[int]:
    """Return the steps with a snapshot: step 0, a few early steps, and the ends of epochs.

    On images there are some within each epoch as well. If the features cannot be displayed, there
    are only step 0 and the ends of epochs.
    """
    per_epoch = steps_per_epoch(recipe, points)
    early = EARLY_STEPS_ON_IMAGES if recipe.on_images else EARLY_STEPS
    parts = max(1, round(per_epoch / STEPS_APART)) if recipe.on_images else 1
    if recipe.feature_width != 2:
        early, parts = (), 1
    steps, begun = {0, *(step for step in early if step < per_epoch)}, 0
    for stage in stages(recipe):
        for epoch in range(stage.every, stage.epochs + 1, stage.every):
            end = (begun + epoch) * per_epoch
            steps |= {end - per_epoch * part // parts for part in range(parts)}
        begun += stage.epochs
    return sorted(steps)


def full_eval_steps(recipe: Recipe, points: int) -> set[int]:
    """Return the snapshot steps at which all samples are evaluated; for points these are all."""
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
