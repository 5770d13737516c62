"""Finished runs whose content was checked; a file is read again only after it has changed."""

import functools
from pathlib import Path

from ammix_viz.runs import disk, reader
from ammix_viz.runs.disk import Status


def finished(key: str) -> Status | None:
    """Return the status of a finished run on disk and mark it as used; None if there is none.

    Raises
    ------
    DamagedRun
        If the file differs from the one that its status describes.
    """
    file = disk.path(key)
    try:
        stat = file.stat()
    except OSError:
        return None
    version = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
    end = _finished(key, file, version, disk.status(key))
    if end is not None:
        disk.mark_used([key])
    return end


@functools.lru_cache(maxsize=4096)
def _finished(key: str, file: Path, version: tuple, end: Status | None) -> Status | None:
    """Return `reader.finished`; the other arguments identify the file in the cache."""
    return reader.finished(key)


def usable(key: str) -> Status | None:
    """Return the status of a finished run on disk; None if there is none, or it is damaged."""
    try:
        return finished(key)
    except reader.DamagedRun:
        return None


def damage(key: str) -> str:
    """Return why the file of a finished run cannot be used, as a sentence; "" if it can be."""
    try:
        finished(key)
    except reader.DamagedRun as error:
        return str(error)
    return ""
