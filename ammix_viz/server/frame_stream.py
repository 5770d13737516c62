"""What the frame stream sends: each run's file, read once for all, and each reader's position.

Messages are uint32 run index, uint32 kind, uint32 length, then so many bytes, little-endian.
"""

import json
import struct
import time

from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import pack_header
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import RunState

HEADER, RECORDS, STATUS, RESTART = range(4)
"""Kinds of messages."""

CHUNK_BYTES = 128 * 1024
"""The most bytes of records of one run before it is the next one's turn."""

POLL_SECONDS = 0.03


class SharedRun:
    """The state and the file of one run, shared by all of its readers.

    Attributes
    ----------
    state : RunState
        Where it stands.
    file : reader.Run, optional
        Open while there is a file that can be used.
    count : int
        Whole records in the file.
    generation : int
        Grows by one when the file is replaced by a new one.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.state = RunState("unknown")
        self.file: reader.Run | None = None
        self.count = 0
        self.generation = 0
        self._inode = 0
        self._damage = ""
        self._refreshed_at = 0.0

    def __del__(self) -> None:
        self._close()

    def verify(self) -> None:
        """Read a finished run in full, to check that it is the one that was written."""
        try:
            reader.finished(self.key)
        except reader.DamagedRun as error:
            self._damage = str(error)

    def refresh(self, pool: Pool) -> None:
        """Bring all attributes up to date; the state first, so that an end means all records."""
        now = time.monotonic()
        if self.state.state == "ended" or now - self._refreshed_at < POLL_SECONDS / 2:
            return
        self._refreshed_at = now
        state = pool.state(self.key)
        if state.live:
            self._damage = ""
        if state.state != "queued" and not self._damage:
            self._open()
        if self._damage:
            self._close()
            state = RunState("failed", why=self._damage)
        elif state.state == "unknown":
            state = RunState("stopped", why="The run is no longer there; start it again.")
        self.count = self.file.count() if self.file else 0
        self.state = state

    def _open(self) -> None:
        try:
            inode = disk.path(self.key).stat().st_ino
            if self.file is not None and inode == self._inode:
                return
            file = reader.Run(self.key)
        except FileNotFoundError:
            return
        except reader.DamagedRun as error:
            self._damage = str(error)
            return
        self._close()
        self.file, self._inode = file, inode
        self.generation += 1

    def _close(self) -> None:
        if self.file is not None:
            self.file.close()
        self.file = None


class Subscription:
    """What one reader has received of one run.

    Parameters
    ----------
    index : int
        The run's place in the request, which its messages carry.
    run : SharedRun
        The run.
    first : int
        The record to begin with.
    """

    def __init__(self, index: int, run: SharedRun, first: int) -> None:
        self.index = index
        self.run = run
        self.next_record = first
        self.generation = 0
        self.last_sent: RunState | None = None

    @property
    def caught_up(self) -> bool:
        """Whether the reader has every record that there is."""
        return self.next_record >= self.run.count

    @property
    def done(self) -> bool:
        """Whether the reader has all that there will be."""
        return self.last_sent is not None and not self.last_sent.live and self.caught_up

    def next_messages(self) -> bytes:
        """Return the messages that the reader lacks, with at most a chunk of records."""
        first_status = b"" if self.last_sent else self._status()
        sent = first_status + self._header() + self._records()
        return sent + self._status()

    def _message(self, kind: int, payload: bytes = b"") -> bytes:
        return struct.pack("<III", self.index, kind, len(payload)) + payload

    def _status(self) -> bytes:
        state = self.run.state
        early = self.last_sent is not None and not state.live and not self.caught_up
        if state == self.last_sent or early:
            return b""
        self.last_sent = state
        content = {"state": state.state, "position": state.position, "why": state.why}
        return self._message(STATUS, json.dumps(content).encode())

    def _header(self) -> bytes:
        if self.run.file is None or self.generation == self.run.generation:
            return b""
        restart = self._message(RESTART) if self.generation else b""
        self.next_record = 0 if restart else self.next_record
        self.generation = self.run.generation
        return restart + self._message(HEADER, pack_header(self.run.file.header)[4:])

    def _records(self) -> bytes:
        file = self.run.file
        if file is None or self.caught_up:
            return b""
        size = file.dtype.itemsize
        count = min(max(CHUNK_BYTES // size, 1), self.run.count - self.next_record)
        content = file.read(self.next_record, count)
        self.next_record += len(content) // size
        return self._message(RECORDS, content)
