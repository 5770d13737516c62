"""The state of a run as its files describe it, and whether it has to be trained."""

import contextlib
import logging
import threading
from dataclasses import dataclass

from ammix_viz.runs import disk, reader, verified, writer
from ammix_viz.runs.parts import MIXED

GIVEN_UP = "Training was given up before its end; start it again to see the rest."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunState:
    """The state of a run.

    Attributes
    ----------
    state : {"queued", "training", "ended", "failed", "stopped", "unknown"}
        "ended", "failed" and "stopped" are as in `disk.Status`.
    position : int
        Position in the queue, 1 for the next; 0 if not queued.
    wait : int, optional
        Seconds until it starts, about; None if not queued or not known.
    why : str
        The reason, as a sentence, if failed or stopped.
    """

    state: str
    position: int = 0
    why: str = ""
    wait: int | None = None

    @property
    def live(self) -> bool:
        """Whether more records will follow."""
        return self.state in ("queued", "training")


@dataclass(frozen=True)
class FileCheck:
    """Whether a run that is not live has to be trained, judging by its files.

    Attributes
    ----------
    train : bool
        Whether it has to be trained.
    note : str
        A message if its file is damaged.
    """

    train: bool
    note: str = ""


_unsaved: dict[str, RunState] = {}
"""The states of stopped runs whose status could not be written, for example to a full disk."""


def on_disk(key: str) -> RunState:
    """Return the state of a run that this server is not training, without reading its records."""
    end, exists = disk.status(key), disk.exists(key)
    if end is not None and (exists or end.state == "stopped"):
        return RunState(end.state, why=end.why)
    if exists and being_written(key):
        return RunState("training")
    otherwise = RunState("stopped", why=GIVEN_UP) if exists else RunState("unknown")
    return _unsaved.get(key, otherwise)


def share_done(key: str) -> float:
    """Return the share of a run's records that are written, from 0 to 1."""
    try:
        with reader.Run(key) as run:
            return run.count() / run.header["records"]
    except (FileNotFoundError, reader.DamagedRun):
        return 0.0


_probing = threading.Lock()


def being_written(key: str) -> bool:
    """Return whether a process is writing the run now; thread-safe."""
    with _probing:  # two simultaneous probes would each see the other as the writer
        return disk.being_written(key)


def check_files(key: str, restart: bool) -> FileCheck:
    """Check the files of a run that is not live, and whether it has to be trained.

    Parameters
    ----------
    key : str
        Key of the run.
    restart : bool
        Whether to train a stopped run again.
    """
    try:
        if verified.finished(key) is not None or on_disk(key).state == "training":
            return FileCheck(train=False)
        with contextlib.suppress(FileNotFoundError), reader.Run(key):
            pass
    except reader.UnreadableRun:  # it may be in order, and is shown with the reason
        return FileCheck(train=False)
    except reader.DamagedRun as error:
        return FileCheck(train=True, note=f"{error} It is trained again.")
    state = on_disk(key)
    return FileCheck(train=restart or state.state != "stopped" or state.why == GIVEN_UP)


def still_needed(key: str, check: FileCheck) -> bool:
    """Return whether a run still has to be trained; it may have ended since the check."""
    return check.train and (bool(check.note) or on_disk(key).state not in ("ended", "failed"))


def remove_old_files(key: str) -> None:
    """Remove files of an earlier training; a run with a checkpoint keeps its run file to resume.

    They stay if another process is writing them.
    """
    _unsaved.pop(key, None)
    resumes = disk.path(key, ".ckpt").exists()
    with contextlib.suppress(OSError), disk.hold_lock(key) as held:
        for suffix in (".json",) if resumes else (".json", ".run"):
            if held:
                disk.path(key, suffix).unlink(missing_ok=True)


def remove_without_parts(key: str) -> None:
    """Remove a run that was saved before mixed rows were recorded, to be trained anew."""
    saved_before = False
    with contextlib.suppress(FileNotFoundError, reader.DamagedRun), reader.Run(key) as run:
        saved_before = MIXED not in run.header
    if saved_before:
        disk.remove(key)


def mark_stopped(key: str, why: str) -> None:
    """Write the status "stopped", unless there is a status already or the run is being written.

    If it cannot be written, this process remembers it.
    """
    try:
        disk.folder().mkdir(parents=True, exist_ok=True)
        with disk.hold_lock(key, writer.LOCK_SECONDS) as held:
            if held and disk.status(key) is None:
                file = disk.path(key)
                size = file.stat().st_size if file.exists() else 0
                disk.write_status(key, disk.Status("stopped", why, size))
    except OSError as error:
        log.error("Run %s stopped: %s Its status cannot be written: %s", key, why, error.strerror)
        _unsaved[key] = RunState("stopped", why=why)
