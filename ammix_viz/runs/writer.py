"""Runs written to disk: by one trainer each, or whole as another machine has trained them."""

import contextlib
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from ammix_viz.runs import checkpoints
from ammix_viz.runs.disk import Status, folder, path, status, write_status
from ammix_viz.runs.format import pack_header
from ammix_viz.runs.reader import DamagedRun

LOCK_SECONDS = 0.5
"""How long a writer tries to get the lock, which `being_written` holds for a moment too."""


class Writer:
    """Writes one run, as its only writer.

    Parameters
    ----------
    header : dict
        As `layout.make_header` gives it.

    Attributes
    ----------
    state : dict of str to ndarray, optional
        The state of the run where it was broken off, if it can go on from there.

    Raises
    ------
    BlockingIOError
        If another process is training the same run at the moment.
    """

    def __init__(self, header: dict[str, Any]) -> None:
        self.key: str = header["key"]
        self.state: dict[str, np.ndarray] | None = None
        folder().mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(path(self.key, ".lock"))
        try:
            self._lock.acquire(timeout=LOCK_SECONDS, poll_interval=0.01)
        except Timeout:
            raise BlockingIOError(f"Run {self.key} is being trained by another process.") from None
        path(self.key, ".json").unlink(missing_ok=True)
        content = pack_header(header)
        if not self._go_on(content):
            self._size, self._crc = len(content), zlib.crc32(content)
            new = path(self.key, ".new")
            self._file = new.open("wb", buffering=0)
            self._file.write(content)
            new.replace(path(self.key))

    def _go_on(self, header: bytes) -> bool:
        """Take up the file at its checkpoint, if there is one that fits."""
        found = checkpoints.read(path(self.key, ".ckpt"))
        if found is None or not path(self.key).exists():
            return False
        state, size, crc = found
        file = path(self.key).open("r+b", buffering=0)
        content = file.read(size)
        if not content.startswith(header) or (len(content), zlib.crc32(content)) != (size, crc):
            file.close()
            return False
        file.truncate(size)
        self._file, self._size, self._crc, self.state = file, size, crc, state
        return True

    def keep(self, state: Mapping[str, np.ndarray]) -> None:
        """Write a checkpoint: another writer can go on from here."""
        checkpoints.write(path(self.key, ".ckpt"), state, self._size, self._crc)

    def append(self, record: bytes) -> None:
        """Append one whole record."""
        self._file.write(record)
        self._size, self._crc = self._size + len(record), zlib.crc32(record, self._crc)

    def finish(self, state: str, why: str = "") -> None:
        """Say how the run ended."""
        write_status(self.key, Status(state, why, self._size, self._crc))
        path(self.key, ".ckpt").unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; without `finish`, the run counts as abandoned."""
        self._file.close()
        self._lock.release()


def adopt(key: str, content: bytes, end: Status) -> None:
    """Put a run in place that was trained elsewhere, unless it is there or being written."""
    if end.state == "ended" and (len(content) != end.size or zlib.crc32(content) != end.crc):
        raise DamagedRun(f"Run {key} came back damaged.")
    folder().mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(Timeout), FileLock(path(key, ".lock")).acquire(timeout=LOCK_SECONDS):
        there = status(key)
        if there is None or there.state != "ended" or not path(key).exists():
            new = path(key, ".new")
            new.write_bytes(content)
            new.replace(path(key))
            write_status(key, end)
