"""The folder of runs: each is written by one trainer, and read by everybody else.

`KEY.run` holds the header and the records, appended whole. `KEY.json` says how the run came to
its end and is put in place by an atomic rename. `KEY.lock` is held by the trainer while it lives.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ammix_viz.datasets.folders import why_not_writable
from ammix_viz.settings.recipe import is_key

MAX_BYTES = 2_000_000_000
"""The folder's size past which the runs that nobody has read for longest are removed."""


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


def check_folder() -> None:
    """Make the folder of the runs, and see that it can be written.

    Raises
    ------
    ValueError
        With a sentence, if it cannot.
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
