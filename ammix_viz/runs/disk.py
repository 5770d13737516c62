"""The folder of run files: paths, status files, locks and the removal of old runs.

`KEY.run` contains the header and the records, which are appended. `KEY.json` states how the run
ended and is written by an atomic rename. `KEY.lock` is locked by the trainer while it runs.
A file in the folder `stop` asks the server to stop a run.
"""

import contextlib
import json
import os
import time
from collections.abc import Collection, Iterable, Iterator
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


SUFFIXES = (".json", ".json.new", ".ckpt", ".ckpt.new", ".run", ".new", ".lock")
"""Of all files of a run, in the order in which they are removed."""

IN_USE_SECONDS = 600.0
"""How long a run stays after it was used; who needs runs for longer marks them as used again."""

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
    times: dict[str, float] = {}
    for file in folder().glob("*.run"):
        with contextlib.suppress(FileNotFoundError):  # another process may remove it
            if is_key(file.stem):
                times[file.stem] = file.stat().st_mtime
    return sorted(times, key=times.__getitem__)


def exists(key: str, suffix: str = ".run") -> bool:
    """Return whether a run has such a file that can be found."""
    try:
        return path(key, suffix).exists()
    except OSError:
        return False


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
    try:
        new.write_text(json.dumps(asdict(end)))
        new.replace(path(key, ".json"))
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def hold_lock(key: str, seconds: float = 0.0) -> Iterator[bool]:
    """Hold a run's lock, if it is free within some seconds; yield whether it is held.

    Raises
    ------
    OSError
        If there can be no lock, for example because the folder is read-only.
    """
    lock = FileLock(path(key, ".lock"))
    try:
        lock.acquire(timeout=seconds, poll_interval=0.01)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def being_written(key: str) -> bool:
    """Return whether a process is writing the run now."""
    try:
        with hold_lock(key) as held:
            return not held
    except OSError:  # nobody can write here
        return False


def mark_used(keys: Iterable[str]) -> None:
    """Record that runs are in use now, so that they are not removed for `IN_USE_SECONDS`."""
    for key in keys:
        for suffix in (".json", ".run"):
            with contextlib.suppress(OSError):
                os.utime(path(key, suffix))
                break


def remove(key: str) -> bool:
    """Remove all files of a run, unless a process is writing it; return whether they are gone."""
    with contextlib.suppress(OSError), hold_lock(key) as held:
        if held:
            for suffix in SUFFIXES:
                path(key, suffix).unlink(missing_ok=True)
            return True
    return False


def _sizes_and_ages(now: float) -> dict[str, tuple[int, float, bool]]:
    """Return {key: (bytes, seconds since last use, whether there is a run file)}."""
    found: dict[str, dict[str, os.stat_result]] = {}
    for file in folder().glob("*.*"):
        key, dot, rest = file.name.partition(".")
        if is_key(key) and dot + rest in SUFFIXES:
            with contextlib.suppress(FileNotFoundError):
                found.setdefault(key, {})[dot + rest] = file.stat()
    ages = {}
    for key, files in found.items():
        used = files.get(".json") or files.get(".run")
        times = [used] if used else files.values()
        age = now - max(each.st_mtime for each in times)
        ages[key] = sum(each.st_size for each in files.values()), age, ".run" in files
    return ages


def prune(limit: int | None = None) -> list[str]:
    """Remove the least recently used runs until the folder fits, and what is left of lost runs.

    Runs used within `IN_USE_SECONDS` stay, even if the folder is too large.

    Parameters
    ----------
    limit : int, optional
        Size of the folder in bytes; by default the one of `Limits`.

    Returns
    -------
    list of str
        The keys of the removed runs.
    """
    limit = current_limits().folder_bytes if limit is None else limit
    found = _sizes_and_ages(time.time())
    total, removed = sum(size for size, _, _ in found.values()), []
    for key, (size, age, whole) in sorted(found.items(), key=lambda item: -item[1][1]):
        if age > IN_USE_SECONDS and (total > limit or not whole) and remove(key):
            total -= size
            removed += [key] if whole else []
    return removed


KEPT = "kept"
"""The name of a request to stop every run that is trained to the end even if nobody reads it."""


def stop_request(name: str) -> Path:
    """Return the path of the file that asks to stop a run, by its key, or all `KEPT` runs."""
    return folder() / "stop" / (KEPT if name == KEPT else path(name).stem)


def stop_requests(live: Collection[str], kept: Collection[str]) -> set[str]:
    """Take the requests to stop runs that are for this process; return the keys of the runs.

    Parameters
    ----------
    live, kept : collection of str
        Keys of the runs that this process trains, and of those of them that are kept. Requests
        for other runs stay: another process may train them.
    """
    try:
        requested = {each.name for each in (folder() / "stop").iterdir()}
    except OSError:
        return set()
    taken = requested & {*live, *([KEPT] if kept else ())}
    for name in taken:
        stop_request(name).unlink(missing_ok=True)
    return taken - {KEPT} | (set(kept) if KEPT in taken else set())
