"""What the frame stream sends: one file a run, looked at once for all, and each reader's place.

Messages are uint32 run index, uint32 kind, uint32 length, then so many bytes, little-endian.
"""

import json
import struct
import time

from ammix_viz.runs import store
from ammix_viz.runs.format import pack_header
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import RunState

HEADER, RECORDS, STATUS, RESTART = range(4)
"""Kinds of messages."""

TURN = 128 * 1024
"""The most bytes of records that one run gets before it is the next one's turn."""

POLL_SECONDS = 0.03


class Source:
    """One run's state and file, looked at once for all of its readers."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.state = RunState("unknown")
        self.run: store.Run | None = None
        self.count = 0
        self.generation = 0
        self._inode = 0
        self._damage = ""
        self._looked = 0.0

    def __del__(self) -> None:
        self._drop()

    def verify(self) -> None:
        """Read a finished run whole, to see that it is the one that was written."""
        try:
            store.finished(self.key)
        except store.DamagedRun as error:
            self._damage = str(error)

    def look(self, pool: Pool) -> None:
        """Bring everything up to date; the state first, so that an end means all records."""
        now = time.monotonic()
        if self.state.state == "ended" or now - self._looked < POLL_SECONDS / 2:
            return
        self._looked = now
        state = pool.state(self.key)
        if state.live:
            self._damage = ""
        if state.state != "queued" and not self._damage:
            self._open()
        if self._damage:
            self._drop()
        self.count = self.run.count() if self.run else 0
        damaged = RunState("failed", why=self._damage)
        gone = RunState("stopped", why="The run is no longer there; start it again.")
        self.state = damaged if self._damage else gone if state.state == "unknown" else state

    def _open(self) -> None:
        try:
            inode = store.path(self.key).stat().st_ino
            if self.run is not None and inode == self._inode:
                return
            run = store.Run(self.key)
        except FileNotFoundError:
            return
        except store.DamagedRun as error:
            self._damage = str(error)
            return
        self._drop()
        self.run, self._inode = run, inode
        self.generation += 1

    def _drop(self) -> None:
        if self.run is not None:
            self.run.close()
        self.run = None


class Feed:
    """What one reader has of one run."""

    def __init__(self, index: int, source: Source, first: int) -> None:
        self.index = index
        self.source = source
        self.next = first
        self.generation = 0
        self.told: RunState | None = None

    @property
    def drained(self) -> bool:
        """Whether the reader has every record that is there."""
        return self.next >= self.source.count

    @property
    def done(self) -> bool:
        """Whether the reader has all that there will be."""
        return self.told is not None and not self.told.live and self.drained

    def turn(self) -> bytes:
        """Return the messages that the reader lacks, a turn's worth of records at the most."""
        told = b"" if self.told else self._status()
        sent = told + self._header() + self._records()
        return sent + self._status()

    def _message(self, kind: int, payload: bytes = b"") -> bytes:
        return struct.pack("<III", self.index, kind, len(payload)) + payload

    def _status(self) -> bytes:
        state = self.source.state
        early = self.told is not None and not state.live and not self.drained
        if state == self.told or early:
            return b""
        self.told = state
        content = {"state": state.state, "position": state.position, "why": state.why}
        return self._message(STATUS, json.dumps(content).encode())

    def _header(self) -> bytes:
        if self.source.run is None or self.generation == self.source.generation:
            return b""
        again = self._message(RESTART) if self.generation else b""
        self.next = 0 if again else self.next
        self.generation = self.source.generation
        return again + self._message(HEADER, pack_header(self.source.run.header)[4:])

    def _records(self) -> bytes:
        run = self.source.run
        if run is None or self.drained:
            return b""
        size = run.dtype.itemsize
        content = run.read(self.next, min(max(TURN // size, 1), self.source.count - self.next))
        self.next += len(content) // size
        return self._message(RECORDS, content)
