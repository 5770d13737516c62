"""The folder of run files: paths, status files, locks and the removal of old runs.

`KEY.run` contains the header and the records, which are appended. `KEY.json` states how the run
ended and is written by an atomic rename. `KEY.lock` is locked by the trainer while it runs.
"""

import contextlib
import json
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ammix_viz.datasets.folders import user_folder, why_not_writable
from ammix_viz.settings.limits import current_limits
from ammix_viz.settings.recipe import is_key


@dataclass(frozen=True)
class Status:
    """How a run ended.

    Attributes
    ----------
    state : {"ended", "failed", "stopped"}
        All epochs trained; failed (training it again would fail again); interrupted.
    why : str
        The reason, as a sentence; "" if ended.
    size, crc : int
        Length and CRC-32 of the run file.
    """

    state: str
    why: str = ""
    size: int = 0
    crc: int = 0


TYPES = (str, str, int, int)
"""The types of the fields of a `Status`."""

_runs_folder: ContextVar[Path | None] = ContextVar("_runs_folder", default=None)


@contextlib.contextmanager
def use_folder(path: Path) -> Iterator[None]:
    """Use another folder for the runs of this thread inside a `with` block."""
    token = _runs_folder.set(path)
    try:
        yield
    finally:
        _runs_folder.reset(token)


def folder() -> Path:
    """Return the folder of run files: `AMMIX_RUNS`, or a folder in the user's cache."""
    return _runs_folder.get() or user_folder("AMMIX_RUNS", "runs")


def check_folder() -> None:
    """Make the folder of run files, and check that it can be written.

    Raises
    ------
    ValueError
        If it cannot be written.
    """
    if why := why_not_writable(folder()):
        raise ValueError(
            f"The runs' folder {folder()} cannot be written ({why}); AMMIX_RUNS names another one."
        )


def path(key: str, suffix: str = ".run") -> Path:
    """Return the path of a run's file.

    Raises
    ------
    ValueError
        If `key` is not a valid key; no path is built from anything else.
    """
    if not is_key(key):
        raise ValueError("A run's key is 24 hexadecimal digits.")
    return folder() / (key + suffix)


def keys() -> list[str]:
    """Return the keys of all run files, oldest first."""
    files = [p for p in folder().glob("*.run") if is_key(p.stem)]
    return [p.stem for p in sorted(files, key=lambda p: p.stat().st_mtime)]


def status(key: str) -> Status | None:
    """Return how the run ended, None if it has not (or its status cannot be read)."""
    try:
        end = Status(**json.loads(path(key, ".json").read_text()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    typed = all(type(value) is kind for value, kind in zip(vars(end).values(), TYPES, strict=True))
    return end if typed and end.state in ("ended", "failed", "stopped") else None


def write_status(key: str, end: Status) -> None:
    """Write a status file atomically."""
    new = path(key, ".json.new")
    new.write_text(json.dumps(asdict(end)))
    new.replace(path(key, ".json"))


def being_written(key: str) -> bool:
    """Return whether a process is writing the run now."""
    lock = FileLock(path(key, ".lock"))
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def _by_last_use() -> Iterator[tuple[str, int]]:
    for key in keys():
        status_file = path(key, ".json")
        yield key, (status_file if status_file.exists() else path(key)).stat().st_mtime_ns


def prune(limit: int | None = None) -> list[str]:
    """Remove the least recently read runs until the folder fits; return their keys.

    Parameters
    ----------
    limit : int, optional
        Size in bytes; by default the limit of this process.
    """
    limit = current_limits().folder_bytes if limit is None else limit
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
