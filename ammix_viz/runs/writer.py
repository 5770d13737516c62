"""Writes run files: record by record during training, or complete ones from other machines."""

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
"""How long a writer waits for the lock, which `being_written` also takes for a moment."""


class Writer:
    """Writes one run file; holds its lock while doing so.

    Parameters
    ----------
    header : dict
        As returned by `format.make_header`.

    Attributes
    ----------
    state : dict of str to ndarray, optional
        The state at the last checkpoint, if the run can be resumed.

    Raises
    ------
    BlockingIOError
        If another process is training the same run.
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
        if not self._resume(content):
            self._size, self._crc = len(content), zlib.crc32(content)
            new = path(self.key, ".new")
            self._file = new.open("wb", buffering=0)
            self._file.write(content)
            new.replace(path(self.key))

    def _resume(self, header: bytes) -> bool:
        """Resume the file at its checkpoint, if there is one that matches."""
        checkpoint = checkpoints.read(path(self.key, ".ckpt"))
        if checkpoint is None or not path(self.key).exists():
            return False
        state, size, crc = checkpoint
        file = path(self.key).open("r+b", buffering=0)
        content = file.read(size)
        if not content.startswith(header) or (len(content), zlib.crc32(content)) != (size, crc):
            file.close()
            return False
        file.truncate(size)
        self._file, self._size, self._crc, self.state = file, size, crc, state
        return True

    def write_checkpoint(self, state: Mapping[str, np.ndarray]) -> None:
        """Write a checkpoint from which another writer can resume."""
        checkpoints.write(path(self.key, ".ckpt"), state, self._size, self._crc)

    def append(self, record: bytes) -> None:
        """Append a record."""
        self._file.write(record)
        self._size, self._crc = self._size + len(record), zlib.crc32(record, self._crc)

    def finish(self, state: str, why: str = "") -> None:
        """Write how the run ended."""
        write_status(self.key, Status(state, why, self._size, self._crc))
        path(self.key, ".ckpt").unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file and release the lock; without `finish`, the run counts as abandoned."""
        self._file.close()
        self._lock.release()


def adopt(key: str, content: bytes, end: Status) -> None:
    """Write a run that was trained elsewhere, unless it is on disk or being written."""
    if end.state == "ended" and (len(content) != end.size or zlib.crc32(content) != end.crc):
        raise DamagedRun(f"Run {key} came back damaged.")
    folder().mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(Timeout), FileLock(path(key, ".lock")).acquire(timeout=LOCK_SECONDS):
        current = status(key)
        if current is None or current.state != "ended" or not path(key).exists():
            new = path(key, ".new")
            new.write_bytes(content)
            new.replace(path(key))
            write_status(key, end)
