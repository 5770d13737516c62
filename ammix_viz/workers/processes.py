"""Starts, stops and replaces worker processes; `worker` runs in them and defines the messages."""

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from ammix_viz.workers import limits
from ammix_viz.workers.worker import Message

MAX_DELAY_SECONDS = 30.0
"""The longest time between two attempts to start a process."""

log = logging.getLogger(__name__)


class WorkerProcess:
    """A worker process, as the pool sees it.

    Parameters
    ----------
    on_message : callable
        Called in a thread with this object and each message from the process.
    on_exit : callable
        Called in the same thread with this object once the process has ended.

    Attributes
    ----------
    pid : int
        Process id.
    ready : bool
        Whether it has warmed up.
    heard_at : float
        When the latest message was sent, by it or to it, in monotonic seconds.

    Raises
    ------
    OSError, RuntimeError
        If the system has no memory, files or threads left for it.
    """

    def __init__(
        self,
        on_message: "Callable[[WorkerProcess, Message], None]",
        on_exit: "Callable[[WorkerProcess], None]",
    ) -> None:
        self.started_at = self.heard_at = time.monotonic()
        self.ready = False
        self._outbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "ammix_viz.workers.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
            text=True,
            encoding="utf-8",
            start_new_session=True,  # so that Ctrl-C reaches only the server
        )
        self.pid = process.pid
        assert process.stdin  # both are pipes
        assert process.stdout
        self._stdin, self._stdout = process.stdin, process.stdout
        try:
            threading.Thread(target=self._listen, args=(on_message, on_exit), daemon=True).start()
            threading.Thread(target=self._write, daemon=True).start()
        except RuntimeError:
            self.kill()
            raise

    def _listen(self, on_message: Callable, on_exit: Callable) -> None:
        for line in self._stdout:
            self.heard_at = time.monotonic()
            try:
                on_message(self, json.loads(line))
            except Exception:
                log.exception("A message of worker %s was not handled", self.pid)
        self._process.wait()
        self._outbox.put(None)
        on_exit(self)

    def _write(self) -> None:
        """Write messages in a thread, because a process that hangs does not read them."""
        with contextlib.suppress(OSError, ValueError), self._stdin:
            for message in iter(self._outbox.get, None):
                self._stdin.write(json.dumps(message) + "\n")
                self._stdin.flush()

    def send(self, message: Message) -> None:
        """Send a message, without waiting; `on_exit` is called if the process is dead."""
        self.heard_at = time.monotonic()  # of an idle process, which has nothing to say
        self._outbox.put(message)

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()

    def stop(self, seconds: float = 3.0) -> None:
        """Stop the process by closing its stdin; kill it if that takes too long."""
        self._outbox.put(None)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    @property
    def exit_reason(self) -> str:
        """How the process ended, in a few words."""
        code = self._process.returncode
        return signal.Signals(-code).name if code and code < 0 else f"exit status {code}"


class WorkerProcesses:
    """The worker processes of a pool, which are replaced when they die.

    Parameters
    ----------
    size : int
        Number of processes.
    on_message, on_exit : callable
        As in `WorkerProcess`.

    Attributes
    ----------
    by_pid : dict of int to WorkerProcess
        The processes that are alive.
    quick_deaths : int
        Number in a row that died idle soon after starting; after too many, no more are started.
    problem : str
        Why the latest process could not be started, as a sentence; "" if it was.
    """

    def __init__(self, size: int, on_message: Callable, on_exit: Callable) -> None:
        self.size = size
        self.by_pid: dict[int, WorkerProcess] = {}
        self.quick_deaths = 0
        self.problem = ""
        self._failed_starts = 0
        self._callbacks = on_message, on_exit
        self._next_start = 0.0

    @property
    def ready(self) -> list[int]:
        """Pids of the processes that have warmed up."""
        return [pid for pid, worker in self.by_pid.items() if worker.ready]

    @property
    def down(self) -> bool:
        """Whether no more processes are started."""
        return self.quick_deaths >= limits.MAX_QUICK_DEATHS

    @property
    def settled(self) -> bool:
        """Whether there is nothing to start or to wait for."""
        full = self.down or len(self.by_pid) == self.size
        return full and len(self.ready) == len(self.by_pid)

    def start_one(self, now: float) -> None:
        """Start a process if due. Only one warms up at a time, so that the first is ready soon."""
        warm = len(self.ready) == len(self.by_pid)
        if warm and len(self.by_pid) < self.size and not self.down and now >= self._next_start:
            try:
                worker = WorkerProcess(*self._callbacks)
            except (OSError, RuntimeError) as error:  # no memory, files or threads are left
                self._failed_starts += 1
                self._next_start = now + min(2**self._failed_starts / 4, MAX_DELAY_SECONDS)
                why = getattr(error, "strerror", None) or str(error)
                self.problem = f"A worker process cannot be started: {why}."
                log.error(self.problem)
            else:
                self._failed_starts, self.problem = 0, ""
                self.by_pid[worker.pid] = worker

    def silent(self, busy: Collection[int | None], now: float) -> set[int]:
        """Return those that have work or are warming up, but have sent nothing for too long."""
        return {
            pid
            for pid, worker in self.by_pid.items()
            if (pid in busy or not worker.ready) and now - worker.heard_at > limits.SILENT_SECONDS
        }

    def remove(self, worker: WorkerProcess, idle: bool) -> None:
        """Remove a dead process; the next one starts after a delay if this one died quickly."""
        del self.by_pid[worker.pid]
        now = time.monotonic()
        quick = idle and now - worker.started_at < limits.QUICK_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        self._next_start = now + 2**self.quick_deaths / 4 if quick else now

    def release(self) -> list[WorkerProcess]:
        """Remove all processes, and return them for the caller to stop."""
        released = list(self.by_pid.values())
        self.by_pid, self.quick_deaths, self._next_start = {}, 0, 0.0
        return released
