"""The scheduling rules of the job queue, as pure functions.

There are no processes, threads or clocks here: jobs and the time are passed in.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.stack import may_join
from ammix_viz.workers import limits


@dataclass(frozen=True)
class Job:
    """Runs that were asked for together and are trained in one stack.

    Times are seconds of a monotonic clock.

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
    session : str
        The session that asked for it first.
    batch : bool
        Whether it is part of a batch of many runs, which is not trained in one stack with others.
    expected : mapping of str to float
        The sessions that have asked for it, and until when each is expected to read it.
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
    session: str = ""
    batch: bool = False
    expected: Mapping[str, float] = field(default_factory=dict)
    cancelled_at: float | None = None
    requeue: bool = False
    deaths: int = 0

    @property
    def on_images(self) -> bool:
        """Whether it is a run on images, which takes turns with others and can be resumed."""
        return next(iter(self.recipes.values())).on_images

    @property
    def stack(self) -> tuple:
        """What jobs of one worker must share to be trained in one stack."""
        recipe = next(iter(self.recipes.values()))
        return (self.batch, recipe.stack if may_join(recipe) else self.number)

    @property
    def wanted_at(self) -> float:
        """The time until which it is read, or expected to be."""
        return max((self.read_at, *self.expected.values()))

    @property
    def cancelled(self) -> bool:
        """Whether its worker was told to stop it."""
        return self.cancelled_at is not None


def is_unread(job: Job, now: float) -> bool:
    """Return whether a job has been unread for long enough to make way for others."""
    return now - job.wanted_at > limits.UNREAD_SECONDS


def waiting(jobs: Iterable[Job]) -> list[Job]:
    """Return the waiting jobs."""
    return [job for job in jobs if job.worker is None]


def in_order(jobs: Iterable[Job], now: float) -> list[Job]:
    """Return the waiting jobs in the order in which they start.

    Sessions take turns: the job of which the session has the fewest runs in training, or waiting
    before it, is next. Unread jobs come last.
    """
    before: Counter[str] = Counter()
    places = []
    for job in sorted(jobs, key=lambda job: (job.worker is None, job.number)):
        if job.worker is None:
            places.append((is_unread(job, now), before[job.session], job.number, job))
        before[job.session] += len(job.recipes)
    return [job for *_, job in sorted(places, key=lambda place: place[:3])]


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
    """Yield the waiting jobs that can start, with their workers.

    A run that is still being stopped by another worker has to wait.
    """
    stopping = {key for job in jobs if job.cancelled for key in job.recipes}
    running = [job for job in jobs if job.worker is not None]
    for job in in_order(jobs, now):
        worker = worker_for(job, running, ready, now)
        if worker is not None and not stopping & job.recipes.keys():
            started = replace(job, worker=worker)
            running.append(started)
            yield started


def worker_for(job: Job, running: Iterable[Job], ready: Collection[int], now: float) -> int | None:
    """Return the worker with the fewest runs that can take a job; None if there is none.

    An unread job needs an idle worker.
    """
    present = {worker: [other for other in running if other.worker == worker] for worker in ready}
    fit = [
        worker
        for worker, others in present.items()
        if not others or (not is_unread(job, now) and fits(job, others))
    ]
    count = {worker: sum(len(other.recipes) for other in present[worker]) for worker in fit}
    return min(fit, key=lambda worker: count[worker], default=None)


def fits(job: Job, others: Iterable[Job]) -> bool:
    """Return whether a worker with other jobs can take a job.

    Points join the stack that is trained there if it is of their kind. Other stacks, and runs on
    images, take turns. Only one stack of a batch at a time is trained in a worker.
    """
    images = sum(other.on_images for other in others)
    if job.on_images:
        return images < limits.MAX_IMAGE_RUNS
    stacks: Counter[tuple] = Counter()
    for other in others:
        if not other.on_images:
            stacks[other.stack] += len(other.recipes)
    if job.stack in stacks:
        most = limits.MAX_STACK if job.batch else limits.MAX_JOINED
        return stacks[job.stack] + len(job.recipes) <= most
    alike = sum(batch == job.batch for batch, _ in stacks)
    return alike < (1 if job.batch else limits.MAX_STACKS)


def expired(jobs: Iterable[Job], now: float) -> list[Job]:
    """Return the jobs to give up: unread for `IDLE_SECONDS`, and not kept."""
    return [
        job
        for job in jobs
        if not (job.keep or job.cancelled) and now - job.wanted_at > limits.IDLE_SECONDS
    ]


def making_way(jobs: Sequence[Job], ready: Collection[int], now: float) -> list[Job]:
    """Return the unread running jobs that make way for others, the longest unread first.

    As many make way as there are waiting jobs without a free worker, and all that take time from a
    job in their worker that is being read; but not kept stacks of points.
    """
    running = [job for job in jobs if job.worker is not None]
    count = sum(not (job.on_images and is_unread(job, now)) for job in waiting(jobs))
    busy = {job.worker for job in running if not job.cancelled}
    needed = max(count - len(set(ready) - busy), 0)
    workers_with_readers = {job.worker for job in running if not is_unread(job, now)}
    chosen = []
    for job in sorted(running, key=lambda job: job.wanted_at):
        if job.cancelled or not is_unread(job, now) or (job.keep and not job.on_images):
            continue
        if needed or job.worker in workers_with_readers:
            chosen.append(job)
            needed = max(needed - 1, 0)
    return chosen


def resumes(job: Job) -> bool:
    """Return whether a job is queued again after its worker has died, which `deaths` includes.

    It is, unless it was given up or too many workers died: points begin again, and runs on images
    resume from a checkpoint.
    """
    most = limits.MAX_DEATHS_ON_IMAGES if job.on_images else limits.MAX_DEATHS
    return (job.requeue or not job.cancelled) and job.deaths < most


def stuck(jobs: Iterable[Job], now: float) -> set[int]:
    """Return the workers that have not answered a cancel for too long."""
    return {
        job.worker
        for job in jobs
        if job.worker is not None
        and job.cancelled_at is not None
        and now - job.cancelled_at > limits.STUCK_SECONDS
    }
