"""The messages of the frame stream, and each reader's position.

A message is a run index, a kind and a length (little-endian uint32 each), then `length` bytes.
In the compact coding all messages are one deflated stream, and pieces take the place of records.
"""

import json
import struct
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter

import numpy as np

from ammix_viz.runs.format import pack_header
from ammix_viz.server.coding import (
    MOST_RECORDS,
    STREAM_END,
    Deflated,
    deflated,
    part_piece,
    stored,
)
from ammix_viz.server.pieces import FinishedPieces
from ammix_viz.server.shared_run import SharedRun
from ammix_viz.workers.run_state import RunState

HEADER, RECORDS, STATUS, RESTART, PIECE, HEARTBEAT, PART = range(7)
"""The kinds of messages; the last three only in the compact coding."""

CHUNK_BYTES = 128 * 1024
"""The most bytes of records sent of one run before the next run's turn."""

PATIENCE_SECONDS = 5.0
"""Seconds for which a run that there is not is waited for, in the compact coding."""


class Subscription:
    """The position of one reader in one run, whose records are sent as they are.

    Parameters
    ----------
    index : int
        Index of the run in the request, which is part of its messages.
    run : SharedRun
        The run.
    first : int
        Index of the first record to send.
    """

    end = b""
    """What ends a response, after all messages."""

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

    def heartbeat(self) -> bytes:
        """Return a message that says only that the server is there, "" if there is none."""
        return b""

    async def next_messages(self) -> bytes:
        """Return the messages that the reader has not received, with at most a chunk of records."""
        first_status = b"" if self.last_sent else self._status()
        sent = first_status + self._new_file() + await self._records()
        return sent + self._status()

    def _head(self, kind: int, length: int) -> bytes:
        return struct.pack("<III", self.index, kind, length)

    def _message(self, kind: int, payload: bytes = b"") -> bytes:
        return self._head(kind, len(payload)) + payload

    def _status(self) -> bytes:
        state = self.run.state
        early = self.last_sent is not None and not state.live and not self.caught_up
        if state == self.last_sent or early:
            return b""
        self.last_sent = state
        content: dict[str, str | int] = {"state": state.state, "position": state.position}
        content |= {"why": state.why} | ({} if state.wait is None else {"wait": state.wait})
        return self._message(STATUS, json.dumps(content).encode())

    def _new_file(self) -> bytes:
        if self.run.file is None or self.generation == self.run.generation:
            return b""
        restart = self._message(RESTART) if self.generation else b""
        if restart:
            self._start_over()
        self.generation = self.run.generation
        return restart + self._message(HEADER, pack_header(self.run.file.header)[4:])

    def _start_over(self) -> None:
        self.next_record = 0

    async def _records(self) -> bytes:
        file = self.run.file
        if file is None or self.caught_up:
            return b""
        size = file.dtype.itemsize
        count = min(max(CHUNK_BYTES // size, 1), self.run.count - self.next_record)
        content = file.read(self.next_record, count)
        self.next_record += len(content) // size
        return self._message(RECORDS, content)


class CodedSubscription(Subscription):
    """The position of one reader in one run, whose records are sent in the compact coding.

    A run that has ended is sent coarse first, a live one in the order of its records. The optional
    parts that the reader asks for come beside them in the order of the records.

    Parameters
    ----------
    index, run, first
        As in `Subscription`.
    parts : sequence of str, default=()
        Some of `PARTS`.
    first_part : int, default=0
        Index of the first record whose parts are sent.
    """

    end = STREAM_END

    def __init__(
        self,
        index: int,
        run: SharedRun,
        first: int,
        parts: Sequence[str] = (),
        first_part: int = 0,
    ) -> None:
        super().__init__(index, run, first)
        self._begun = time.monotonic()
        self._parts, self._next_part = parts, first_part
        self._finished: FinishedPieces | None = None
        self._numbers: list[int] = []

    @property
    def caught_up(self) -> bool:
        """Whether the reader has every record so far."""
        has_parts = not self._spans or self._next_part >= self.run.count
        return not self._numbers and super().caught_up and has_parts

    @property
    def _spans(self) -> dict[str, list[int]]:
        """Where the wanted parts lie in a record of the open file."""
        lie = self.run.file.header.get("parts", {}) if self.run.file else {}
        return {part: lie[part] for part in self._parts if part in lie}

    def heartbeat(self) -> bytes:
        """Return the message that says only that the server is there."""
        return self._message(HEARTBEAT)

    def _message(self, kind: int, payload: bytes = b"") -> bytes:
        return self._deflated(kind, deflated(payload)) if payload else stored(self._head(kind, 0))

    def _deflated(self, kind: int, payload: Deflated) -> bytes:
        return stored(self._head(kind, payload.size)) + payload.content

    def _status(self) -> bytes:
        waited = time.monotonic() - self._begun
        return b"" if self.run.missing and waited < PATIENCE_SECONDS else super()._status()

    def _new_file(self) -> bytes:
        sent = super()._new_file()
        if sent:
            self._plan()
        return sent

    def _start_over(self) -> None:
        self.next_record = self._next_part = 0

    def _plan(self) -> None:
        """Choose between the order of a finished run and that of a live one."""
        self._finished, self._numbers = None, []
        if not self.run.state.live and not super().caught_up:
            self._finished = self.run.finished_pieces()
            self._numbers = self._finished.numbers_from(self.next_record)
            self.next_record = self.run.count

    async def _records(self) -> bytes:
        return await self._pieces() + self._next_parts()

    def _next_parts(self) -> bytes:
        """Return the wanted parts of the next records."""
        file, first = self.run.file, self._next_part
        count = min(self.run.count - first, MOST_RECORDS)
        if file is None or not self._spans or count <= 0:
            return b""
        content = np.frombuffer(file.read(first, count), np.uint8)
        records = content.reshape(-1, file.dtype.itemsize)
        self._next_part += len(records)
        pieces = (
            part_piece(part, first, records[:, begin:end])
            for part, (begin, end) in self._spans.items()
        )
        return b"".join(self._deflated(PART, piece) for piece in pieces)

    async def _pieces(self) -> bytes:
        if self._finished is not None and self._numbers:
            piece = await self._finished.piece(self._numbers.pop(0))
            return self._deflated(PIECE, piece)
        pieces = self.run.live_pieces()
        if pieces is None or super().caught_up:
            return b""
        await pieces.extend(min(self.run.count, self.next_record + MOST_RECORDS))
        return b"".join(self._deflated(PIECE, piece) for piece in self._next_live(pieces.made))

    def _next_live(self, made: list[tuple[int, Deflated]]) -> Iterator[Deflated]:
        """Yield the next pieces of a run in the order of its records, at most a chunk."""
        size, at = 0, bisect_right(made, self.next_record, key=itemgetter(0))
        while at < len(made) and size < CHUNK_BYTES:
            self.next_record, piece = made[at]
            size, at = size + len(piece.content), at + 1
            yield piece
