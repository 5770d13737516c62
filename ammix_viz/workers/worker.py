"""A worker process, which trains the jobs that its pool sends; `processes` is the other end.

Messages are lines of JSON:

- to it: `{"job": 1, "folder": "…", "recipes": [{…}]}` and `{"cancel": 1}`; the end of its stdin
  means that the server is gone, and the process exits. Several jobs at a time take turns;
- from it: `{"ready": true, "devices": ["cpu"]}`, then for each job `{"done": 1}` (also if it was
  cancelled) or `{"error": 1, "why": "One sentence."}`.
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

from ammix_viz.runs.disk import kept_in
from ammix_viz.settings.recipe import Recipe

log = logging.getLogger(__name__)
Message = dict[str, Any]
Training = tuple[Path, Generator[float]]

TURN_SECONDS = 0.2
"""How long a job is trained before the next one's turn."""

OUT_OF_MEMORY = (
    "The device has not enough memory left for this run. Try a smaller batch_size, or another "
    "device."
)


class Inbox:
    """What the pool has sent: jobs in their order, and the numbers of cancelled ones."""

    def __init__(self, lines: TextIO) -> None:
        self.cancelled: set[int] = set()
        self._jobs: queue.SimpleQueue[Message] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(lines,), daemon=True).start()

    def _listen(self, lines: TextIO) -> None:
        for line in lines:
            message = json.loads(line)
            if "cancel" in message:
                self.cancelled.add(message["cancel"])
            else:
                self._jobs.put(message)
        os._exit(0)  # even during training: nobody is left to read it

    def receive(self, wait: bool) -> Iterator[Message]:
        """Yield the jobs that have come; if asked to, wait for one."""
        while wait or not self._jobs.empty():
            yield self._jobs.get()
            wait = False


def warm_up() -> list[str]:
    """Take the first, slow steps of training; return the devices that torch can train on here."""
    from ammix_viz.runs import recording  # noqa: F401
    from ammix_viz.training import (
        devices,
        loop,
    )

    devices.settle_arithmetic()  # for good, as jobs that take turns share the setting
    loop.warm()
    return devices.devices()


def serve(inbox: Inbox, answer: Callable[[Message], None]) -> None:
    """Train the jobs that come in; several at a time take turns. Never returns."""
    active: dict[int, Training] = {}
    while True:
        for message in inbox.receive(wait=not active):
            active[message["job"]] = _begin(message)
        for number, (folder, training) in list(active.items()):
            with kept_in(folder):  # only for this turn: another job's folder may differ
                result = _turn(number, training, inbox.cancelled)
            if result:
                del active[number]
                answer(result)


def _begin(message: Message) -> Training:
    """Return the folder that a job writes to, and its training."""
    from ammix_viz.runs.recording import record

    return Path(message["folder"]), record([Recipe(**values) for values in message["recipes"]])


def _turn(number: int, training: Generator[float], cancelled: set[int]) -> Message | None:
    """Train a job for one turn; return the answer if it is over."""
    begun = time.monotonic()
    try:
        while number not in cancelled:
            next(training)
            if time.monotonic() - begun >= TURN_SECONDS:
                return None
        training.close()
    except StopIteration:
        pass
    except Exception as error:
        log.exception("Job %s failed", number)
        return {"error": number, "why": sentence(error)}
    return {"done": number}


def out_of_memory(error: Exception) -> bool:
    """Return whether this machine or a device had too little memory."""
    text = str(error).lower()
    signs = ("out of memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(sign in text for sign in signs)


def sentence(error: Exception) -> str:
    """Return what went wrong as one sentence for people."""
    if out_of_memory(error):
        return OUT_OF_MEMORY
    if isinstance(error, ValueError | RuntimeError) and str(error):
        return str(error).splitlines()[0][:300]
    if isinstance(error, OSError) and error.strerror:
        return f"The run cannot be written: {error.strerror}."
    return f"Training broke off ({type(error).__name__}); the server's log says more."


def main() -> None:
    """Serve the pool at the other end of stdin and stdout."""
    logging.basicConfig(stream=sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which closes stdin
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a library prints goes to the log

    def answer(message: Message) -> None:
        out.write(json.dumps(message) + "\n")

    inbox = Inbox(sys.stdin)
    answer({"ready": True, "devices": warm_up()})
    serve(inbox, answer)


if __name__ == "__main__":
    main()
