"""The pool: what pages and routes ask of the job queue and the worker processes.

A run is trained once, however many users request it. The pool is in the server's process; training
is in worker processes (`ammix_viz.workers.worker`).
"""

import atexit
import contextlib
import functools
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ammix_viz.runs import disk
from ammix_viz.settings.limits import current_limits
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits, run_state
from ammix_viz.workers.admission import check_limits
from ammix_viz.workers.dispatcher import NO_WORKER, Dispatcher
from ammix_viz.workers.job_queue import JobQueue
from ammix_viz.workers.policy import Job
from ammix_viz.workers.run_state import FileCheck, RunState
from ammix_viz.workers.waiting import Waits


class Pool:
    """Worker processes and their job queue; all methods are thread-safe.

    Parameters
    ----------
    size : int, optional
        Number of workers; by default, and at most, one per core.
    """

    def __init__(self, size: int | None = None) -> None:
        count = min(size or current_limits().workers, os.cpu_count() or 1)
        self._dispatcher = Dispatcher(count, self._tick)
        self._changed, self._workers = self._dispatcher.changed, self._dispatcher.workers
        self._readers: Counter[str] = Counter()
        self._waits = Waits(run_state.share_done)

    @property
    def _queue(self) -> JobQueue:
        return self._dispatcher.queue

    def start(self) -> None:
        """Start the workers; they warm up in the background."""
        self._dispatcher.start()

    def stop(self) -> None:
        """Stop the workers and empty the queue; runs in training are abandoned."""
        self._dispatcher.stop()

    def submit(
        self,
        recipes: Sequence[Recipe],
        *,
        keep: bool = False,
        restart: bool = False,
        session: str = "",
        batch: bool = False,
    ) -> list[str]:
        """Queue every recipe for training, unless it is already live or has ended.

        Parameters
        ----------
        recipes : sequence of Recipe
            Recipes of one stack share a worker.
        keep : bool, default=False
            Whether to train them to the end even if nobody reads them.
        restart : bool, default=False
            Whether to train stopped runs again.
        session : str, default=""
            The session that asks; sessions take turns, and each has a limit.
        batch : bool, default=False
            Whether they are part of a batch of many runs, which is not trained in one stack with
            runs of others.

        Returns
        -------
        list of str
            A message for each file on disk that cannot be used.

        Raises
        ------
        ValueError
            If more runs would wait than allowed; then no run is added.
        """
        wanted = {recipe.key: recipe.canonical for recipe in recipes}
        checks = {key: self._check(key, restart) for key in wanted}
        with self._changed:
            new = {
                key: recipe
                for key, recipe in wanted.items()
                if self._queue.job_of(key) is None and run_state.still_needed(key, checks[key])
            }
            if new and self._workers.down and not self._workers.by_pid:
                raise ValueError(NO_WORKER)
            check_limits(self._queue, len(new), session)
            for key in new:
                run_state.remove_old_files(key)
            now = time.monotonic()
            self._queue.add(new, now, session, batch)
            self._queue.read(wanted, now)
            if not batch:
                unread = [key for key in wanted if key not in self._readers]
                self._queue.expect(unread, session, now + limits.EXPECTED_SECONDS)
            if keep:
                self._queue.keep(wanted)
            self._dispatcher.send_waiting()
            self._changed.notify_all()
        return [check.note for key, check in checks.items() if check.note and key in new]

    def state(self, key: str) -> RunState:
        """Return the current state of a run."""
        with self._changed:
            job = self._queue.job_of(key)
            if job is not None and job.worker is None:
                now = time.monotonic()
                position = self._queue.position(job, now)
                wait = self._waits.seconds(position, self._queue.jobs, now)
                return RunState("queued", position, wait=wait)
            if job is not None:
                return RunState("training")
        return run_state.on_disk(key)

    def jobs(self) -> tuple[Job, ...]:
        """Return all current jobs, waiting and running."""
        with self._changed:
            return self._queue.jobs

    def touch(self, keys: Iterable[str], ahead: float = 0.0) -> None:
        """Record that these runs are read now, and will be read again in `ahead` seconds."""
        with self._changed:
            self._queue.read(keys, time.monotonic() + ahead)

    @contextlib.contextmanager
    def reading(self, keys: Sequence[str]) -> Iterator[None]:
        """Count a reader of these runs; after the last one has left, they make way for others."""
        with self._changed:
            self._readers.update(keys)
            self._queue.arrive(keys)
        try:
            yield
        finally:
            with self._changed:
                self._readers -= Counter(keys)
                now = time.monotonic()
                jobs = filter(None, map(self._queue.job_of, keys))
                self.leave([key for job in jobs if job.wanted_at <= now for key in job.recipes])

    def leave(self, keys: Iterable[str]) -> None:
        """Record that nobody waits for these runs any more; runs with a reader are unaffected."""
        with self._changed:
            jobs = filter(None, map(self._queue.job_of, keys))
            unread = [job for job in jobs if not job.recipes.keys() & self._readers.keys()]
            self._queue.leave([key for job in unread for key in job.recipes], time.monotonic())

    def kept(self) -> list[Recipe]:
        """Return the live runs that are trained to the end even if nobody reads them."""
        with self._changed:
            return self._queue.kept()

    def release(self, keys: Iterable[str]) -> None:
        """Train runs only as long as somebody reads them, no longer to the end."""
        with self._changed:
            self._queue.keep(keys, keep=False)

    def cancel(self, keys: Iterable[str], *, unread_only: bool = False) -> None:
        """Stop runs now, with those that were asked for together with them.

        Parameters
        ----------
        keys : iterable of str
            Keys of the runs.
        unread_only : bool, default=False
            Whether runs go on that have a reader.
        """
        with self._changed:
            jobs = filter(None, map(self._queue.job_of, keys))
            chosen = [
                job
                for job in jobs
                if not (unread_only and job.recipes.keys() & self._readers.keys())
            ]
            keys = [key for job in chosen for key in job.recipes]
            self._dispatcher.cancel(self._queue.cancel(keys, time.monotonic()))
            self._dispatcher.send_waiting()
            self._changed.notify_all()

    def devices(self) -> list[str]:
        """Return the devices that the workers can train on."""
        with self._changed:
            return list(self._dispatcher.devices)

    def ready(self) -> int:
        """Return the number of workers that have warmed up."""
        with self._changed:
            return len(self._workers.ready)

    def problems(self) -> list[str]:
        """Return a message for each problem with the workers."""
        with self._changed:
            alive, size = len(self._workers.by_pid), self._workers.size
            if self._workers.down:
                some = f"{size - alive} of {size} workers do not stay alive."
                return [some if alive else NO_WORKER]
            if self._workers.problem:
                return [self._workers.problem]
            if not self._dispatcher.started:
                return ["The workers are not started."]
            return [] if self.ready() else ["The workers are still starting."]

    def _check(self, key: str, restart: bool) -> FileCheck:
        with self._changed:
            if self._queue.job_of(key) is not None:
                return FileCheck(train=False)
            if self._queue.stopping(key):
                return FileCheck(train=True)
        return run_state.check_files(key, restart)

    def _tick(self, now: float) -> None:
        """Record who reads, and stop the runs that somebody has asked to stop, through files."""
        self._queue.read(self._readers, now)
        jobs = [job for job in self._queue.jobs if not job.cancelled]
        live = {key: job.keep for job in jobs for key in job.recipes}
        if requested := disk.stop_requests(live, {key for key, keep in live.items() if keep}):
            self.cancel(requested)


_creating = threading.Lock()


@functools.cache
def _shared() -> Pool:
    pool = Pool()
    pool.start()
    atexit.register(pool.stop)
    return pool


def shared() -> Pool:
    """Return the pool of this process, started at the first call."""
    with _creating:
        return _shared()
