"""Writes run files: record by record during training, or complete ones from other machines."""

import errno
import os
import zlib
from collections.abc import Mapping
from io import FileIO
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from ammix_viz.runs import checkpoints
from ammix_viz.runs.disk import Status, folder, hold_lock, path, status, write_status
from ammix_viz.runs.format import pack_header
from ammix_viz.runs.reader import DamagedRun, UnreadableRun, finished

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
        If another process is training the same run, or has finished it.
    OSError
        If the file cannot be written.
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
        try:
            self._open(pack_header(header))
        except BaseException:
            self._lock.release()
            raise

    def _open(self, header: bytes) -> None:
        """Open the run file, at its checkpoint or with the header only."""
        if _is_finished(self.key):
            raise BlockingIOError(f"Run {self.key} has been finished by another process.")
        path(self.key, ".json").unlink(missing_ok=True)
        if self._resume(header):
            return
        self._size, self._crc = len(header), zlib.crc32(header)
        new = path(self.key, ".new")
        self._file = new.open("wb", buffering=0)
        _write_all(self._file, header)
        new.replace(path(self.key))

    def _resume(self, header: bytes) -> bool:
        """Resume the file at its checkpoint, if there is one that matches."""
        checkpoint, file_path = checkpoints.read(path(self.key, ".ckpt")), path(self.key)
        if checkpoint is None or not file_path.exists():
            return False
        state, size, crc = checkpoint
        file = file_path.open("r+b", buffering=0)
        content = file.read(size) if 0 < size <= file_path.stat().st_size else b""
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
        """Append a record; raise OSError if it cannot be, or if the file has been removed."""
        if not os.fstat(self._file.fileno()).st_nlink:
            raise FileNotFoundError(errno.ENOENT, "Its file has been removed")
        _write_all(self._file, record)
        self._size, self._crc = self._size + len(record), zlib.crc32(record, self._crc)

    def finish(self, state: str, why: str = "") -> None:
        """Write how the run ended."""
        write_status(self.key, Status(state, why, self._size, self._crc))
        path(self.key, ".ckpt").unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file and release the lock; without `finish`, the run counts as abandoned."""
        self._file.close()
        self._lock.release()


def _is_finished(key: str) -> bool:
    try:
        return finished(key) is not None
    except UnreadableRun:
        raise
    except DamagedRun:  # to be trained again
        return False


def _write_all(file: FileIO, content: bytes) -> None:
    """Write all of the content; one call may write only a part, for example to a full disk."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def adopt(key: str, content: bytes, end: Status) -> None:
    """Write a run that was trained elsewhere, unless it is on disk or being written."""
    if end.state == "ended" and (len(content) != end.size or zlib.crc32(content) != end.crc):
        raise DamagedRun(f"Run {key} came back damaged.")
    folder().mkdir(parents=True, exist_ok=True)
    with hold_lock(key, LOCK_SECONDS) as held:
        current = status(key)
        if held and (current is None or current.state != "ended" or not path(key).exists()):
            new = path(key, ".new")
            new.write_bytes(content)
            new.replace(path(key))
            write_status(key, end)
