"""What the files of a run say: where it stands, and whether it has to be trained."""

import contextlib
import logging
import threading
from dataclasses import dataclass

from ammix_viz.runs import disk, reader

GIVEN_UP = "Training was given up before its end; start it again to see the rest."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunState:
    """Where a run stands.

    Attributes
    ----------
    state : {"queued", "training", "ended", "failed", "stopped", "unknown"}
        The last but one three as in `disk.Status`.
    position : int
        Place in the queue, 1 is next; 0 where not queued.
    why : str
        One sentence where failed or stopped.
    """

    state: str
    position: int = 0
    why: str = ""

    @property
    def live(self) -> bool:
        """Whether more records are to come."""
        return self.state in ("queued", "training")


@dataclass(frozen=True)
class FileCheck:
    """Whether the files of a run that is not live call for training it.

    Attributes
    ----------
    train : bool
        Whether it has to be trained.
    note : str
        One sentence if its file is damaged.
    """

    train: bool
    note: str = ""


def on_disk(key: str) -> RunState:
    """Return where a run stands that this server does not train; its records are not read."""
    end, exists = disk.status(key), disk.path(key).exists()
    if end is not None and (exists or end.state == "stopped"):
        return RunState(end.state, why=end.why)
    if not exists:
        return RunState("unknown")
    return RunState("training") if being_written(key) else RunState("stopped", why=GIVEN_UP)


_probing = threading.Lock()


def being_written(key: str) -> bool:
    """Return whether some process is writing the run now; safe from several threads."""
    with _probing:  # two probes of one lock would take each other for its writer
        return disk.being_written(key)


def check_files(key: str, restart: bool) -> FileCheck:
    """Read the files of a run that is not live, and check whether it has to be trained.

    Parameters
    ----------
    key : str
        Of the run.
    restart : bool
        Whether to train it again if it was stopped.
    """
    try:
        if reader.finished(key) is not None or on_disk(key).state == "training":
            return FileCheck(train=False)
        with contextlib.suppress(FileNotFoundError), reader.Run(key):
            pass
    except reader.DamagedRun as error:
        return FileCheck(train=True, note=f"{error} It is trained again.")
    end = disk.status(key)
    return FileCheck(train=restart or end is None or end.state != "stopped")


def still_holds(key: str, check: FileCheck) -> bool:
    """Return whether a run still has to be trained after such a check: it may have ended since."""
    return check.train and (bool(check.note) or on_disk(key).state not in ("ended", "failed"))


def remove_old_files(key: str) -> None:
    """Remove what would be taken for a new training's files; a run with a checkpoint resumes."""
    resumes = disk.path(key, ".ckpt").exists()
    for suffix in (".json",) if resumes else (".json", ".run"):
        with contextlib.suppress(OSError):
            disk.path(key, suffix).unlink(missing_ok=True)


def mark_stopped(key: str, why: str) -> None:
    """Write that a run was stopped, unless its status says already how it ended."""
    try:
        disk.folder().mkdir(parents=True, exist_ok=True)
        if disk.status(key) is None and not being_written(key):
            file = disk.path(key)
            size = file.stat().st_size if file.exists() else 0
            disk.write_status(key, disk.Status("stopped", why, size))
    except OSError:
        log.exception("Run %s stopped: %s", key, why)
