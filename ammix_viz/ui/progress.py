"""Texts about the progress of runs: the time left, and the place in the queue."""

import time

from ammix_viz.workers.run_state import RunState

LEAST_GAIN = 0.01
"""The share of the work that has to be done before the time left is estimated."""


class Pace:
    """Estimates the time left from the share of the work that was done since the first call."""

    def __init__(self) -> None:
        self._first: tuple[float, float] | None = None

    def left(self, share: float) -> str:
        """Return the time left as text, "" if it is not known yet."""
        now = time.monotonic()
        begun, before = self._first = self._first or (now, share)
        if share - before < LEAST_GAIN:
            return ""
        return f"about {duration((now - begun) * (1 - share) / (share - before))} left"


def duration(seconds: float) -> str:
    """Return a duration as text, in the unit that fits."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"


def waiting(state: RunState) -> str:
    """Return the place in the queue of a waiting run, and when it starts if that is known."""
    place = f"number {state.position}" if state.position > 1 else "next"
    start = "" if state.wait is None else f", starts in about {duration(state.wait)}"
    return f"waiting, {place} in the queue{start}"
