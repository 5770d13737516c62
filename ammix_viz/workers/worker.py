"""The program of a worker process: it trains the jobs that its pool sends through `processes`.

Messages are lines of JSON:

- received: `{"job": 1, "folder": "…", "batch": false, "recipes": [{…}]}` and `{"cancel": 1}`; the
  end of stdin means that the server is gone, and the process exits;
- sent: `{"ready": true, "devices": ["cpu"]}`, then for each job `{"done": 1}` (also if it was
  cancelled) or `{"error": 1, "why": "One sentence."}`. During training, `{"beat": true}` at least
  once a second, as long as no step takes longer.
"""

import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TextIO

from ammix_viz.workers.tasks import Message, Task

log = logging.getLogger(__name__)

TURN_SECONDS = 0.2
"""How long a task is trained before the next task's turn."""

NICENESS = 5
"""By how much workers give way to the server, which has to send frames in time."""

BEAT_SECONDS = 1.0
"""How often a worker that trains says that it does."""


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

    devices.configure_arithmetic()  # permanently, because tasks that take turns share the setting
    loop.warm()
    return devices.devices()


def serve(inbox: Inbox, answer: Callable[[Message], None]) -> None:
    """Train incoming jobs in tasks, which take turns; never returns.

    A new task has the next turn, so that its first records come soon.
    """
    tasks: deque[Task] = deque()
    beat_at = time.monotonic()
    while True:
        for message in inbox.receive(wait=not tasks):
            task = next((task for task in tasks if task.takes(message)), None)
            if task is None:
                tasks.appendleft(Task(message))
            else:
                task.join(message)
        task = tasks.popleft()
        begun = time.monotonic()
        while task.step(inbox.cancelled) and time.monotonic() - begun < TURN_SECONDS:
            if time.monotonic() - beat_at > BEAT_SECONDS:
                answer({"beat": True})
                beat_at = time.monotonic()
        for result in task.results():
            answer(result)
        if task.jobs:
            tasks.append(task)


def main() -> None:
    """Serve the pool at the other end of stdin and stdout."""
    logging.basicConfig(stream=sys.stderr)
    with contextlib.suppress(OSError, AttributeError):  # Windows has no nice
        os.nice(NICENESS)
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
