"""The body of a response that streams runs, and how many such responses are open."""

import time
from collections.abc import AsyncIterator, Sequence
from weakref import WeakValueDictionary

import anyio
from anyio import to_thread

from ammix_viz.server.frame_stream import CodedSubscription, Subscription
from ammix_viz.server.lifespan import closing
from ammix_viz.server.shared_run import POLL_SECONDS, SharedRun
from ammix_viz.workers.pool import Pool

TOUCH_SECONDS = 1.0
"""Interval for telling the pool that the runs of a stream are read."""

HEARTBEAT_SECONDS = 3.0
"""The longest silence of a stream in the compact coding."""

PAUSE_PER_STREAM, MOST_PAUSE = 0.001, 0.1
"""Seconds by which each open stream delays the polls of all, and the longest pause between two."""

_shared_runs: WeakValueDictionary[str, SharedRun] = WeakValueDictionary()
"""The runs that have a reader."""

_open: set["Stream"] = set()


def open_streams() -> int:
    """Return the number of responses that are being sent."""
    return len(_open)


def pause(streams: int) -> float:
    """Return the seconds between two polls of a stream, longer if many are open.

    Each poll takes processor time, which a class needs for its training. The player interpolates
    between records, so that nobody sees a tenth of a second.
    """
    return min(POLL_SECONDS + PAUSE_PER_STREAM * streams, MOST_PAUSE)


class Stream:
    """The messages about several runs until all have ended.

    Parameters
    ----------
    pool : Pool
        The pool that trains the runs.
    keys : sequence of str
        The runs.
    firsts : sequence of int
        The first record to send of each.
    coded : bool
        Whether records are sent in the compact coding.
    parts : sequence of str, default=()
        The optional parts of records that are sent too, in the compact coding.
    first_part : int, default=0
        The first record whose parts are sent.
    """

    def __init__(
        self,
        pool: Pool,
        keys: Sequence[str],
        firsts: Sequence[int],
        coded: bool,
        parts: Sequence[str] = (),
        first_part: int = 0,
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._firsts = firsts
        self._kind = CodedSubscription if coded else Subscription
        self._options = {"parts": parts, "first_part": first_part} if coded else {}
        self._subscriptions: list[Subscription] = []

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the messages as they come."""
        _open.add(self)
        touched, sent = 0.0, time.monotonic()
        try:
            with self._pool.reading(self._keys):
                await self._subscribe()
                while not closing.is_set():
                    now = time.monotonic()
                    if now - touched > TOUCH_SECONDS:
                        self._pool.touch(self._keys)
                        touched = now
                    chunk = await self._next_chunk()
                    if not chunk and now - sent > HEARTBEAT_SECONDS:
                        chunk = self._subscriptions[0].heartbeat()
                    if chunk:
                        sent = now
                        yield chunk
                    if all(each.done for each in self._subscriptions):
                        break
                    behind = not all(each.caught_up for each in self._subscriptions)
                    await anyio.sleep(0 if chunk and behind else pause(open_streams()))
            if self._kind.end:
                yield self._kind.end
        except (OSError, ValueError):  # a file was replaced meanwhile: the reader asks again
            return
        finally:
            _open.remove(self)
            for each in self._subscriptions:  # a cancelled task may be collected late
                each.run.leave()

    async def _subscribe(self) -> None:
        for index, (key, first) in enumerate(zip(self._keys, self._firsts, strict=True)):
            run = _shared_runs.setdefault(key, SharedRun(key))
            run.join()
            self._subscriptions.append(self._kind(index, run, first, **self._options))
            if not self._pool.state(key).live:
                await to_thread.run_sync(run.verify)

    async def _next_chunk(self) -> bytes:
        for each in self._subscriptions:
            each.run.refresh(self._pool)
        return b"".join([await each.next_messages() for each in self._subscriptions])
