"""Runs read from disk, whoever wrote them: a file says itself what it holds."""

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
    """A run file that cannot be used; the message says why."""


class OlderFormat(DamagedRun):
    """A run file that was written by an older version, in a format no longer read."""


class Run:
    """One run file, open for reading.

    Attributes
    ----------
    header : dict
        As `format.make_header` gives it.
    dtype : dtype
        The layout of a record, as the header describes it.
    recipe : Recipe or None
        What was trained; None where today's settings do not say it, or give it another key.

    Raises
    ------
    FileNotFoundError
        If there is none.
    DamagedRun
        If it is not what its name says; `OlderFormat` if its format is no longer read.
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
        if "whole" in header:  # as the records of all samples were once called
            header["full_evals"] = header.pop("whole")
        return header

    def _check_format(self, found: object) -> None:
        if isinstance(found, int) and found < FORMAT:
            raise OlderFormat(f"The saved run {self.key} has an older format.")
        if found != FORMAT:
            raise ValueError(f"its format is {found!r:.20}, this program reads {FORMAT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def count(self) -> int:
        """Return the number of complete records; a last one that is incomplete is not counted."""
        size = os.fstat(self._file.fileno()).st_size
        return max(size - self.start, 0) // self.dtype.itemsize

    def read(self, first: int = 0, most: int | None = None) -> bytes:
        """Return the bytes of complete records from record `first` on, `most` at the most."""
        there = max(self.count() - first, 0)
        wanted = there if most is None else min(there, most)
        self._file.seek(self.start + first * self.dtype.itemsize)
        return self._file.read(wanted * self.dtype.itemsize)

    def records(self) -> np.ndarray:
        """Return all complete records as a structured array."""
        return np.frombuffer(self.read(), self.dtype)

    def numbers(self) -> np.ndarray:
        """Return the records without their features, which are nearly all of the file.

        Every metric of today is there; those that the run does not have are nan.
        """
        names = [name for name in self.dtype.names or () if name != "features"]
        missing = missing_metrics(self.dtype, self.header)
        kept = repack_fields(self.dtype[names])
        wanted = [(name, kept[name]) for name in names]
        wanted += [(name, np.dtype(("<f4", shape))) for name, shape in missing.items()]
        found = np.zeros(self.count(), wanted)
        if len(found):
            mapped = np.memmap(self._file, self.dtype, "r", self.start, (len(found),))
            for name in names:
                found[name] = mapped[name]
        for name in missing:
            found[name] = np.nan
        return found


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
    """Return the status of a run that is on disk, complete; None if there is none.

    Raises
    ------
    DamagedRun
        If it says that it came to its end, but the file is not the one that was written.
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
