"""The job queue of a pool: waiting and running jobs, without processes or clocks.

The pool passes in the ready workers and the time, and acts on the jobs that each method returns.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits, policy
from ammix_viz.workers.policy import Job

PLACES_SECONDS = 0.2
"""How long positions in the queue are remembered."""


class JobQueue:
    """All jobs of a pool; not thread-safe.

    A run is live while it waits, is trained, or is being stopped to wait again; it is not live once
    it was given up.

    Parameters
    ----------
    workers : int
        Number of workers to split stacks for.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._live: dict[str, int] = {}
        self._places: tuple[float, dict[int, int]] = (-inf, {})

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs in order of number, including cancelled ones that are still being stopped."""
        return tuple(self._jobs.values())

    def job_of(self, key: str) -> Job | None:
        """Return the job of a live run."""
        number = self._live.get(key)
        return None if number is None else self._jobs[number]

    def position(self, job: Job, now: float) -> int:
        """Return the position of a waiting job in the queue, 1 for the next."""
        counted_at, places = self._places
        if job.number not in places or now - counted_at > PLACES_SECONDS:
            queued = policy.in_order(self._jobs.values(), now)
            places = {other.number: place for place, other in enumerate(queued, 1)}
            self._places = (now, places)
        return places[job.number]

    def waiting_runs(self) -> int:
        """Return the number of waiting runs."""
        return sum(len(job.recipes) for job in policy.waiting(self.jobs))

    def runs_of(self, session: str) -> int:
        """Return the number of runs that a session has waiting or in training."""
        return sum(len(job.recipes) for job in self._jobs.values() if job.session == session)

    def kept(self) -> list[Recipe]:
        """Return the live runs that are trained to the end even if nobody reads them."""
        jobs = [job for job in self._jobs.values() if job.keep and not job.cancelled]
        return [recipe for job in jobs for recipe in job.recipes.values()]

    def stopping(self, key: str) -> bool:
        """Return whether a run was given up, but has not been stopped by its worker yet."""
        return any(job.cancelled and key in job.recipes for job in self._jobs.values())

    def add(
        self, recipes: Mapping[str, Recipe], now: float, session: str = "", batch: bool = False
    ) -> None:
        """Append runs that are not live to the queue, in stacks."""
        for part in policy.split_stacks(recipes.values(), self._workers):
            of_key = {recipe.key: recipe for recipe in part}
            self._append(of_key, keep=False, read_at=now, session=session, batch=batch)

    def expect(self, keys: Iterable[str], session: str, until: float) -> None:
        """Record that a session will soon read runs, and none that it asked for before.

        Nothing is known of what was asked for without a session.
        """
        jobs = self._jobs_of(keys)
        former = [job for job in self._jobs.values() if session and session in job.expected]
        for job in former:
            self._change(job, expected={s: t for s, t in job.expected.items() if s != session})
        for job in jobs:
            now = self._jobs[job.number]
            self._change(now, expected={**now.expected, session: until})

    def arrive(self, keys: Iterable[str]) -> None:
        """Record that runs have a reader, so that nobody is expected any more."""
        for job in self._jobs_of(keys):
            if job.expected:
                self._change(job, expected={})

    def read(self, keys: Iterable[str], until: float) -> None:
        """Record that runs are read until the time `until`."""
        for job in self._jobs_of(keys):
            self._change(job, read_at=max(job.read_at, until))

    def leave(self, keys: Iterable[str], now: float) -> None:
        """Record that nobody waits for runs any more, so that they soon make way for others."""
        for job in self._jobs_of(keys):
            self._change(job, read_at=now - limits.UNREAD_SECONDS + limits.GRACE_SECONDS)

    def keep(self, keys: Iterable[str], keep: bool = True) -> None:
        """Mark runs to be trained to the end even if nobody reads them, or no longer so."""
        for job in self._jobs_of(keys):
            self._change(job, keep=keep)

    def assign(self, ready: Collection[int], now: float) -> list[Job]:
        """Assign waiting jobs to workers; return the jobs to be sent."""
        started = list(policy.assign(self.jobs, ready, now))
        self._jobs |= {job.number: job for job in started}
        return started

    def give_up_unread(self, ready: Collection[int], now: float) -> list[Job]:
        """Cancel jobs that nobody reads; return them, to be stopped by their workers."""
        expired = [self._cancel(job, now) for job in policy.expired(self.jobs, now)]
        making_way = policy.making_way(self.jobs, ready, now)
        return expired + [self._cancel(job, now, job.keep) for job in making_way]

    def cancel(self, keys: Iterable[str], now: float) -> list[Job]:
        """Cancel the jobs of runs; return them, to be stopped by their workers."""
        return [self._cancel(job, now) for job in self._jobs_of(keys) if not job.cancelled]

    def finish(self, number: int, failed: bool = False) -> Job:
        """Record that a worker has finished a job, and return that job."""
        job = self._jobs.pop(number)
        if job.requeue and not failed:
            self._requeue(job)
        else:
            self._forget(job)
        return job

    def lose(self, worker: int) -> list[Job]:
        """Record that a worker has died; return the jobs that end because of that."""
        ended = []
        for job in [job for job in self._jobs.values() if job.worker == worker]:
            job = replace(self._jobs.pop(job.number), deaths=job.deaths + 1)
            if policy.resumes(job):
                self._requeue(job)
            else:
                self._forget(job)
                ended.append(job)
        return ended

    def clear(self) -> list[Job]:
        """Remove all waiting jobs from the queue, and return them."""
        removed = policy.waiting(self.jobs)
        for job in removed:
            del self._jobs[job.number]
            self._forget(job)
        return removed

    def _jobs_of(self, keys: Iterable[str]) -> list[Job]:
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
        names = ("keep", "read_at", "session", "batch", "expected", "deaths")
        self._append(job.recipes, **{name: getattr(job, name) for name in names})

    def _cancel(self, job: Job, now: float, requeue: bool = False) -> Job:
        """Cancel a job; if it has a worker, it stays until the worker has stopped it."""
        if not requeue:
            self._forget(job)
        if job.worker is None:
            return self._jobs.pop(job.number)
        return self._change(job, cancelled_at=now, requeue=requeue)

    def _forget(self, job: Job) -> None:
        for key in job.recipes:
            if self._live.get(key) == job.number:
                del self._live[key]
