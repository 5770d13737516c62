"""How long a waiting job still waits, judged by the progress of the jobs in training."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ammix_viz.workers.policy import Job

REFRESH_SECONDS = 2.0
"""How often the progress of the jobs in training is read from their files."""

LEAST_PROGRESS = 0.01
"""The share of a job that must have been trained before its pace is known."""


@dataclass(frozen=True)
class Begun:
    """When the progress of a job was first seen, and how far it was."""

    at: float
    share: float


class Waits:
    """Estimates waiting times.

    Parameters
    ----------
    share_done : callable
        Returns the share of a run, given by its key, that is trained, from 0 to 1.
    """

    def __init__(self, share_done: Callable[[str], float]) -> None:
        self._share_done = share_done
        self._begun: dict[int, Begun] = {}
        self._left: list[float] = []
        self._read_at = -math.inf

    def seconds(self, position: int, jobs: Iterable[Job], now: float) -> int | None:
        """Return after about how many seconds a waiting job starts; None if that is not known.

        Each job that ends makes room for one that waits. The result is a multiple of 5.

        Parameters
        ----------
        position : int
            Position in the queue, 1 for the next.
        jobs : iterable of Job
            All jobs.
        now : float
            The time.
        """
        if now - self._read_at > REFRESH_SECONDS:
            self._read_at = now
            running = [job for job in jobs if job.worker is not None]
            self._left = sorted(
                filter(math.isfinite, (self._seconds_left(j, now) for j in running))
            )
            self._begun = {j.number: self._begun[j.number] for j in running}
        if not self._left:
            return None
        rounds, place = divmod(position - 1, len(self._left))
        seconds = self._left[place] + rounds * self._left[-1] - (now - self._read_at)
        return 5 * max(1, math.ceil(seconds / 5))

    def _seconds_left(self, job: Job, now: float) -> float:
        share = sum(map(self._share_done, job.recipes)) / len(job.recipes)
        begun = self._begun.setdefault(job.number, Begun(now, share))
        gained = share - begun.share
        return (1 - share) * (now - begun.at) / gained if gained > LEAST_PROGRESS else math.inf
