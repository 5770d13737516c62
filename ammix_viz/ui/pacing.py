"""How often curves are updated: the more sessions update theirs, the longer each one waits.

Updates run in the server, which also has to send the frames of every session.
"""

import threading
import time

from ammix_viz.ui.session import session_id

UPDATE_SECONDS = 0.1
"""About how long an update takes: a run of the script, a figure, a table."""

CORE_SHARE = 0.15
"""The share of one core that the updates of all sessions may take together."""


class Pacer:
    """The sessions that will update their curves."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._changing = threading.Lock()

    def pause(self, session: str, shortest: float, now: float) -> float:
        """Return the seconds until a session's next update, at least `shortest`, and expect it."""
        with self._changing:
            self._due = {other: due for other, due in self._due.items() if due >= now}
            sessions = len(self._due.keys() | {session})
            seconds = max(shortest, sessions * UPDATE_SECONDS / CORE_SHARE)
            self._due[session] = now + seconds
            return seconds


_pacer = Pacer()


def update_pause(shortest: float) -> float:
    """Return the seconds until the next update of this session's curves, at least `shortest`."""
    return _pacer.pause(session_id(), shortest, time.monotonic())
