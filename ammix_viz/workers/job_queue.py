"""The jobs of a pool, waiting and running, and what changes them.

It starts nothing and knows no clock: the pool passes in which workers are ready and the time, and
does what each method returns.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits, policy
from ammix_viz.workers.policy import Job


class JobQueue:
    """All jobs of a pool; not safe from several threads by itself.

    A run is live while a job will bring more of it: it waits, is trained, or makes way to wait
    again; not once it was given up.

    Parameters
    ----------
    workers : int
        How many workers there are to split stacks for.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._live: dict[str, int] = {}

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs by their numbers, those that a worker has yet to stop included."""
        return tuple(self._jobs.values())

    def job_of(self, key: str) -> Job | None:
        """Return the job of a live run."""
        number = self._live.get(key)
        return None if number is None else self._jobs[number]

    def position(self, job: Job) -> int:
        """Return the place of a waiting job in the queue, 1 for the next."""
        return sum(other.number <= job.number for other in policy.waiting(self.jobs))

    def waiting_runs(self) -> int:
        """Return how many runs wait."""
        return sum(len(job.recipes) for job in policy.waiting(self.jobs))

    def stopping(self, key: str) -> bool:
        """Return whether a run was given up, but its worker has not stopped it yet."""
        return any(job.cancelled and key in job.recipes for job in self._jobs.values())

    def add(self, recipes: Mapping[str, Recipe], now: float) -> None:
        """Put runs that are not live at the end of the queue, in stacks."""
        for part in policy.split_stacks(recipes.values(), self._workers):
            self._append({recipe.key: recipe for recipe in part}, keep=False, read_at=now)

    def read(self, keys: Iterable[str], until: float) -> None:
        """Note that runs are read until then."""
        for job in self._of(keys):
            self._change(job, read_at=max(job.read_at, until))

    def leave(self, keys: Iterable[str], now: float) -> None:
        """Note that nobody waits for runs any more: they soon make way for others."""
        for job in self._of(keys):
            self._change(job, read_at=now - limits.UNREAD_SECONDS + limits.GRACE_SECONDS)

    def keep(self, keys: Iterable[str]) -> None:
        """Note that runs are to be trained to their end even if nobody reads them."""
        for job in self._of(keys):
            self._change(job, keep=True)

    def assign(self, ready: Collection[int], now: float) -> list[Job]:
        """Give waiting jobs to workers; return them, to be sent there."""
        started = list(policy.assign(self.jobs, ready, now))
        self._jobs |= {job.number: job for job in started}
        return started

    def give_up_unread(self, ready: Collection[int], now: float) -> list[Job]:
        """Cancel what nobody reads, and return it: workers have to stop what they have of it."""
        expired = [self._cancel(job, now) for job in policy.expired(self.jobs, now)]
        making_way = policy.making_way(self.jobs, ready, now)
        return expired + [self._cancel(job, now, job.keep) for job in making_way]

    def finish(self, number: int, failed: bool = False) -> Job:
        """Note that a worker is through with a job, and return that job."""
        job = self._jobs.pop(number)
        if job.requeue and not failed:
            self._requeue(job)
        else:
            self._forget(job)
        return job

    def lose(self, worker: int) -> list[Job]:
        """Note that a worker has died; return the jobs that end with it."""
        ended = []
        for job in [job for job in self._jobs.values() if job.worker == worker]:
            job = replace(self._jobs.pop(job.number), tries=job.tries + 1)
            if policy.resumes(job):
                self._requeue(job)
            else:
                self._forget(job)
                ended.append(job)
        return ended

    def clear(self) -> list[Job]:
        """Empty the queue; return the jobs that waited."""
        dropped = policy.waiting(self.jobs)
        for job in dropped:
            del self._jobs[job.number]
            self._forget(job)
        return dropped

    def _of(self, keys: Iterable[str]) -> list[Job]:
        numbers = {self._live[key] for key in keys if key in self._live}
        return [self._jobs[number] for number in numbers]

    def _change(self, job: Job, **changes: Any) -> Job:  # noqa: ANN401
        self._jobs[job.number] = replace(job, **changes)
        return self._jobs[job.number]

    def _append(self, recipes: Mapping[str, Recipe], **rest: Any) -> None:  # noqa: ANN401
        job = Job(next(self._numbers), recipes, **rest)
        self._jobs[job.number] = job
        self._live |= dict.fromkeys(recipes, job.number)

    def _requeue(self, job: Job) -> None:
        self._append(job.recipes, keep=job.keep, read_at=job.read_at, tries=job.tries)

    def _cancel(self, job: Job, now: float, requeue: bool = False) -> Job:
        """Cancel a job; it stays until its worker has stopped it, if it has one."""
        if not requeue:
            self._forget(job)
        if job.worker is None:
            return self._jobs.pop(job.number)
        return self._change(job, cancelled_at=now, requeue=requeue)

    def _forget(self, job: Job) -> None:
        for key in job.recipes:
            if self._live.get(key) == job.number:
                del self._live[key]
