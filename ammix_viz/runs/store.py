"""Runs on disk: written by one trainer, read by everybody else.

`KEY.run` holds the header and the records, appended whole. `KEY.json` says how the run came to
its end and is put in place by an atomic rename. `KEY.lock` is held by the trainer while it lives.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from filelock import FileLock, Timeout
from numpy.lib.recfunctions import repack_fields

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.format import FORMAT, describe, record_dtype
from ammix_viz.settings.recipe import Recipe, is_key

MAX_BYTES = 2_000_000_000
"""The folder's size past which the runs that nobody has read for longest are removed."""


class DamagedRun(ValueError):  # noqa: N818
    """A run file that cannot be trusted; the message says why."""


@dataclass(frozen=True)
class Status:
    """How a run ended.

    Attributes
    ----------
    state : {"ended", "failed", "stopped"}
        All epochs trained; not trainable (the same again would fail again); interrupted.
    why : str
        One sentence, empty when ended.
    size, crc : int
        Length and CRC-32 of the run file.
    """

    state: str
    why: str = ""
    size: int = 0
    crc: int = 0


_kept_in: ContextVar[Path | None] = ContextVar("_kept_in", default=None)


@contextlib.contextmanager
def kept_in(path: Path) -> Iterator[None]:
    """Keep the runs of this thread in another folder for a while."""
    token = _kept_in.set(path)
    try:
        yield
    finally:
        _kept_in.reset(token)


def folder() -> Path:
    """Return the folder of the runs: `AMMIX_RUNS`, or a folder in the user's cache."""
    chosen = _kept_in.get() or os.environ.get("AMMIX_RUNS")
    if chosen:
        return Path(chosen)
    from pooch import os_cache  # loads requests, which takes 0.2 s

    return os_cache("ammix_viz") / "runs"


def path(key: str, suffix: str = ".run") -> Path:
    """Return the path of a run's file.

    Raises
    ------
    ValueError
        If `key` is no key: no path is ever built from anything else.
    """
    if not is_key(key):
        raise ValueError("A run's key is 24 hexadecimal digits.")
    return folder() / (key + suffix)


def keys() -> list[str]:
    """Return the keys of all run files, oldest first."""
    files = [p for p in folder().glob("*.run") if is_key(p.stem)]
    return [p.stem for p in sorted(files, key=lambda p: p.stat().st_mtime)]


def status(key: str) -> Status | None:
    """Return how the run ended, None if it did not (or its status cannot be read)."""
    try:
        return Status(**json.loads(path(key, ".json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


class Run:
    """One run file, open for reading.

    Raises
    ------
    FileNotFoundError
        If there is none.
    DamagedRun
        If it is not what its name says.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._file = path(key).open("rb")
        try:
            self.header = self._read_header()
            self.recipe = _recipe_of(self.header, key)
            self.dtype = _dtype_of(self.header)
        except (KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
            self._file.close()
            raise DamagedRun(f"The saved run {key} cannot be used: {_reason(error)}.") from None
        self.start = self._file.tell()

    def _read_header(self) -> dict[str, Any]:
        length = int.from_bytes(self._file.read(4), "little")
        text = self._file.read(length)
        if len(text) != length or length == 0:
            raise ValueError("its header is cut short")
        return json.loads(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def count(self) -> int:
        """Return the number of whole records; a last one that is incomplete is not counted."""
        size = os.fstat(self._file.fileno()).st_size
        return max(size - self.start, 0) // self.dtype.itemsize

    def read(self, first: int = 0, most: int | None = None) -> bytes:
        """Return the bytes of whole records from record `first` on, `most` at the most."""
        there = max(self.count() - first, 0)
        wanted = there if most is None else min(there, most)
        self._file.seek(self.start + first * self.dtype.itemsize)
        return self._file.read(wanted * self.dtype.itemsize)

    def records(self) -> np.ndarray:
        """Return all whole records as a structured array."""
        return np.frombuffer(self.read(), self.dtype)

    def numbers(self) -> np.ndarray:
        """Return the records without their features, which are nearly all of the file."""
        names = [name for name in self.dtype.names or () if name != "features"]
        if not self.count():
            return np.zeros(0, repack_fields(self.dtype[names]))
        mapped = np.memmap(self._file, self.dtype, "r", self.start, (self.count(),))
        return repack_fields(mapped[names])


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "its header is no JSON"
    return str(error) if type(error) is ValueError else "its header lacks something"


def _recipe_of(header: dict[str, Any], key: str) -> Recipe:
    if header["format"] != FORMAT:
        raise ValueError(f"its format is {header['format']!r:.20}, this program reads {FORMAT}")
    recipe = Recipe(**header["recipe"])
    if recipe.key != key == header["key"] and DATASETS[recipe.data].digest:
        raise ValueError("the images that it was trained on have changed")
    if recipe.key != key or header["key"] != key:
        raise ValueError("it holds another recipe than its name says")
    return recipe


def _dtype_of(header: dict[str, Any]) -> np.dtype:
    coarse = header.get("coarse", {}).get("class_names", ())
    dtype = record_dtype(len(header["class_names"]), len(header["labels"]), len(coarse))
    if header["fields"] != describe(dtype) or header["record_size"] != dtype.itemsize:
        raise ValueError("its records have another layout")
    return dtype


def finished(key: str) -> Status | None:
    """Return the status of a run that is on disk, whole and for ever; None if there is none.

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


def write_status(key: str, end: Status) -> None:
    """Put a status file in place, whole or not at all."""
    new = path(key, ".json.new")
    new.write_text(json.dumps(asdict(end)))
    new.replace(path(key, ".json"))


def being_written(key: str) -> bool:
    """Say whether some process is writing the run now."""
    lock = FileLock(path(key, ".lock"))
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def _by_last_use() -> Iterator[tuple[str, int]]:
    for key in keys():
        read = path(key, ".json")
        yield key, (read if read.exists() else path(key)).stat().st_mtime_ns


def prune(limit: int = MAX_BYTES) -> list[str]:
    """Remove the runs unread for longest until the folder fits; return their keys."""
    sizes = {key: path(key).stat().st_size for key in keys()}
    total, removed = sum(sizes.values()), []
    for key, _ in sorted(_by_last_use(), key=lambda item: item[1]):
        if total <= limit:
            break
        if not being_written(key):
            for suffix in (".json", ".ckpt", ".run"):
                path(key, suffix).unlink(missing_ok=True)
            removed.append(key)
            total -= sizes[key]
    return removed
