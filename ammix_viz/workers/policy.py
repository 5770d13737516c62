"""The scheduling rules of the job queue, as pure functions.

There are no processes, threads or clocks here: jobs and the time are passed in.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits


@dataclass(frozen=True)
class Job:
    """Runs that one worker trains together. Times are seconds of a monotonic clock.

    Attributes
    ----------
    number : int
        Identifies the job; jobs wait in the order of their numbers.
    recipes : mapping of str to Recipe
        The runs by key.
    keep : bool
        Whether it is trained to the end even if nobody reads it.
    read_at : float
        When it was last read; in the future if a reader has announced its next read.
    worker : int, optional
        Pid of the worker process that trains it; None while it waits.
    cancelled_at : float, optional
        When its worker was told to stop it, if the worker has not answered yet.
    requeue : bool
        Whether it is queued again once its worker has stopped it.
    deaths : int
        Number of workers that died while training it.
    """

    number: int
    recipes: Mapping[str, Recipe]
    keep: bool
    read_at: float
    worker: int | None = None
    cancelled_at: float | None = None
    requeue: bool = False
    deaths: int = 0

    @property
    def on_images(self) -> bool:
        """Whether it is a run on images, which takes turns with others and can be resumed."""
        return next(iter(self.recipes.values())).on_images

    @property
    def cancelled(self) -> bool:
        """Whether its worker was told to stop it."""
        return self.cancelled_at is not None


def is_unread(job: Job, now: float) -> bool:
    """Return whether a job has been unread for long enough to make way for others."""
    return now - job.read_at > limits.UNREAD_SECONDS


def waiting(jobs: Iterable[Job]) -> list[Job]:
    """Return the waiting jobs, the next one first."""
    return [job for job in jobs if job.worker is None]


def split_stacks(recipes: Iterable[Recipe], workers: int) -> list[list[Recipe]]:
    """Group runs by stack, and split each stack into equal parts to keep every worker busy.

    Runs on images cannot be stacked; they take turns in a worker instead.
    """
    stacks: dict[tuple, list[Recipe]] = {}
    for recipe in recipes:
        stacks.setdefault(recipe.stack, []).append(recipe)
    parts = []
    for stack in stacks.values():
        most = min(max(-(-len(stack) // workers), limits.MIN_STACK), limits.MAX_STACK)
        count = -(-len(stack) // most)
        parts += [stack[part::count] for part in range(count)]
    return parts


def assign(jobs: Sequence[Job], ready: Collection[int], now: float) -> Iterator[Job]:
    """Yield the waiting jobs that can start, with their workers; unread jobs come last.

    A run that is still being stopped by another worker has to wait.
    """
    stopping = {key for job in jobs if job.cancelled for key in job.recipes}
    running = [job for job in jobs if job.worker is not None]
    for job in sorted(waiting(jobs), key=lambda job: is_unread(job, now)):
        worker = worker_for(job, running, ready, now)
        if worker is not None and not stopping & job.recipes.keys():
            started = replace(job, worker=worker)
            running.append(started)
            yield started


def worker_for(job: Job, running: Iterable[Job], ready: Collection[int], now: float) -> int | None:
    """Return the worker with the fewest jobs that can take a job; None if there is none.

    A worker trains one stack of points at a time; runs on images take turns with it and with
    each other. An unread job needs an idle worker.
    """
    present = {worker: [other for other in running if other.worker == worker] for worker in ready}
    fit = [
        worker
        for worker, others in present.items()
        if len(others) < limits.MAX_JOBS_PER_WORKER
        and not (others and is_unread(job, now))
        and (job.on_images or all(other.on_images for other in others))
    ]
    return min(fit, key=lambda worker: len(present[worker]), default=None)


def expired(jobs: Iterable[Job], now: float) -> list[Job]:
    """Return the jobs to give up: unread for `IDLE_SECONDS`, and not kept."""
    return [
        job
        for job in jobs
        if not (job.keep or job.cancelled) and now - job.read_at > limits.IDLE_SECONDS
    ]


def making_way(jobs: Sequence[Job], ready: Collection[int], now: float) -> list[Job]:
    """Return the unread running jobs that make way for others, the longest unread first.

    As many make way as there are waiting jobs without a free worker, except for kept stacks of
    points. A run on images also makes way for any job in its worker that is being read.
    """
    running = [job for job in jobs if job.worker is not None]
    count = sum(not (job.on_images and is_unread(job, now)) for job in waiting(jobs))
    busy = {job.worker for job in running if not job.cancelled}
    needed = max(count - len(set(ready) - busy), 0)
    workers_with_readers = {job.worker for job in running if not is_unread(job, now)}
    chosen = []
    for job in sorted(running, key=lambda job: job.read_at):
        if job.cancelled or not is_unread(job, now):
            continue
        wanted = needed and (job.on_images or not job.keep)
        if wanted or (job.on_images and job.worker in workers_with_readers):
            chosen.append(job)
            needed = max(needed - 1, 0)
    return chosen


def resumes(job: Job) -> bool:
    """Return whether a job is queued again after its worker has died, which `deaths` includes.

    Runs on images are, because they resume from a checkpoint, unless they were given up or too many
    workers died.
    """
    wanted = job.requeue or not job.cancelled
    return job.on_images and wanted and job.deaths < limits.MAX_DEATHS


def stuck(jobs: Iterable[Job], now: float) -> set[int]:
    """Return the workers that have not answered a cancel for too long."""
    return {
        job.worker
        for job in jobs
        if job.worker is not None
        and job.cancelled_at is not None
        and now - job.cancelled_at > limits.STUCK_SECONDS
    }
