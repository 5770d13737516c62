"""Jobs of the workers: runs trained together, from the queue to their end."""

import contextlib
import itertools
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from ammix_viz.runs import store
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.processes import Child, Crew
from ammix_viz.workers.run_state import written
from ammix_viz.workers.stacks import cut
from ammix_viz.workers.worker import Message

UNREAD_SECONDS = 2.0
"""A run that nobody has read for so long makes room where another waits for the worker."""

LEFT_SECONDS = 0.25
"""The same, once its last reader has left."""

MOST_TRIES = 3
"""How often a run on images is begun again, from its checkpoint, where its worker died."""

MOST_AT_ONCE = 8
"""Runs on images that take turns in one worker; stacks of the toy have one to themselves."""

log = logging.getLogger(__name__)


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

    def leave(self) -> None:
        """Note that nobody waits for it any more."""
        self.touched = time.monotonic() - UNREAD_SECONDS + LEFT_SECONDS


class Jobs:
    """All jobs, in the queue and in training. Whoever has it sees to it that threads take turns.

    Parameters
    ----------
    crew : Crew
        The workers.

    Attributes
    ----------
    queue : list of Job
        Those that wait, in their order.
    live : dict of str to Job
        Those that wait or are trained, by the keys of their runs; not those that were given up.
    """

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._numbers = itertools.count(1)
        self.queue: list[Job] = []
        self.live: dict[str, Job] = {}

    def of(self, keys: Iterable[str]) -> set[Job]:
        """Return the live jobs of these runs."""
        return {self.live[key] for key in keys if key in self.live}

    def training(self) -> list[Job]:
        """Return the jobs that workers have, given up or not."""
        return [job for child in self._crew.children for job in child.jobs.values()]

    def leaving(self) -> set[str]:
        """Return the runs that were given up, but that a worker has not let go of yet."""
        return set().union(*(job.recipes for job in self.training() if job.cancelled))

    def enqueue(self, new: Mapping[str, Recipe]) -> None:
        """Put runs into the queue; one that is to be put back there anyway stays kept."""
        kept = set().union(*(job.recipes for job in self.training() if job.again))
        for key in new:
            goes_on = store.path(key, ".ckpt").exists()
            for suffix in (".json",) if goes_on else (".json", ".run"):
                with contextlib.suppress(OSError):  # nobody shall take the old for the new
                    store.path(key, suffix).unlink(missing_ok=True)
        for part in cut(new.values(), self._crew.size):
            own = {recipe.key: recipe for recipe in part}
            self._append(own, keep=bool(own.keys() & kept), touched=time.monotonic())

    def _append(self, recipes: dict[str, Recipe], **rest: float | bool) -> None:
        job = Job(next(self._numbers), recipes, **rest)
        self.queue.append(job)
        self.live |= dict.fromkeys(recipes, job)

    def dispatch(self) -> None:
        """Hand jobs to the workers that can take them, those that nobody reads last."""
        leaving, since = self.leaving(), time.monotonic() - UNREAD_SECONDS
        for job in sorted(self.queue, key=lambda job: job.touched < since):
            child = room_for(job, self._crew.children, parked=job.touched < since)
            if child and not leaving & job.recipes.keys():
                self.queue.remove(job)
                child.jobs[job.number] = job
                recipes = [asdict(recipe) for recipe in job.recipes.values()]
                folder = str(store.folder().absolute())
                child.tell({"job": job.number, "folder": folder, "recipes": recipes})

    def cancel(self, job: Job) -> None:
        """Give a job up."""
        job.cancelled = time.monotonic()
        self._forget(job)
        if job in self.queue:
            self.queue.remove(job)
        for child in self._crew.children:
            if job.number in child.jobs:
                child.tell({"cancel": job.number})

    def give_up_unread(self, idle_seconds: float) -> None:
        """Give up what nobody has read for so long, or is in the way of what others read."""
        now = time.monotonic()
        for job in [*self.queue, *self.training()]:
            if not job.keep and job.cancelled is None and now - job.touched > idle_seconds:
                self.cancel(job)
        for job in in_the_way(self._crew.children, self.queue, now - UNREAD_SECONDS):
            job.again = job.keep
            self.cancel(job)

    def end(self, child: Child, message: Message) -> None:
        """Take note of what a worker says of a job that it is through with."""
        job = child.jobs.pop(message.get("done", message.get("error")))
        if "error" in message:
            self._break_off(job, message["why"])
        if not self._replaced(job):
            self._forget(job)
            if job.again and "done" in message:
                self._begin_again(job)

    def lose(self, child: Child) -> None:
        """See to the jobs of a worker that died.

        A job that can go on from a checkpoint is begun again; of another it is said what happened.
        """
        for job in child.jobs.values():
            job.tries += 1
            goes_on = job.on_images and (job.again or not job.cancelled)
            if self._replaced(job):
                continue
            if goes_on and job.tries < MOST_TRIES:
                self._begin_again(job)
            else:
                why = f"The process that trained this run came to a sudden end ({child.death})."
                self._break_off(job, why)
                self._forget(job)

    def clear(self, why: str) -> None:
        """Empty the queue, and say of its runs why."""
        for job in self.queue:
            self._break_off(job, why)
            self._forget(job)
        self.queue.clear()

    def _replaced(self, job: Job) -> bool:
        """Say whether a job that was given up has been asked for anew."""
        return self.live.get(next(iter(job.recipes))) not in (None, job)

    def _forget(self, job: Job) -> None:
        for key in job.recipes:
            if self.live.get(key) is job:
                del self.live[key]

    def _begin_again(self, job: Job) -> None:
        self._append(job.recipes, keep=job.keep, touched=job.touched, tries=job.tries)

    def _break_off(self, job: Job, why: str) -> None:
        """Say of the runs that have not come to an end of their own why they did not."""
        for key in job.recipes if job.cancelled is None else ():
            try:
                store.folder().mkdir(parents=True, exist_ok=True)
                if store.status(key) is None and not written(key):
                    file = store.path(key)
                    size = file.stat().st_size if file.exists() else 0
                    store.write_status(key, store.Status("stopped", why, size))
            except OSError:
                log.exception("Run %s stopped: %s", key, why)


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
