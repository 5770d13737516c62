"""Ctrl-C during training."""

import signal
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TypeVar

Item = TypeVar("Item")


def until_interrupted(items: Generator[Item]) -> Iterator[Item]:
    """Yield what a generator yields; after Ctrl-C close it at its next item.

    An exception at any moment, as Python raises by default, could come between a lock's being
    taken and its release, and leave other threads waiting for it.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, once the generator is closed.
    """
    interrupted = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        with closing(items):
            for item in items:
                yield item
                if interrupted.is_set():
                    break
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupted.is_set():
        raise KeyboardInterrupt
