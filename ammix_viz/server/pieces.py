"""The coded pieces of runs, each made once, in a thread, and shared by all readers."""

from collections import OrderedDict

import anyio
import numpy as np
from anyio import to_thread

from ammix_viz.runs import disk, reader
from ammix_viz.server.coding import (
    MOST_RECORDS,
    Coder,
    Deflated,
    Reference,
    coarse_first,
    in_order,
    rounded,
)

MOST_BYTES = 64_000_000
"""The most bytes of pieces of finished runs that are kept for later readers."""

MOST_INLINE = 2
"""The most records that are coded at once, within a millisecond or so, instead of in a thread:
with many live runs, handing them over costs more than coding them."""

Identity = tuple[int, int, int]
"""Inode, size and time of the last change of a file."""


def identity(key: str) -> Identity:
    """Return what tells a run file from another content under the same name.

    Raises
    ------
    OSError
        If there is no such file.
    """
    stat = disk.path(key).stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


class LivePieces:
    """The pieces of a run in the order of its records, made as the records come.

    Parameters
    ----------
    file : reader.Run
        The open run file.

    Attributes
    ----------
    made : list of (int, Deflated)
        The index after the last record of each piece, and the piece.
    """

    def __init__(self, file: reader.Run) -> None:
        self.made: list[tuple[int, Deflated]] = []
        self._file = file
        self._coder = Coder(file.header, file.dtype)
        self._before: dict[int, np.void] = {}
        self._largest = 0.0
        self._making = anyio.Lock()

    @property
    def count(self) -> int:
        """Number of records in the pieces."""
        return self.made[-1][0] if self.made else 0

    async def extend(self, count: int) -> None:
        """Make pieces until they hold the first `count` records of the file."""
        while self.count < count:
            async with self._making:
                if self.count < count:
                    content = self._file.read(self.count, min(count - self.count, MOST_RECORDS))
                    if not content:
                        return
                    records = np.frombuffer(content, self._file.dtype)
                    few = len(records) <= MOST_INLINE
                    made_of = self._made_of
                    self.made.append(
                        made_of(records) if few else await to_thread.run_sync(made_of, records)
                    )

    def _made_of(self, records: np.ndarray) -> tuple[int, Deflated]:
        first, end = self.count, self.count + len(records)
        records, self._largest = rounded(records, self._largest)
        known = self._before | dict(zip(range(first, end), records, strict=True))
        piece = self._coder.piece(known, in_order(first, end))
        self._before = {index: known[index] for index in (end - 2, end - 1) if index >= 0}
        return end, piece


class FinishedPieces:
    """The pieces of a run that gets no more records, in the order of `coarse_first`.

    Parameters
    ----------
    key : str
        Key of the run.
    file : Identity
        The file whose records they are.
    count : int
        Number of its records.

    Attributes
    ----------
    plan : list of list of Reference
        The records of each piece.
    """

    def __init__(self, key: str, file: Identity, count: int) -> None:
        self.plan: list[list[Reference]] = coarse_first(count)
        self._key = key
        self._file = file
        self._count = count
        self._made: list[Deflated] = []
        self._coder: Coder | None = None
        self._records: dict[int, np.void] = {}
        self._making = anyio.Lock()

    @property
    def size(self) -> int:
        """Number of bytes of the pieces made so far."""
        return sum(len(piece.content) for piece in self._made)

    def numbers_from(self, first: int) -> list[int]:
        """Return the pieces that hold a record from `first` on."""
        plans = enumerate(self.plan)
        return [n for n, plan in plans if any(item.record >= first for item in plan)]

    async def piece(self, number: int) -> Deflated:
        """Return a piece; it is made, with those before it, if it is new."""
        while number >= len(self._made):
            async with self._making:
                if number >= len(self._made):
                    self._made.append(await to_thread.run_sync(self._next_piece))
        return self._made[number]

    def _next_piece(self) -> Deflated:
        if self._coder is None:
            with reader.Run(self._key) as file:
                if identity(self._key) != self._file:
                    raise reader.DamagedRun(f"The saved run {self._key} has been replaced.")
                records, _ = rounded(np.frombuffer(file.read(0, self._count), file.dtype))
                self._records = dict(enumerate(records))
                self._coder = Coder(file.header, file.dtype)
        number = len(self._made)
        piece = self._coder.piece(self._records, self.plan[number])
        if number + 1 == len(self.plan):
            self._records, self._coder = {}, None
        return piece


_finished: OrderedDict[tuple[str, Identity], FinishedPieces] = OrderedDict()


def finished_pieces(key: str, file: Identity, count: int) -> FinishedPieces:
    """Return the pieces of a finished run, which are kept for others who read the same file."""
    pieces = _finished.pop((key, file), None) or FinishedPieces(key, file, count)
    _finished[key, file] = pieces
    while len(_finished) > 1 and sum(each.size for each in _finished.values()) > MOST_BYTES:
        _finished.popitem(last=False)
    return pieces
