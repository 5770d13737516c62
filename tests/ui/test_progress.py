"""Texts about progress."""

import pytest

from ammix_viz.ui import progress
from ammix_viz.ui.progress import Pace, duration, waiting
from ammix_viz.workers.run_state import RunState


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (7200, "2 h")],
)
def test_a_duration_has_the_unit_that_fits(seconds, text):
    assert duration(seconds) == text


def test_the_time_left_follows_from_the_work_since_the_first_call(monkeypatch):
    clock = iter((100.0, 101.0, 110.0))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    pace = Pace()
    assert pace.left(0.5) == ""
    assert pace.left(0.505) == ""
    assert pace.left(0.75) == "about 10 s left"


def test_who_waits_has_a_place_and_a_time_if_it_is_known():
    assert waiting(RunState("queued", 1)) == "waiting, next in the queue"
    assert waiting(RunState("queued", 3, wait=40)) == (
        "waiting, number 3 in the queue, starts in about 40 s"
    )
