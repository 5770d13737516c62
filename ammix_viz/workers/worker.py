"""The program of a worker process: it trains the jobs that its pool sends through `processes`.

Messages are lines of JSON:

- received: `{"job": 1, "folder": "…", "recipes": [{…}]}` and `{"cancel": 1}`; the end of stdin
  means that the server is gone, and the process exits. Several jobs at a time take turns;
- sent: `{"ready": true, "devices": ["cpu"]}`, then for each job `{"done": 1}` (also if it was
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

from ammix_viz.runs.disk import use_folder
from ammix_viz.settings.recipe import Recipe

log = logging.getLogger(__name__)
Message = dict[str, Any]
Training = tuple[Path, Generator[float]]

TURN_SECONDS = 0.2
"""How long a job is trained before the next job's turn."""

OUT_OF_MEMORY = (
    "The device has not enough memory left for this run. Try a smaller batch_size, or another "
    "device."
)


class Inbox:
    """Messages from the pool: a queue of jobs, and the numbers of cancelled jobs."""

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
        os._exit(0)  # even during training, because the server is gone

    def receive(self, wait: bool) -> Iterator[Message]:
        """Yield the received jobs; optionally wait for the first one."""
        while wait or not self._jobs.empty():
            yield self._jobs.get()
            wait = False


def warm_up() -> list[str]:
    """Train the first steps, which are slow; return the devices that torch can use."""
    from ammix_viz.runs import recording  # noqa: F401
    from ammix_viz.training import (
        devices,
        loop,
    )

    devices.configure_arithmetic()  # permanently, because jobs that take turns share the setting
    loop.warm()
    return devices.devices()


def serve(inbox: Inbox, answer: Callable[[Message], None]) -> None:
    """Train incoming jobs, which take turns; never returns."""
    active: dict[int, Training] = {}
    while True:
        for message in inbox.receive(wait=not active):
            active[message["job"]] = _begin(message)
        for number, (folder, training) in list(active.items()):
            with use_folder(folder):  # only for this turn: another job's folder may differ
                result = _turn(number, training, inbox.cancelled)
            if result:
                del active[number]
                answer(result)


def _begin(message: Message) -> Training:
    """Return the folder that a job writes to, and its training generator."""
    from ammix_viz.runs.recording import record

    return Path(message["folder"]), record([Recipe(**values) for values in message["recipes"]])


def _turn(number: int, training: Generator[float], cancelled: set[int]) -> Message | None:
    """Train a job for one turn; return the answer if the job is done."""
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
        return {"error": number, "why": error_message(error)}
    return {"done": number}


def out_of_memory(error: Exception) -> bool:
    """Return whether an error means that a device or this machine is out of memory."""
    text = str(error).lower()
    signs = ("out of memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(sign in text for sign in signs)


def error_message(error: Exception) -> str:
    """Return an error as a one-sentence message for users."""
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
    os.dup2(2, 1)  # so that output of libraries goes to the log

    def answer(message: Message) -> None:
        out.write(json.dumps(message) + "\n")

    inbox = Inbox(sys.stdin)
    answer({"ready": True, "devices": warm_up()})
    serve(inbox, answer)


if __name__ == "__main__":
    main()
