"""Sends queued jobs to worker processes, and handles what the processes answer."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict

from ammix_viz.runs import disk
from ammix_viz.workers import policy, run_state
from ammix_viz.workers.job_queue import JobQueue
from ammix_viz.workers.policy import Job
from ammix_viz.workers.processes import WorkerProcess, WorkerProcesses
from ammix_viz.workers.tasks import Message

TICK_SECONDS = 0.1
NO_WORKER = "No worker process stays alive, so nothing is trained; the server's log says more."
log = logging.getLogger(__name__)


class Dispatcher:
    """The job queue and the worker processes.

    One thread handles what depends on time: it gives up unread runs, and starts and replaces
    workers.

    Parameters
    ----------
    size : int
        Number of workers.
    on_tick : callable
        Called with the time, many times a second while there are jobs, before runs are given up.

    Attributes
    ----------
    changed : Condition
        The lock that everything below is used under; notified of every change.
    queue : JobQueue
        The jobs.
    workers : WorkerProcesses
        The processes.
    devices : list of str
        The devices that the workers can train on.
    """

    def __init__(self, size: int, on_tick: Callable[[float], None]) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.queue = JobQueue(size)
        self.workers = WorkerProcesses(size, self._on_message, self._on_exit)
        self.devices = ["cpu"]
        self._on_tick = on_tick
        self._thread: threading.Thread | None = None

    @property
    def started(self) -> bool:
        """Whether the workers were started, and not stopped since."""
        return self._thread is not None

    def start(self) -> None:
        """Start the workers; they warm up in the background."""
        with self.changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._maintain, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Stop the workers and empty the queue; runs in training are abandoned."""
        with self.changed:
            thread, self._thread = self._thread, None
            workers = self.workers.release()
            self.queue = JobQueue(self.workers.size)
            self.changed.notify_all()
        for worker in workers:
            worker.stop()
        if thread is not None:
            thread.join()

    def cancel(self, jobs: Iterable[Job]) -> None:
        """Tell the workers of jobs to stop them."""
        for job in jobs:
            self._send(job, {"cancel": job.number})

    def send_waiting(self) -> None:
        """Send waiting jobs to the workers that can take them."""
        folder = str(disk.folder().absolute())
        for job in self.queue.assign(self.workers.ready, time.monotonic()):
            recipes = [asdict(recipe) for recipe in job.recipes.values()]
            message = {"job": job.number, "folder": folder, "batch": job.batch}
            self._send(job, message | {"recipes": recipes})

    def _send(self, job: Job, message: Message) -> None:
        """Send a message to the worker of a job, if it has one."""
        if job.worker is not None:
            self.workers.by_pid[job.worker].send(message)

    def _on_message(self, worker: WorkerProcess, message: Message) -> None:
        with self.changed:
            if worker.pid not in self.workers.by_pid:
                return
            if "ready" in message:
                worker.ready, self.devices = True, message["devices"]
            elif "beat" in message:
                return
            else:
                self.workers.quick_deaths = 0
                failed = "error" in message
                job = self.queue.finish(message["error" if failed else "done"], failed)
                if failed:
                    _mark_stopped(job, message["why"])
            self.send_waiting()
            self.changed.notify_all()

    def _on_exit(self, worker: WorkerProcess) -> None:
        with self.changed:
            if worker.pid not in self.workers.by_pid:
                return
            log.error("Worker %s ended (%s)", worker.pid, worker.exit_reason)
            idle = all(job.worker != worker.pid for job in self.queue.jobs)
            self.workers.remove(worker, idle)
            why = f"The process that trained this run came to a sudden end ({worker.exit_reason})."
            for job in self.queue.lose(worker.pid):
                _mark_stopped(job, why)
            if self.workers.down and not self.workers.by_pid:
                for job in self.queue.clear():
                    _mark_stopped(job, NO_WORKER)
            self.send_waiting()
            self.changed.notify_all()

    def _maintain(self) -> None:
        with self.changed:
            while self._thread is threading.current_thread():
                now = time.monotonic()
                self._on_tick(now)
                self.workers.start_one(now)
                self.cancel(self.queue.give_up_unread(self.workers.ready, now))
                busy = {job.worker for job in self.queue.jobs}
                stuck = policy.stuck(self.queue.jobs, now) | self.workers.silent(busy, now)
                for pid in stuck:
                    self.workers.by_pid[pid].kill()
                settled = self.workers.settled and not self.queue.jobs
                self.changed.wait(None if settled else TICK_SECONDS)


def _mark_stopped(job: Job, why: str) -> None:
    """Write the reason why the runs of a job stopped, unless they were given up."""
    if not job.cancelled:
        for key in job.recipes:
            run_state.mark_stopped(key, why)
