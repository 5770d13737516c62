"""Playing: buttons, keys, scrubber and speed, and a player that is given other runs."""

import pytest
from support.player_browser import (
    PLAYER,
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


def test_plays_from_the_start_to_the_end_and_again(open_page):
    page = open_page("full-0", "full-1")
    wait_state(page, "live")
    first, painted = position(page), int(reading(page, "painted"))
    until(page, f"p => document.querySelector('{PLAYER}').dataset.position > p + 2", first)
    assert int(reading(page, "painted")) >= painted + 3
    wait_state(page, "ended")
    assert position(page) == 23
    assert reading(page, "frames") == "24"
    resting = reading(page, "painted")
    page.wait_for_timeout(300)
    assert reading(page, "painted") == resting
    page.keyboard.press("Space")
    wait_state(page, "live")
    assert position(page) < 12


def test_keys_move_by_records_and_leave_fields_alone(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    page.keyboard.press("Space")
    wait_state(page, "paused")
    page.keyboard.press("End")
    wait_state(page, "ended")
    assert position(page) == 23
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowLeft")
    wait_state(page, "paused")
    assert position(page) == 12
    page.keyboard.press("Home")
    page.wait_for_selector(f'{PLAYER}[data-position="0"]', state="attached")
    page.evaluate("elsewhere.hidden = false; elsewhere.focus()")
    page.keyboard.type("a b")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert page.locator("#elsewhere").input_value() == "a b"
    assert position(page) == 0
    assert reading(page, "state") == "paused"


def test_scrubber_is_dragged_and_says_the_epoch(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    page.keyboard.press("Space")
    box = page.locator(".ammix-track").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 12 / 23, middle, steps=3)
    page.mouse.up()
    until(page, f"Math.abs(document.querySelector('{PLAYER}').dataset.position - 12) < 0.1")
    scrubber = page.get_by_role("slider", name="Epoch")
    assert scrubber.get_attribute("aria-valuetext") == "epoch 8 of 19"
    assert page.get_by_test_id("epoch").inner_text() == "Displayed: epoch 8 of 19"
    assert scrubber.get_attribute("aria-valuenow") == "12"
    scrubber.focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.getAttribute('aria-valuenow') === '13'")
    for key, record in (("ArrowUp", 14), ("PageUp", 23), ("ArrowDown", 22), ("PageDown", 12)):
        page.keyboard.press(key)
        until(page, f"document.activeElement.getAttribute('aria-valuenow') === '{record}'")


def test_the_same_record_stands_in_all_panels(open_page, behaviour):
    page = open_page("full-0", "full-1", "full-2")
    wait_frames(page, 24)
    paused_at(page, 7)
    lams = {value(page, f"full-{i}", "lam") for i in range(3)}
    assert lams == {f"{behaviour.run('full-0').records[7]['lam']:.3f}"}


def test_a_click_on_the_scrubber_before_the_first_record_changes_nothing(open_page, behaviour):
    page = open_page("queue-0")
    text_is(page, status_of(page, "queue-0"), "^Number 3")
    page.get_by_test_id("scrubber").click()
    assert position(page) == 0
    behaviour.gate.set()
    wait_state(page, "ended")
    assert position(page) == 23


def test_other_runs_take_the_place_and_the_rest_is_left_alone(open_page, behaviour):
    page = open_page("full-0", "full-1")
    wait_frames(page, 24)
    page.keyboard.press("End")
    wait_state(page, "ended")
    kept = panel(page, "full-0").element_handle()
    page.evaluate("window.show({ runs: window.runs('full-0', 'queue-2') })")
    text_is(page, status_of(page, "queue-2"), "^Number 3 in the queue")
    assert "ammix-stale" in panel(page, "queue-2").get_attribute("class")
    assert panel(page, "full-0").element_handle().evaluate("(e, k) => e === k", kept)
    assert position(page) < 20
    behaviour.gate.set()
    wait_state(page, "live")
    until(page, "!document.querySelector('[data-key=queue-2]').matches('.ammix-stale')")
    assert [keys for keys, _ in behaviour.requests] == [["full-0", "full-1"], ["queue-2"]]
    assert page.locator("[data-testid=panel]").count() == 2


def test_the_same_runs_again_disturb_nothing_and_replay_starts_over(open_page, behaviour):
    page = open_page("full-0")
    wait_frames(page, 24)
    paused_at(page, 12)
    page.evaluate("window.show({ runs: window.runs('full-0') })")
    page.wait_for_timeout(150)
    assert (position(page), reading(page, "state")) == (12, "paused")
    page.evaluate("window.show({ runs: window.runs('full-0'), replay: 1 })")
    wait_state(page, "live")
    assert position(page) < 12
    assert len(behaviour.requests) == 1


def test_removal_ends_the_stream_and_the_player(open_page, behaviour):
    page = open_page("hold-0")
    wait_frames(page, 8)
    page.evaluate("window.leave()")
    assert page.locator(PLAYER).count() == 0
    page.keyboard.press("Space")
    page.wait_for_timeout(100)


def test_reduced_motion_shows_the_newest_record_at_rest(open_page):
    page = open_page("full-0", reduced_motion="reduce")
    wait_state(page, "ended")
    assert position(page) == 23
    painted = reading(page, "painted")
    page.wait_for_timeout(200)
    assert reading(page, "painted") == painted
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    wait_state(page, "live")
    until(page, f"document.querySelector('{PLAYER}').dataset.position >= 1")
    assert position(page) == int(position(page))
