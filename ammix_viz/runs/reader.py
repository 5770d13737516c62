"""Reads run files, using the layout in the file's header."""

import contextlib
import json
import os
import zlib
from typing import Any, Self

import numpy as np
from numpy.lib.recfunctions import repack_fields

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.disk import Status, path, status
from ammix_viz.runs.format import FORMAT
from ammix_viz.runs.layout import missing_metrics, record_layout
from ammix_viz.settings.recipe import Recipe


class DamagedRun(ValueError):  # noqa: N818
    """A run file cannot be used; the message says why."""


class OlderFormat(DamagedRun):
    """A run file has an older format that is no longer supported."""


class Run:
    """One run file, open for reading.

    Attributes
    ----------
    header : dict
        As returned by `format.make_header`.
    dtype : dtype
        The layout of a record, as described by the header.
    recipe : Recipe or None
        The recipe of the run; None if it is not valid with today's settings or has another key.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DamagedRun
        If the file is damaged; `OlderFormat` if its format is no longer supported.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._file = path(key).open("rb")
        try:
            self.header = self._read_header()
            self.dtype = record_layout(self.header)
            self.recipe = _recipe_of(self.header, key)
        except OlderFormat:
            self._file.close()
            raise
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            self._file.close()
            raise DamagedRun(f"The saved run {key} cannot be used: {_reason(error)}.") from None
        self.start = self._file.tell()

    def _read_header(self) -> dict[str, Any]:
        length = int.from_bytes(self._file.read(4), "little")
        if not 0 < length <= os.fstat(self._file.fileno()).st_size - 4:
            raise ValueError("its header is cut short")
        try:
            header = json.loads(self._file.read(length))
        except (ValueError, RecursionError):
            raise ValueError("its header is no JSON") from None
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
        return self._file.read(wanted * self.dtype.itemsize)

    def records(self) -> np.ndarray:
        """Return all complete records as a structured array."""
        return np.frombuffer(self.read(), self.dtype)

    def numbers(self) -> np.ndarray:
        """Return the records without their features, which are most of the file.

        It has every metric of the table; those that the run lacks are nan.
        """
        names = [name for name in self.dtype.names or () if name != "features"]
        missing = missing_metrics(self.dtype, self.header)
        kept = repack_fields(self.dtype[names])
        wanted = [(name, kept[name]) for name in names]
        wanted += [(name, np.dtype(("<f4", shape))) for name, shape in missing.items()]
        numbers = np.zeros(self.count(), wanted)
        if len(numbers):
            mapped = np.memmap(self._file, self.dtype, "r", self.start, (len(numbers),))
            for name in names:
                numbers[name] = mapped[name]
        for name in missing:
            numbers[name] = np.nan
        return numbers


def _recipe_of(header: dict[str, Any], key: str) -> Recipe | None:
    try:
        recipe = Recipe(**header["recipe"])
    except (KeyError, TypeError, ValueError):
        return None
    if recipe.key != key and DATASETS[recipe.data].digest:
        raise ValueError("the images that it was trained on have changed")
    return recipe if recipe.key == key else None


def _reason(error: Exception) -> str:
    return str(error) if type(error) is ValueError else "its header lacks something"


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
        content = path(key).read_bytes()
    except FileNotFoundError:
        return None
    if len(content) != end.size or zlib.crc32(content) != end.crc:
        raise DamagedRun(f"The saved run {key} cannot be used: its content has changed.")
    Run(key).close()
    with contextlib.suppress(OSError):
        os.utime(path(key, ".json"))
    return end
