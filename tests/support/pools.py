"""A pool with real worker processes, used by one test after the other; runs that keep it busy."""

from dataclasses import replace

from support.waiting import wait_for

from ammix_viz.runs import disk, reader
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits

QUICK = Recipe(method="ce", epochs=3)
LONG = Recipe(method="ce", epochs=2000)
DIGITS = Recipe(data="digits", imbalance=140, batch_size=128, method="ce", epochs=4)
"""A run on images; of 325 train images, so that an epoch has three steps."""

LATER = 600.0
"""Seconds in which a reader comes back: no run of its makes way meanwhile."""


def is_state(pool, recipe, *names):
    return wait_for(lambda: pool.state(recipe.key).state in names)


def states(pool, *recipes):
    return [pool.state(recipe.key).state for recipe in recipes]


def several(recipe, count):
    """As many recipes that cannot share a stack."""
    return [replace(recipe, lr=0.01 + 0.001 * i) for i in range(count)]


def inode(recipe):
    return disk.path(recipe.key).stat().st_ino


def has_records(recipe):
    try:
        with reader.Run(recipe.key) as run:
            return run.count()
    except FileNotFoundError:
        return 0


def job_of(pool, recipe):
    """The latest job of a run."""
    return [job for job in pool.jobs() if recipe.key in job.recipes][-1]


def give_up_all(pool, workers, monkeypatch):
    """Have the pool give up every job that is not kept, and wait for idle workers."""
    monkeypatch.setattr(limits, "IDLE_SECONDS", float("-inf"))
    wait_for(lambda: not pool.jobs() and pool.ready() == workers)
