"""A worker process and the server's handle on it: both ends of one pipe.

JSON lines go to the process and come back:

- to it: `{"job": 1, "folder": "…", "recipes": [{…}]}` and `{"cancel": 1}`; the end of its stdin
  means that the server is gone, and the process goes too. Jobs that it has at once take turns;
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
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TextIO

from ammix_viz.recipe import Recipe
from ammix_viz.runs import kept_in

log = logging.getLogger(__name__)
Message = dict[str, Any]
Training = tuple[Path, Generator[float]]

QUICK_SECONDS, QUICK_DEATHS = 10.0, 3
"""Idle and so soon after the start, so many times in a row: then no more workers are started."""


TURN_SECONDS = 0.2
"""How long a job goes on before it is the next one's turn."""

OUT_OF_MEMORY = (
    "The device has not enough memory left for this run. Try a smaller batch_size, or another "
    "device."
)


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
        quick = not child.jobs and now - child.born < QUICK_SECONDS
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

    def news(self, wait: bool) -> Iterator[Message]:
        """Yield the jobs that have come; if asked to, wait for one."""
        while wait or not self.jobs.empty():
            yield self.jobs.get()
            wait = False


def warm() -> list[str]:
    """Take training's first, slow steps; return the devices that torch can train on here."""
    from ammix_viz import devices, recording, training  # noqa: F401

    devices.settle_arithmetic()  # for good: jobs that take turns must not unsettle each other
    training.warm()
    return devices.devices()


def serve(inbox: Inbox, answer: Callable[[Message], None]) -> None:
    """Train what is asked for, job after job; those that are there at once take turns."""
    active: dict[int, Training] = {}
    while True:
        for message in inbox.news(wait=not active):
            active[message["job"]] = _begin(message)
        for number, (folder, training) in list(active.items()):
            with kept_in(folder):  # only for its turn: that of another may be elsewhere
                over = _turn(number, training, inbox.cancelled)
            if over:
                del active[number]
                answer(over)


def _begin(message: Message) -> Training:
    """Return the training of a job and the folder that it writes to."""
    from ammix_viz.recording import record

    return Path(message["folder"]), record([Recipe(**values) for values in message["recipes"]])


def _turn(number: int, job: Generator[float], cancelled: set[int]) -> Message | None:
    """Go on with a job for a moment; return what to answer if it is over."""
    begun = time.monotonic()
    try:
        while number not in cancelled and time.monotonic() - begun < TURN_SECONDS:
            next(job)
        if number not in cancelled:
            return None
        job.close()
    except StopIteration:
        pass
    except Exception as error:
        log.exception("Job %s broke off", number)
        return {"error": number, "why": sentence(error)}
    return {"done": number}


def out_of_memory(error: Exception) -> bool:
    """Say whether memory was short, of this machine or of a device."""
    words = str(error).lower()
    short = ("out of memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(each in words for each in short)


def sentence(error: Exception) -> str:
    """Return what went wrong as people may read it."""
    if out_of_memory(error):
        return OUT_OF_MEMORY
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
    serve(inbox, lambda message: out.write(json.dumps(message) + "\n"))


if __name__ == "__main__":
    main()
