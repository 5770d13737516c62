"""A worker process and the server's handle on it: both ends of one pipe.

JSON lines go to the process and come back:

- to it: `{"job": 1, "folder": "…", "recipes": [{…}]}` and `{"cancel": 1}`; the end of its stdin
  means that the server is gone, and the process goes too;
- from it: `{"ready": true, "devices": ["cpu"]}`, then `{"done": 1}` (cancelled jobs as well) or
  `{"error": 1, "why": "One sentence."}` for each job.
"""

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
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from ammix_viz.recipe import Recipe

log = logging.getLogger(__name__)
Message = dict[str, Any]

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
        self.job: Any = None
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ammix_viz.worker"],
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
        quick = child.job is None and now - child.born < QUICK_SECONDS
        self.deaths = self.deaths + 1 if quick else 0
        self._due = now + 2**self.deaths / 4 if quick else now

    def dismiss(self) -> list[Child]:
        """Forget all children, for the caller to stop, and begin afresh."""
        dismissed, self.children = self.children, []
        self.deaths, self._due = 0, 0.0
        return dismissed


class Inbox:
    """What the server has asked for: the jobs in order, and those it has cancelled."""

    def __init__(self, lines: TextIO) -> None:
        self.jobs: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.cancelled: set[int] = set()
        threading.Thread(target=self._listen, args=(lines,), daemon=True).start()

    def _listen(self, lines: TextIO) -> None:
        for line in lines:
            message = json.loads(line)
            if "cancel" in message:
                self.cancelled.add(message["cancel"])
            else:
                self.jobs.put(message)
        os._exit(0)  # in the midst of training too: nobody is left to read it


def warm() -> list[str]:
    """Take training's first, slow steps; return the devices that torch can train on here."""
    import torch

    from ammix_viz import devices, recording, training  # noqa: F401

    torch.set_num_threads(1)
    training.warm()
    return devices.devices()


def train(job: Message, cancelled: set[int]) -> None:
    """Train the recipes of one job until they end or the job is cancelled."""
    from ammix_viz.recording import record

    os.environ["AMMIX_RUNS"] = job["folder"]
    recipes = [Recipe(**values) for values in job["recipes"]]
    with contextlib.closing(record(recipes)) as epochs:
        for _ in epochs:
            if job["job"] in cancelled:
                break


def sentence(error: Exception) -> str:
    """Return what went wrong as people may read it."""
    if isinstance(error, ValueError | RuntimeError) and str(error):
        return str(error).splitlines()[0][:300]
    if isinstance(error, OSError) and error.strerror:
        return f"The run cannot be written: {error.strerror}."
    return f"Training broke off ({type(error).__name__}); the server's log says more."


def main() -> None:
    """Serve the other end of stdin and stdout."""
    logging.basicConfig(stream=sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's, which closes stdin
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a library prints goes to the log
    inbox = Inbox(sys.stdin)
    out.write(json.dumps({"ready": True, "devices": warm()}) + "\n")
    while True:
        job = inbox.jobs.get()
        try:
            train(job, inbox.cancelled)
            answer = {"done": job["job"]}
        except Exception as error:
            log.exception("Job %s broke off", job["job"])
            answer = {"error": job["job"], "why": sentence(error)}
        out.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
