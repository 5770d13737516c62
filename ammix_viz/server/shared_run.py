"""The state and the file of a run, shared by all of its readers."""

import math
import time

from ammix_viz.runs import disk, reader, verified
from ammix_viz.server.pieces import (
    FinishedPieces,
    LivePieces,
    finished_pieces,
    identity,
)
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import RunState

POLL_SECONDS = 0.03


class SharedRun:
    """The state and the open file of a run, shared by all of its readers.

    Attributes
    ----------
    state : RunState
        State of the run.
    file : reader.Run, optional
        The open run file, if there is a usable one.
    count : int
        Number of complete records in the file.
    generation : int
        Incremented when the file is replaced by a new one.
    missing : bool
        Whether there is no such run, neither here nor on disk.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.state = RunState("unknown")
        self.file: reader.Run | None = None
        self.count = 0
        self.generation = 0
        self.missing = False
        self._live_pieces: LivePieces | None = None
        self._readers = 0
        self._inode = 0
        self._damage = ""
        self._refreshed_at = -math.inf

    def join(self) -> None:
        """Count one more reader."""
        self._readers += 1

    def leave(self) -> None:
        """Count one reader less; after the last one the file is closed."""
        self._readers -= 1
        if not self._readers:
            self._close()
            self.state, self._live_pieces = RunState("unknown"), None
            self._refreshed_at = -math.inf

    def verify(self) -> None:
        """Check the content of a finished run against its status, once for the same file."""
        self._damage = verified.damage(self.key)

    def refresh(self, pool: Pool) -> None:
        """Update all attributes; the state first, so that "ended" implies all records."""
        now = time.monotonic()
        if self.state.state == "ended" or now - self._refreshed_at < POLL_SECONDS / 2:
            return
        self._refreshed_at = now
        state = pool.state(self.key)
        if state.live:
            self._damage = ""
        if state.state != "queued" and not self._damage:
            self._open()
        if self._damage:
            self._close()
            state = RunState("failed", why=self._damage)
        self.missing = state.state == "unknown"
        if self.missing:
            state = RunState("stopped", why="The run is no longer there; start it again.")
        self.count = self.file.count() if self.file else 0
        self.state = state

    def live_pieces(self) -> LivePieces | None:
        """Return the coded pieces of the open file in order of its records."""
        if self._live_pieces is None and self.file is not None:
            self._live_pieces = LivePieces(self.file)
        return self._live_pieces

    def finished_pieces(self) -> FinishedPieces:
        """Return the coded pieces of a run that gets no more records, coarse first.

        Raises
        ------
        OSError
            If the file is no longer there.
        """
        return finished_pieces(self.key, identity(self.key), self.count)

    def _open(self) -> None:
        try:
            inode = disk.path(self.key).stat().st_ino
            if self.file is not None and inode == self._inode:
                return
            file = reader.Run(self.key)
        except FileNotFoundError:
            return
        except reader.DamagedRun as error:
            self._damage = str(error)
            return
        if "features" not in (file.dtype.names or ()):
            file.close()
            self._damage = f"The run {self.key} has no 2-D features, so it cannot be displayed."
            return
        self._close()
        self.file, self._inode = file, inode
        self.generation += 1
        self._live_pieces = None

    def _close(self) -> None:
        if self.file is not None:
            self.file.close()
        self.file = None
