"""Jobs of the workers: which of them can take one, and which running ones are in the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from ammix_viz.recipe import Recipe
from ammix_viz.worker import Child

MOST_AT_ONCE = 8
"""Runs on images that take turns in one worker; stacks of the toy have one to themselves."""


@dataclass(eq=False)
class Job:
    """Runs trained in one stack.

    Attributes
    ----------
    number : int
        What the worker knows it by.
    recipes : dict of str to Recipe
        By their keys.
    keep : bool
        Whether it goes on if nobody reads.
    touched : float
        When it was last read.
    cancelled : float, optional
        When its worker was told to let go of it.
    again : bool
        Whether it is put back into the queue then.
    tries : int
        How many workers have died over it.
    """

    number: int
    recipes: dict[str, Recipe]
    keep: bool
    touched: float
    cancelled: float | None = None
    again: bool = False
    tries: int = 0

    @property
    def on_images(self) -> bool:
        """Whether it is a run on images: it takes turns with others, and can go on later."""
        return next(iter(self.recipes.values())).on_images


def room_for(job: Job, children: Sequence[Child], parked: bool) -> Child | None:
    """Return the worker that has least to do, if it can take the job beside that.

    A parked job, which nobody reads, has to have one to itself.
    """
    fit = [
        child
        for child in children
        if child.ready
        and len(child.jobs) < MOST_AT_ONCE
        and not (child.jobs and parked)
        and (job.on_images or all(other.on_images for other in child.jobs.values()))
    ]
    return min(fit, key=lambda child: len(child.jobs), default=None)


def in_the_way(children: Sequence[Child], queue: Sequence[Job], since: float) -> list[Job]:
    """Return running jobs that nobody has read since, and whose worker others could use.

    Those of the toy that are to be kept are let go on; of images, they come back later.
    """
    ready = [child for child in children if child.ready]
    waiting = sum(not job.on_images or job.touched >= since for job in queue)
    free = sum(not [job for job in child.jobs.values() if not job.cancelled] for child in ready)
    short = max(waiting - free, 0)
    running = [(job, child) for child in children for job in child.jobs.values()]
    found: list[Job] = []
    for job, child in sorted(running, key=lambda pair: pair[0].touched):
        unread = job.touched < since and job.cancelled is None
        needed = short and (job.on_images or not job.keep)
        beside = job.on_images and any(o.touched >= since for o in child.jobs.values())
        if unread and (needed or beside):
            found.append(job)
            short = max(short - 1, 0)
    return found
