"""What runs while the server runs: the workers, and the end of streams when it is told to stop."""

import contextlib
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from types import FrameType

from anyio import to_thread

from ammix_viz.workers.pool import shared

closing = threading.Event()
"""Set when the server is about to stop, because it waits for every response to end."""


@contextlib.contextmanager
def _closing_on_signals() -> Iterator[None]:
    """Set `closing` when a signal tells the server to stop."""
    closing.clear()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            _close_on(number)
    try:
        yield
    finally:
        closing.set()


def _close_on(number: int) -> None:
    previous = signal.getsignal(number)

    def handle(number: int, frame: FrameType | None) -> None:
        closing.set()
        if callable(previous):
            previous(number, frame)

    signal.signal(number, handle)


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Run the workers while the server runs."""
    pool = await to_thread.run_sync(shared)
    pool.start()
    try:
        with _closing_on_signals():
            yield
    finally:
        await to_thread.run_sync(pool.stop)
