"""Which run is trained where and when: the rules of the job queue, as pure functions.

Nothing here knows processes, threads or clocks: jobs and the time are passed in.
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
        The runs by their keys.
    keep : bool
        Whether it is trained to its end even if nobody reads it.
    read_at : float
        When it was last read; in the future if a reader has said that it will come back.
    worker : int, optional
        The process that trains it; None while it waits.
    cancelled_at : float, optional
        When its worker was told to stop; the worker has not answered yet.
    requeue : bool
        Whether it waits again once its worker has stopped.
    tries : int
        Workers that have died over it.
    """

    number: int
    recipes: Mapping[str, Recipe]
    keep: bool
    read_at: float
    worker: int | None = None
    cancelled_at: float | None = None
    requeue: bool = False
    tries: int = 0

    @property
    def on_images(self) -> bool:
        """Whether it is a run on images: it takes turns with others, and can be resumed."""
        return next(iter(self.recipes.values())).on_images

    @property
    def cancelled(self) -> bool:
        """Whether its worker was told to stop."""
        return self.cancelled_at is not None


def is_unread(job: Job, now: float) -> bool:
    """Return whether nobody has read a job for long enough that it makes way for others."""
    return now - job.read_at > limits.UNREAD_SECONDS


def waiting(jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs in the queue, the next one first."""
    return [job for job in jobs if job.worker is None]


def split_stacks(recipes: Iterable[Recipe], workers: int) -> list[list[Recipe]]:
    """Return runs that can share a stack in equal parts, so that every worker is busy.

    Runs on images share no stack: they take turns in a worker instead.
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
    """Yield the waiting jobs that can start, each with its worker; unread ones come last.

    A run that its former worker has not stopped yet has to wait for that.
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
    """Return the worker with the fewest jobs that can take this one; None if there is none.

    A worker trains one stack of 2-D points at a time; runs on images take turns with it and with
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
    """Return the jobs to be given up: unread for `IDLE_SECONDS`, and not kept."""
    return [
        job
        for job in jobs
        if not (job.keep or job.cancelled) and now - job.read_at > limits.IDLE_SECONDS
    ]


def making_way(jobs: Sequence[Job], ready: Collection[int], now: float) -> list[Job]:
    """Return the unread running jobs that make way, the longest unread first.

    They make way for jobs that wait while no worker is free, as many as are needed; kept
    stacks of points do not. A run on images also makes way for any job that is read in its worker.
    """
    running = [job for job in jobs if job.worker is not None]
    count = sum(not (job.on_images and is_unread(job, now)) for job in waiting(jobs))
    busy = {job.worker for job in running if not job.cancelled}
    needed = max(count - len(set(ready) - busy), 0)
    read_in = {job.worker for job in running if not is_unread(job, now)}
    found = []
    for job in sorted(running, key=lambda job: job.read_at):
        if job.cancelled or not is_unread(job, now):
            continue
        wanted = needed and (job.on_images or not job.keep)
        if wanted or (job.on_images and job.worker in read_in):
            found.append(job)
            needed = max(needed - 1, 0)
    return found


def resumes(job: Job) -> bool:
    """Return whether a job waits again after its worker has died, `tries` updated before.

    Runs on images do, as they resume from a checkpoint, unless they were given up or killed too
    many workers.
    """
    wanted = job.requeue or not job.cancelled
    return job.on_images and wanted and job.tries < limits.MAX_TRIES


def stuck(jobs: Iterable[Job], now: float) -> set[int]:
    """Return the workers that have not answered a cancel for too long."""
    return {
        job.worker
        for job in jobs
        if job.worker is not None
        and job.cancelled_at is not None
        and now - job.cancelled_at > limits.STUCK_SECONDS
    }
