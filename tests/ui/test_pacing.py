"""Sessions wait longer between updates of their curves, the more of them there are."""

import pytest

from ammix_viz.ui.pacing import CORE_SHARE, UPDATE_SECONDS, Pacer


def test_a_lone_session_updates_as_often_as_it_asks():
    pacer = Pacer()
    assert [pacer.pause("a", 2, now) for now in (0, 2, 4, 6)] == [2] * 4


def test_a_hundred_sessions_take_their_share_of_a_core_and_no_more():
    pacer = Pacer()
    due = {str(session): 0.0 for session in range(100)}
    updates = 0
    for now in range(1000):
        for session in [session for session, at in due.items() if at <= now]:
            due[session] = now + pacer.pause(session, 2, now)
            updates += now >= 200
    assert updates * UPDATE_SECONDS / 800 == pytest.approx(CORE_SHARE, rel=0.1)


def test_sessions_that_have_left_are_soon_forgotten():
    pacer = Pacer()
    waits = [pacer.pause(str(session), 2, 0) for session in range(30)]
    assert waits[-1] == pytest.approx(30 * UPDATE_SECONDS / CORE_SHARE)
    assert pacer.pause("new", 2, waits[-1] + 1) == 2
