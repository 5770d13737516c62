"""A worker process, which trains what the server asks for; `crew` is the other end of its pipe.

JSON lines go to the process and come back:

- to it: `{"job": 1, "folder": "…", "recipes": [{…}]}` and `{"cancel": 1}`; the end of its stdin
  means that the server is gone, and the process goes too. Jobs that it has at once take turns;
- from it: `{"ready": true, "devices": ["cpu"]}`, then `{"done": 1}` (cancelled jobs as well) or
  `{"error": 1, "why": "One sentence."}` for each job.
"""

import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, TextIO

from ammix_viz.runs.store import kept_in
from ammix_viz.settings.recipe import Recipe

log = logging.getLogger(__name__)
Message = dict[str, Any]
Training = tuple[Path, Generator[float]]

TURN_SECONDS = 0.2
"""How long a job goes on before it is the next one's turn."""

OUT_OF_MEMORY = (
    "The device has not enough memory left for this run. Try a smaller batch_size, or another "
    "device."
)


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
    from ammix_viz.runs import recording  # noqa: F401
    from ammix_viz.training import (
        devices,
        loop,
    )

    devices.settle_arithmetic()  # for good: jobs that take turns must not unsettle each other
    loop.warm()
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
    from ammix_viz.runs.recording import record

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
