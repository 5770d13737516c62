"""Reads run files, using the layout in the file's header."""

import contextlib
import json
import os
import zlib
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
from numpy.lib.recfunctions import repack_fields

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.disk import Status, mark_used, path, status
from ammix_viz.runs.format import FORMAT
from ammix_viz.runs.layout import missing_metrics, record_layout
from ammix_viz.runs.parts import part_of
from ammix_viz.settings.recipe import Recipe


class DamagedRun(ValueError):  # noqa: N818
    """A run file cannot be used; the message says why."""


class OlderFormat(DamagedRun):
    """A run file has an older format that is no longer supported."""


class UnreadableRun(DamagedRun):
    """The system does not let a run file be read now; the file itself may be in order."""


MAX_DEPTH = 16
"""The most objects and lists inside each other in a header."""

BLOCK_BYTES = 2**20
"""The most bytes of records read at a time when only their numbers are wanted."""

HEADER_ERRORS = (
    *(KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError, IndexError),
)
"""Exceptions that the entries of a damaged header raise where they are used."""


class Run:
    """One run file, open for reading.

    Attributes
    ----------
    header : dict
        As returned by `format.make_header`.
    dtype : dtype
        The layout of a record, as described by the header.
    recipe : Recipe or None
        The canonical recipe of the run; None if it is not valid with today's settings, or has
        another key.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DamagedRun
        If the file is damaged; `OlderFormat` if its format is no longer supported, `UnreadableRun`
        if the system does not let it be read.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        with _readable(key):
            self._file = path(key).open("rb", buffering=0)  # nothing is kept that may be replaced
        try:
            self.header = self._read_header()
            self.dtype = record_layout(self.header)
            self.recipe = _recipe_of(self.header, key)
        except DamagedRun:
            self._file.close()
            raise
        except HEADER_ERRORS as error:
            self._file.close()
            raise DamagedRun(f"The saved run {key} cannot be used: {_reason(error)}.") from None
        self.start = self._file.tell()

    def _read_header(self) -> dict[str, Any]:
        with _readable(self.key):
            length = int.from_bytes(self._file.read(4), "little")
            if not 0 < length <= os.fstat(self._file.fileno()).st_size - 4:
                raise ValueError("its header is cut short")
            text = self._file.read(length)
        try:
            header = json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise ValueError("its header is no JSON") from None
        _check_depth(header)
        self._check_format(header["format"])
        if header["key"] != self.key:
            raise ValueError("it holds another recipe than its name says")
        if "whole" in header:  # the former name of the field
            header["full_evals"] = header.pop("whole")
        return header

    def _check_format(self, format_version: object) -> None:
        if isinstance(format_version, int) and format_version < FORMAT:
            raise OlderFormat(f"The saved run {self.key} has an older format.")
        if format_version != FORMAT:
            raise ValueError(f"its format is {format_version!r:.20}, this program reads {FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def count(self) -> int:
        """Return the number of complete records; an incomplete last one is not counted."""
        size = os.fstat(self._file.fileno()).st_size
        return max(size - self.start, 0) // self.dtype.itemsize

    def read(self, first: int = 0, most: int | None = None) -> bytes:
        """Return the bytes of at most `most` complete records, starting at record `first`."""
        available = max(self.count() - first, 0)
        wanted = available if most is None else min(available, most)
        self._file.seek(self.start + first * self.dtype.itemsize)
        content = self._file.read(wanted * self.dtype.itemsize)
        return content[: len(content) - len(content) % self.dtype.itemsize]

    def records(self) -> np.ndarray:
        """Return all complete records as a structured array."""
        return np.frombuffer(self.read(), self.dtype)

    def numbers(self) -> np.ndarray:
        """Return the records without features, grid and mixed rows, which are most of the file.

        It has every metric of the table; those that the run lacks are nan.
        """
        names = [
            name for name in self.dtype.names or () if name != "features" and not part_of(name)
        ]
        missing = missing_metrics(self.dtype, self.header)
        kept = repack_fields(self.dtype[names])
        wanted = [(name, kept[name]) for name in names]
        wanted += [(name, np.dtype(("<f4", shape))) for name, shape in missing.items()]
        numbers = np.zeros(self.count(), wanted)
        first = 0
        for block in self._blocks(len(numbers)):  # not mapped: a file that shrinks kills a reader
            for name in names:
                numbers[name][first : first + len(block)] = block[name]
            first += len(block)
        for name in missing:
            numbers[name] = np.nan
        return numbers[:first]

    def _blocks(self, count: int) -> Iterator[np.ndarray]:
        """Yield the first `count` records in blocks, fewer if the file has become shorter."""
        size, first = max(BLOCK_BYTES // self.dtype.itemsize, 1), 0
        while content := self.read(first, min(size, count - first)):
            yield np.frombuffer(content, self.dtype)
            first += len(content) // self.dtype.itemsize


def _recipe_of(header: dict[str, Any], key: str) -> Recipe | None:
    try:
        recipe = Recipe(**header["recipe"])
    except (KeyError, TypeError, ValueError):
        return None
    if recipe.key != key and DATASETS[recipe.data].digest:
        raise ValueError("the images that it was trained on have changed")
    return recipe.canonical if recipe.key == key else None


def _reason(error: Exception) -> str:
    return str(error) if type(error) is ValueError else "its header lacks something"


def _refuse(constant: str) -> None:
    """Refuse NaN and infinity, which no header contains and JavaScript cannot parse."""
    raise ValueError(constant)


def _check_depth(header: object) -> None:
    """Check that the header is not nested deeply, level by level and so without recursion."""
    level: list[Any] = [header]
    for _ in range(MAX_DEPTH):
        level = [each for each in level if isinstance(each, dict | list)]
        level = [
            part for each in level for part in (each.values() if isinstance(each, dict) else each)
        ]
    if any(isinstance(each, dict | list) for each in level):
        raise ValueError("its header is nested too deeply")


@contextlib.contextmanager
def _readable(key: str) -> Iterator[None]:
    """Raise `UnreadableRun` for an error of the system, except that there is no such file."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnreadableRun(f"The saved run {key} cannot be read: {why}.") from None


def finished(key: str) -> Status | None:
    """Return the status of a finished run on disk; None if there is none.

    Raises
    ------
    DamagedRun
        If the file differs from the one that its status describes.
    """
    end = status(key)
    if end is None or end.state == "stopped":
        return None
    try:
        with _readable(key):
            content = path(key).read_bytes()
    except FileNotFoundError:
        return None
    if len(content) != end.size or zlib.crc32(content) != end.crc:
        raise DamagedRun(f"The saved run {key} cannot be used: its content has changed.")
    Run(key).close()
    mark_used([key])
    return end
