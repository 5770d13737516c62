"""The messages of the frame stream: run files shared by all readers, and each reader's position.

A message is a run index, a kind and a length (little-endian uint32 each), then `length` bytes.
"""

import json
import struct
import time

from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import pack_header
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import RunState

HEADER, RECORDS, STATUS, RESTART = range(4)
"""The kinds of messages."""

CHUNK_BYTES = 128 * 1024
"""The most bytes of records sent of one run before the next run's turn."""

POLL_SECONDS = 0.03


class SharedRun:
    """The state and the open file of a run, shared by all of its readers.

    Attributes
    ----------
    state : RunState
        State of the run.
    file : reader.Run, optional
        The open run file, if there is a usable one.
    count : int
        Number of complete records in the file.
    generation : int
        Incremented when the file is replaced by a new one.
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
        """Check the content of a finished run against its status."""
        try:
            reader.finished(self.key)
        except reader.DamagedRun as error:
            self._damage = str(error)

    def refresh(self, pool: Pool) -> None:
        """Update all attributes; the state first, so that "ended" implies all records."""
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
        if "features" not in (file.dtype.names or ()):
            file.close()
            self._damage = f"The run {self.key} has no 2-D features, so it cannot be displayed."
            return
        self._close()
        self.file, self._inode = file, inode
        self.generation += 1

    def _close(self) -> None:
        if self.file is not None:
            self.file.close()
        self.file = None


class Subscription:
    """The position of one reader in one run.

    Parameters
    ----------
    index : int
        Index of the run in the request, which is part of its messages.
    run : SharedRun
        The run.
    first : int
        Index of the first record to send.
    """

    def __init__(self, index: int, run: SharedRun, first: int) -> None:
        self.index = index
        self.run = run
        self.next_record = first
        self.generation = 0
        self.last_sent: RunState | None = None

    @property
    def caught_up(self) -> bool:
        """Whether the reader has every record so far."""
        return self.next_record >= self.run.count

    @property
    def done(self) -> bool:
        """Whether the reader has everything and the run has ended."""
        return self.last_sent is not None and not self.last_sent.live and self.caught_up

    def next_messages(self) -> bytes:
        """Return the messages that the reader has not received, with at most a chunk of records."""
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
