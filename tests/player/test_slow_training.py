"""Training whose records come slowly: what is left, and motion between records."""

import re

import pytest
from support.image_page import ImageBehaviour
from support.player_browser import run_script, status_of, text_is

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]


@pytest.fixture
def behaviour():
    return ImageBehaviour()


def test_slow_training_says_what_is_left_and_history_counts_for_nothing(open_page, behaviour):
    behaviour.records, behaviour.history, behaviour.pause = 120, 60, 0.6
    page = open_page("slow-0")
    status = status_of(page, "slow-0")
    text_is(page, status, r"^Trained to epoch \d+ of 115$")
    text_is(page, status, r"^Trained to epoch \d+ of 115, [234]0 s left$")
    epoch, left = map(int, re.findall(r"(\d+) (?:of|s)", status.inner_text()))
    assert left == pytest.approx((115 - epoch) * 0.6, abs=9)
    text_is(page, page.locator(".ammix-overall"), r"^Playing · 0\.[5-8] s per epoch$")


def test_slow_training_in_stages_says_what_is_left_of_the_stage(open_page, behaviour):
    behaviour.records, behaviour.history, behaviour.pause = 120, 20, 0.6
    page = open_page("slow-mixed-0")
    said = r"^Stage 2 of 2, fine: epoch \S+ of 105, [345]0 s left; the encoder is frozen$"
    text_is(page, status_of(page, "slow-mixed-0"), said)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (9, ""),
        (16, ", 20 s left"),
        (50, ", 50 s left"),
        (170, ", 3 min left"),
        (9000, ", 3 h left"),
    ],
)
def test_what_is_left_is_said_roughly(open_page, seconds, text):
    page = open_page("full-0")
    assert run_script(page, "leftText", f"() => leftText({seconds})") == text


def test_what_is_left_is_of_this_stage_and_unknown_at_its_start(open_page):
    page = open_page("full-0")
    script = """() => {
      const pace = new Pace();
      pace.note(0, 0, 1);
      for (let n = 1; n <= 10; n++) pace.note(3 * n, n, 1);
      const first = pace.until(20, 30);
      pace.note(33, 11, 2);
      const unknown = pace.until(20, 33);
      for (let n = 1; n <= 5; n++) pace.note(33 + 10 * n, 11 + n, 2);
      const second = pace.until(20, 83);
      pace.connect();
      return [first, unknown, second, pace.until(20, 84)].map((n) => Math.round(n));
    }"""
    assert run_script(page, "Pace", script) == [30, None, 40, None]


@pytest.mark.parametrize("gap", [1, 3, 20])
@pytest.mark.parametrize("following", [False, True])
def test_motion_is_spread_between_records_that_come_slowly(open_page, gap, following):
    page = open_page("full-0")
    script = f"""() => {{
      const timeline = new Timeline(false);
      timeline.setEnd(8, true, 0);
      timeline.following = {str(following).lower()};
      const [speeds, waits, rate] = [[], [], 60];
      for (let frame = 1, end = 8; frame < 20 * {gap} * rate; frame++) {{
        const [now, before] = [frame / rate, timeline.position];
        if (frame % ({gap} * rate) === 0) timeline.setEnd(++end, true, now);
        timeline.advance(1 / rate, now);
        speeds.push((timeline.position - before) * rate * {gap});
        waits.push(timeline.starved);
      }}
      const late = speeds.slice(6 * {gap} * rate);
      return {{
        slowest: Math.min(...late), fastest: Math.max(...late),
        starved: waits.slice(6 * {gap} * rate).includes(true),
      }};
    }}"""
    motion = run_script(page, "Timeline", script)
    assert motion["slowest"] > 0.5
    assert motion["fastest"] < 1.6
    assert not motion["starved"]


def test_whoever_asks_for_the_newest_record_of_slow_training_gets_there_soon(open_page):
    page = open_page("full-0")
    script = """() => {
      const timeline = new Timeline(false);
      for (let n = 0; n < 6; n++) timeline.setEnd(60 + n, true, 20 * n);
      timeline.follow(true);
      for (let frame = 1; frame <= 300; frame++) timeline.advance(1 / 60, 100 + frame / 60);
      return timeline.end - timeline.position;
    }"""
    assert run_script(page, "Timeline", script) < 2


def test_an_overdue_record_is_awaited_without_a_stop(open_page):
    page = open_page("full-0")
    script = """() => {
      const timeline = new Timeline(false);
      let now = 0;
      for (let end = 8; end < 20; end++) {
        timeline.setEnd(end, true, now);
        for (let frame = 0; frame < 180; frame++) timeline.advance(1 / 60, (now += 1 / 60));
      }
      for (let frame = 0; frame < 120; frame++) timeline.advance(1 / 60, (now += 1 / 60));
      const before = timeline.position;
      timeline.advance(1 / 60, now + 1 / 60);
      return [timeline.position - before > 0, timeline.position < timeline.end];
    }"""
    assert run_script(page, "Timeline", script) == [True, True]
