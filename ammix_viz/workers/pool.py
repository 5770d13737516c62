"""The pool, which combines the job queue with the worker processes that train the jobs.

A run is trained once, however many users request it. The pool is in the server's process; training
is in worker processes (`ammix_viz.workers.worker`). One thread handles what depends on time: it
gives up unread runs, and starts and replaces workers.
"""

import atexit
import contextlib
import functools
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from ammix_viz.runs import disk
from ammix_viz.settings.limits import current_limits
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits, policy, run_state
from ammix_viz.workers.job_queue import JobQueue
from ammix_viz.workers.policy import Job
from ammix_viz.workers.processes import WorkerProcess, WorkerProcesses
from ammix_viz.workers.run_state import FileCheck, RunState
from ammix_viz.workers.waiting import Waits
from ammix_viz.workers.worker import Message

TICK_SECONDS = 0.1
NO_WORKER = "No worker process stays alive, so nothing is trained; the server's log says more."
log = logging.getLogger(__name__)


class Pool:
    """Worker processes and their job queue; all methods are thread-safe.

    Parameters
    ----------
    size : int, optional
        Number of workers; by default, and at most, one per core.
    """

    def __init__(self, size: int | None = None) -> None:
        count = min(size or current_limits().workers, os.cpu_count() or 1)
        self._workers = WorkerProcesses(count, self._on_message, self._on_exit)
        self._queue = JobQueue(count)
        self._readers: Counter[str] = Counter()
        self._waits = Waits(run_state.share_done)
        self._devices = ["cpu"]
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition(threading.RLock())

    def start(self) -> None:
        """Start the workers; they warm up in the background."""
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._maintain, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Stop the workers and empty the queue; runs in training are abandoned."""
        with self._changed:
            thread, self._thread = self._thread, None
            workers = self._workers.release()
            self._queue = JobQueue(self._workers.size)
            self._changed.notify_all()
        for worker in workers:
            worker.stop()
        if thread is not None:
            thread.join()

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
            self._check_limits(len(new), session)
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
            self._start_waiting()
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
            for job in self._queue.cancel(keys, time.monotonic()):
                self._send(job, {"cancel": job.number})
            self._start_waiting()
            self._changed.notify_all()

    def devices(self) -> list[str]:
        """Return the devices that the workers can train on."""
        with self._changed:
            return list(self._devices)

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
            if self._thread is None:
                return ["The workers are not started."]
            return [] if self.ready() else ["The workers are still starting."]

    def _check(self, key: str, restart: bool) -> FileCheck:
        with self._changed:
            if self._queue.job_of(key) is not None:
                return FileCheck(train=False)
            if self._queue.stopping(key):
                return FileCheck(train=True)
        return run_state.check_files(key, restart)

    def _check_limits(self, more: int, session: str) -> None:
        if more and self._workers.down and not self._workers.by_pid:
            raise ValueError(NO_WORKER)
        allowed, waiting = current_limits(), self._queue.waiting_runs()
        if more and waiting + more > allowed.waiting_runs:
            raise ValueError(
                f"{waiting} runs wait to be trained and {more} more are asked for; at most "
                f"{allowed.waiting_runs} may wait. Try again in a while."
            )
        live = self._queue.runs_of(session) if session else 0
        if more and live + more > allowed.session_runs:
            raise ValueError(
                f"{live} of your runs wait or are being trained and {more} more are asked for; at "
                f"most {allowed.session_runs} may at a time. Stop some, or try again in a while."
            )

    def _start_waiting(self) -> None:
        """Send waiting jobs to the workers that can take them."""
        folder = str(disk.folder().absolute())
        for job in self._queue.assign(self._workers.ready, time.monotonic()):
            recipes = [asdict(recipe) for recipe in job.recipes.values()]
            message = {"job": job.number, "folder": folder, "batch": job.batch}
            self._send(job, message | {"recipes": recipes})

    def _send(self, job: Job, message: Message) -> None:
        """Send a message to the worker of a job, if it has one."""
        if job.worker is not None:
            self._workers.by_pid[job.worker].send(message)

    def _on_message(self, worker: WorkerProcess, message: Message) -> None:
        with self._changed:
            if worker.pid not in self._workers.by_pid:
                return
            if "ready" in message:
                worker.ready, self._devices = True, message["devices"]
            elif "beat" in message:
                return
            else:
                self._workers.quick_deaths = 0
                failed = "error" in message
                job = self._queue.finish(message["error" if failed else "done"], failed)
                if failed:
                    _mark_stopped(job, message["why"])
            self._start_waiting()
            self._changed.notify_all()

    def _on_exit(self, worker: WorkerProcess) -> None:
        with self._changed:
            if worker.pid not in self._workers.by_pid:
                return
            log.error("Worker %s ended (%s)", worker.pid, worker.exit_reason)
            idle = all(job.worker != worker.pid for job in self._queue.jobs)
            self._workers.remove(worker, idle)
            why = f"The process that trained this run came to a sudden end ({worker.exit_reason})."
            for job in self._queue.lose(worker.pid):
                _mark_stopped(job, why)
            if self._workers.down and not self._workers.by_pid:
                for job in self._queue.clear():
                    _mark_stopped(job, NO_WORKER)
            self._start_waiting()
            self._changed.notify_all()

    def _maintain(self) -> None:
        with self._changed:
            while self._thread is threading.current_thread():
                now = time.monotonic()
                self._queue.read(self._readers, now)
                self._workers.start_one(now)
                for job in self._queue.give_up_unread(self._workers.ready, now):
                    self._send(job, {"cancel": job.number})
                self._take_stop_requests()
                busy = {job.worker for job in self._queue.jobs}
                stuck = policy.stuck(self._queue.jobs, now) | self._workers.silent(busy, now)
                for pid in stuck:
                    self._workers.by_pid[pid].kill()
                settled = self._workers.settled and not self._queue.jobs
                self._changed.wait(None if settled else TICK_SECONDS)

    def _take_stop_requests(self) -> None:
        """Stop the runs that somebody has asked to stop, through files."""
        jobs = [job for job in self._queue.jobs if not job.cancelled]
        live = {key: job.keep for job in jobs for key in job.recipes}
        if requested := disk.stop_requests(live, {key for key, keep in live.items() if keep}):
            self.cancel(requested)


def _mark_stopped(job: Job, why: str) -> None:
    """Write the reason why the runs of a job stopped, unless they were given up."""
    if not job.cancelled:
        for key in job.recipes:
            run_state.mark_stopped(key, why)


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
