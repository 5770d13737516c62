"""Runs on display that are live, queued, failed, stopped, or in two stages."""

import pytest
from support.player_browser import (
    PLAYER,
    POSITION,
    corners,
    last_of_first_stage,
    panel,
    paused_at,
    position,
    reading,
    status_of,
    text_is,
    until,
    value,
    wait_frames,
    wait_state,
)

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]


def test_live_runs_go_no_further_than_the_slowest(open_page, behaviour):
    page = open_page("full-0", "hold-1")
    wait_frames(page, 8)
    wait_state(page, "waiting")
    assert position(page) == pytest.approx(7, abs=0.1)
    text_is(page, status_of(page, "hold-1"), r"^Trained to epoch 3 of 19$")
    text_is(page, page.locator(".ammix-overall"), "Waiting for training")
    behaviour.gate.set()
    wait_frames(page, 24)
    wait_state(page, "live")
    wait_state(page, "ended")
    text_is(page, status_of(page, "hold-1"), "^Finished$")


def test_live_button_sticks_to_the_newest_record(open_page):
    page = open_page("grow-0")
    wait_state(page, "live")
    page.get_by_role("button", name="Live").click()
    until(
        page,
        f"(() => {{ const d = document.querySelector('{PLAYER}').dataset;"
        "return d.frames > 12 && d.frames - 1 - d.position < 5; })()",
    )
    assert page.get_by_role("button", name="Live").get_attribute("aria-pressed") == "true"
    wait_state(page, "ended")
    assert position(page) == 23


def test_an_end_told_before_the_records_is_not_yet_the_end(open_page, behaviour):
    page = open_page("early-0")
    wait_frames(page, 4)
    wait_state(page, "waiting")
    assert position(page) == pytest.approx(3, abs=0.1)
    behaviour.gate.set()
    wait_frames(page, 24)
    wait_state(page, "ended")
    assert position(page) == 23
    assert len(behaviour.requests) == 1


def test_a_queued_run_says_so_and_joins_later(open_page, behaviour):
    page = open_page("queue-0")
    text_is(page, status_of(page, "queue-0"), "^Number 3 in the queue, about 20 s$")
    assert reading(page, "state") == "waiting"
    assert reading(page, "frames") == "0"
    behaviour.gate.set()
    wait_state(page, "live")
    text_is(page, status_of(page, "queue-0"), "^Trained to epoch")


def test_a_failed_run_holds_its_last_record_while_others_go_on(open_page):
    page = open_page("full-0", "fail-1")
    wait_frames(page, 24)
    page.keyboard.press("End")
    wait_state(page, "ended")
    status = status_of(page, "fail-1")
    text_is(page, status, "^Failed: Features were no longer finite at step 176; try a smaller lr.")
    text_is(page, status, "The panel stays at its last snapshot, epoch 7.$")


def test_a_run_of_two_stages_says_which_is_shown_in_its_panel_and_on_the_timeline(
    open_page, behaviour
):
    page = open_page("full-0", "staged-1")
    wait_frames(page, 24)
    last = last_of_first_stage(behaviour, "staged-1")
    paused_at(page, last)
    status = status_of(page, "staged-1")
    untrained = "the classifier is not trained yet"
    text_is(page, status, f"^Stage 1 of 2, encoder: epoch 10 of 10; {untrained}$")
    paused_at(page, last + 2)
    text_is(page, status, "^Stage 2 of 2, classifier: epoch 2 of 9; the encoder is frozen$")
    parts = page.locator(".ammix-part")
    assert parts.all_inner_texts() == ["Method staged-1: encoder", "classifier"]
    share = float(parts.nth(1).evaluate("e => parseFloat(e.style.left)"))
    assert share == pytest.approx(100 * last / 23)


def test_an_encoder_without_a_classifier_shows_no_accuracy_and_no_map(open_page, behaviour):
    page = open_page("full-0", "staged-1")
    wait_frames(page, 24)
    last = last_of_first_stage(behaviour, "staged-1")
    paused_at(page, last)
    text_is(page, panel(page, "staged-1").locator("[data-measure=accuracy]"), "–")
    assert len(set(corners(panel(page, "staged-1")))) == 1
    assert len(set(corners(panel(page, "full-0")))) > 1
    assert set(panel(page, "staged-1").locator(".ammix-bar-text").all_inner_texts()) == {"–"}
    paused_at(page, last + 1)
    text_is(page, panel(page, "staged-1").locator("[data-measure=accuracy]"), r"\d %")
    assert len(set(corners(panel(page, "staged-1")))) > 1


def test_others_do_not_wait_for_a_run_of_two_stages(open_page, behaviour):
    page = open_page("full-0", "stagedhold-1")
    wait_frames(page, 24)
    page.keyboard.press("End")
    page.wait_for_function(f"{POSITION} >= 22.9")
    text_is(page, status_of(page, "stagedhold-1"), "^Stage 1 of 2, encoder")
    behaviour.gate.set()
    wait_state(page, "ended")
    text_is(page, status_of(page, "stagedhold-1"), "^Stage 2 of 2, classifier")


def test_only_failed_runs_is_failed_and_shows_no_nan(open_page):
    page = open_page("empty-0")
    wait_state(page, "failed")
    text_is(page, status_of(page, "empty-0"), "The first step was not finite")
    assert "NaN" not in page.inner_text("body")


def test_a_stopped_run_can_be_asked_for_again(open_page):
    page = open_page("stop-0")
    text_is(page, status_of(page, "stop-0"), "^Stopped: The worker died.")
    page.get_by_role("button", name="Restart").click()
    assert page.evaluate("window.asked") == [["restart", ["stop-0"]]]


def test_restart_pressed_twice_asks_once_and_shows_the_run_again(open_page, behaviour):
    page = open_page("stop-0")
    text_is(page, status_of(page, "stop-0"), "^Stopped: The worker died.")
    restart = page.get_by_role("button", name="Restart")
    restart.evaluate("button => { button.click(); button.click(); }")
    assert page.evaluate("window.asked") == [["restart", ["stop-0"]]]
    text_is(page, status_of(page, "stop-0"), "^Connecting…")
    text_is(page, status_of(page, "stop-0"), "^Stopped: The worker died.")
    assert len(behaviour.requests) == 2


def test_a_cut_stream_is_taken_up_where_it_was_left(open_page, behaviour):
    page = open_page("cut-0")
    text_is(page, page.locator(".ammix-overall"), "Connection lost, trying again…")
    behaviour.gate.set()
    wait_frames(page, 24)
    assert behaviour.requests == [(["cut-0"], 0), (["cut-0"], 6)]
    paused_at(page, 13)
    assert value(page, "cut-0", "A") == f"{behaviour.run('cut-0').records[13]['train.A']:.2f}"


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("bad", "^Failed: The server sent records of the wrong size"),
        ("unknown", "^Failed: unknown is no key"),
    ],
)
def test_what_cannot_be_read_is_said(open_page, behaviour, key, sentence):
    page = open_page(key)
    wait_state(page, "failed")
    text_is(page, status_of(page, key), sentence)
    page.wait_for_timeout(700)
    assert len(behaviour.requests) == 1
