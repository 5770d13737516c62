"""Where a run stands, as far as its files tell, and whether it has to be trained."""

import contextlib
import threading
from dataclasses import dataclass

from ammix_viz.runs import store

GIVEN_UP = "Training was given up before its end; start it again to see the rest."


@dataclass(frozen=True)
class RunState:
    """Where a run stands.

    Attributes
    ----------
    state : {"queued", "training", "ended", "failed", "stopped", "unknown"}
        The last but one three as in `runs.Status`.
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


def on_disk(key: str) -> RunState:
    """Return where a run stands that this server does not train, without reading it whole."""
    end, there = store.status(key), store.path(key).exists()
    if end is not None and (there or end.state == "stopped"):
        return RunState(end.state, why=end.why)
    if not there:
        return RunState("unknown")
    return RunState("training") if written(key) else RunState("stopped", why=GIVEN_UP)


_probing = threading.Lock()


def written(key: str) -> bool:
    """Say whether some process is writing the run now."""
    with _probing:  # two probes of one lock would take each other for its writer
        return store.being_written(key)


def verdict(key: str, restart: bool) -> tuple[bool, str]:
    """Say whether a run that is not live has to be trained, and what to tell about its file."""
    try:
        if store.finished(key) is not None:
            return False, ""
        there = on_disk(key).state
        if there == "training":
            return False, ""
        with contextlib.suppress(FileNotFoundError), store.Run(key):
            pass
    except store.DamagedRun as error:
        return True, f"{error} It is trained again."
    end = store.status(key)
    return restart or end is None or end.state != "stopped", ""


def needed(key: str, train: bool, note: str) -> bool:
    """Say whether the verdict still holds: the run may have ended since."""
    return train and (bool(note) or on_disk(key).state not in ("ended", "failed"))
