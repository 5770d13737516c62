"""The server's handle on its worker processes; `worker` says what is spoken with them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ammix_viz.workers.worker import Message

QUICK_SECONDS, QUICK_DEATHS = 10.0, 3
"""Idle and so soon after the start, so many times in a row: then no more workers are started."""


class Child:
    """The server's handle on one worker process.

    Parameters
    ----------
    heard : callable
        Called with the child and each message that it sends.
    died : callable
        Called with the child once it is no more.
    """

    def __init__(
        self, heard: "Callable[[Child, Message], None]", died: "Callable[[Child], None]"
    ) -> None:
        self.born = time.monotonic()
        self.ready = False
        self.jobs: dict[int, Any] = {}
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ammix_viz.workers.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
            text=True,
            encoding="utf-8",
        )
        self.pid = self._process.pid
        threading.Thread(target=self._listen, args=(heard, died), daemon=True).start()

    def _listen(self, heard: "Callable[[Child, Message], None]", died: "Callable") -> None:
        for line in self._process.stdout:
            heard(self, json.loads(line))
        self._process.wait()
        died(self)

    def tell(self, message: Message) -> None:
        """Send one message; a dead child does not hear it, and `died` tells of that."""
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def stop(self, seconds: float = 3.0) -> None:
        """End the process by the end of its stdin, or by force where that takes too long."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    @property
    def death(self) -> str:
        """How the process came to its end, in a few words."""
        code = self._process.returncode
        return signal.Signals(-code).name if code and code < 0 else f"exit status {code}"


class Crew:
    """As many worker processes as asked for, each replaced when it dies.

    Parameters
    ----------
    size : int
        How many.
    heard, died : callable
        As in `Child`.

    Attributes
    ----------
    children : list of Child
        Those that live.
    deaths : int
        How many in a row died idle and soon after their start; too many, and no more are started.
    """

    def __init__(self, size: int, heard: Callable, died: Callable) -> None:
        self.size = size
        self.children: list[Child] = []
        self.deaths = 0
        self._callbacks = heard, died
        self._due = 0.0

    @property
    def down(self) -> bool:
        """Whether no more are started."""
        return self.deaths >= QUICK_DEATHS

    @property
    def settled(self) -> bool:
        """Whether there is nothing to start or to wait for."""
        full = self.down or len(self.children) == self.size
        return full and all(child.ready for child in self.children)

    def start_one(self, now: float) -> None:
        """Start one if due. One warms up at a time, so that the first is soon ready."""
        warm = all(child.ready for child in self.children)
        if warm and len(self.children) < self.size and not self.down and now >= self._due:
            self.children.append(Child(*self._callbacks))

    def bury(self, child: Child) -> None:
        """Take a dead child out; the next waits a little if this one died at once."""
        self.children.remove(child)
        now = time.monotonic()
        quick = not child.jobs and now - child.born < QUICK_SECONDS
        self.deaths = self.deaths + 1 if quick else 0
        self._due = now + 2**self.deaths / 4 if quick else now

    def dismiss(self) -> list[Child]:
        """Forget all children, for the caller to stop, and begin afresh."""
        dismissed, self.children = self.children, []
        self.deaths, self._due = 0, 0.0
        return dismissed
