"""When snapshots are taken."""

from ammix_viz.recipe import Recipe

EARLY_STEPS = (1, 2, 4, 8)
"""Steps inside the first epoch after which a snapshot is taken too: features move most there."""


def steps_per_epoch(recipe: Recipe, points: int) -> int:
    """Return how many batches cover a training set of so many points."""
    return -(-points // recipe.batch_size)


def snapshot_steps(recipe: Recipe, points: int) -> list[int]:
    """Return the steps at which snapshots are taken: 0, a few early ones, each epoch's last."""
    per_epoch = steps_per_epoch(recipe, points)
    early = [step for step in EARLY_STEPS if step < per_epoch]
    return [0, *early, *(per_epoch * epoch for epoch in range(1, recipe.epochs + 1))]
