"""The player with runs on images: samples, pictures of points, slow training, coarse classes."""

import re
from pathlib import Path

import pytest
from support.player_browser import (
    PLAYER,
    corners,
    last_of_first_stage,
    panel,
    paused_at,
    pixel_of,
    run_script,
    status_of,
    text_is,
    until,
    value,
    wait_frames,
)
from support.player_page import Behaviour

from ammix_viz.player.metric_rows import metric_rows
from ammix_viz.ui import style

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

WHOLE, ESTIMATED = 9, 10
VIEWS = ("fine", "coarse")
COARSE = {"class_names": ["Upper", "Lower"], "of": [0, 0, 1, 1]}


class ImageBehaviour(Behaviour):
    """Runs on images: 5,000 and 1,000 points a class, of which the drawn ones are a sample."""

    def kind(self, key):
        points = len(self.counts)
        totals = {"train": [5000] * points, "test": [1000] * points}
        word = "mixed" if "mixed" in key else key.split("-")[0]
        extras = {"totals": totals, "full_evals": [0, WHOLE, 23], "images": [8, 8]}
        if word == "sampled":
            extras["full_evals"] = [0, ESTIMATED, 23]
        if word == "all":
            extras["totals"] = {"train": list(self.counts), "test": [self.test] * points}
        if word in ("mixed", "contrastive", "slow"):
            extras["coarse"] = COARSE
        stages = {"mixed": ("coarse", "fine"), "contrastive": ("encoder", "classifier")}
        return stages.get(word, ("training",)), extras


@pytest.fixture
def behaviour():
    return ImageBehaviour()


def look(page, key, view="fine"):
    return page.locator(f'[data-testid=panel][data-key="{key}"][data-view={view}]')


def approximate(card):
    """The measures of a panel that carry a ≈."""
    rows = card.locator(".ammix-measure:has(.ammix-approx:visible)")
    return [row.get_attribute("data-measure") for row in rows.all()]


def legend(page):
    groups = page.locator(".ammix-group").all()
    texts = [group.locator("li").all_inner_texts() for group in groups]
    return [[text.replace("\n", " ") for text in group] for group in texts]


def colours(card):
    """The colours of the bars, one a class."""
    fills = card.locator(".ammix-bar-fill")
    return fills.evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")


def test_estimates_are_marked_and_say_from_how_many_points(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    paused_at(page, WHOLE)
    card = panel(page, "full-0")
    assert approximate(card) == []
    assert card.locator(".ammix-approx:visible").count() == 0
    paused_at(page, ESTIMATED)
    until(page, "document.querySelector('.ammix-approx').checkVisibility()")
    # The classes are equally large here, so that balanced accuracy is accuracy and is left out.
    measured = [row["name"] for row in metric_rows() if row["perSplit"]]
    assert approximate(card) == [name for name in measured if name != "balanced_accuracy"]
    assert card.locator(".ammix-bar-text .ammix-approx:visible").count() == 4
    said = card.locator("[data-measure=A] dd").get_attribute("title")
    assert said == "Estimated from the 107 of 20,000 samples that are displayed"
    page.get_by_role("button", name="Test", exact=True).click()
    until(
        page,
        "document.querySelector('[data-measure=A] dd').title"
        " === 'Estimated from the 40 of 4,000 samples that are displayed'",
    )


def test_nothing_is_an_estimate_where_all_points_are_drawn(open_page):
    page = open_page("all-0")
    wait_frames(page, 24)
    paused_at(page, ESTIMATED)
    assert value(page, "all-0", "A") == "1.06"
    assert approximate(panel(page, "all-0")) == []
    assert legend(page) == [["Class 0 60", "Class 1 30", "Class 2 12", "Class 3 5"]]


def test_the_legend_says_how_many_points_of_the_split_are_drawn(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    assert legend(page)[0][0] == "Class 0 60 of 5,000"
    assert legend(page)[0][3] == "Class 3 5 of 5,000"
    page.get_by_role("button", name="Test", exact=True).click()
    text_is(page, page.locator(".ammix-classes li").first, r"^Class 010 of 1,000 \(5,000\)$")


def hover(page, behaviour, key, record, point):
    wait_frames(page, 24)
    paused_at(page, record)
    page.mouse.move(*pixel_of(page, behaviour, key, record, point))


def test_a_point_shows_its_image_once_and_keeps_it(open_page, behaviour):
    page = open_page("full-0")
    hover(page, behaviour, "full-0", 20, 75)
    image = page.locator(".ammix-tooltip img")
    image.wait_for()
    [(key, point)] = behaviour.images
    label = behaviour.run("full-0").header["labels"][point]
    assert key == "full-0"
    assert f"Class {label}" in image.get_attribute("alt")
    assert image.bounding_box()["width"] == image.bounding_box()["height"] == 96
    assert image.evaluate("e => getComputedStyle(e).imageRendering") == "pixelated"
    image.evaluate(
        """(element) => {
          window.changes = [];
          const note = (all) => window.changes.push(...all.map((one) => one.attributeName));
          new MutationObserver(note).observe(element, { attributes: true });
          window.kept = element;
        }"""
    )
    page.keyboard.press("Space")
    page.wait_for_timeout(400)
    assert image.evaluate("e => e === window.kept")
    assert page.evaluate("window.changes") == []
    assert len(behaviour.images) == 1


def test_the_tooltip_has_its_size_before_the_image_comes(open_page, behaviour):
    page = open_page("late-0")
    hover(page, behaviour, "late-0", 20, 75)
    tooltip = page.get_by_role("tooltip")
    assert page.locator(".ammix-image-box").bounding_box()["height"] == 96
    before = tooltip.bounding_box()
    page.wait_for_timeout(300)
    assert len(behaviour.images) == 1
    assert not page.locator(".ammix-tooltip img").is_visible()
    behaviour.gate.set()
    page.locator(".ammix-tooltip img").wait_for()
    assert tooltip.bounding_box() == before


def test_sweeping_over_points_asks_for_no_images(open_page, behaviour):
    page = open_page("full-0")
    hover(page, behaviour, "full-0", 20, 75)
    page.locator(".ammix-tooltip img").wait_for()
    known = len(behaviour.images)
    page.evaluate(
        """async () => {
          const canvas = document.querySelector("canvas");
          const { left, top, width, height } = canvas.getBoundingClientRect();
          const move = (share) => canvas.dispatchEvent(new PointerEvent("pointermove", {
            clientX: left + share * width, clientY: top + share * height, bubbles: true,
          }));
          for (let i = 0; i < 40; i++) {
            move(0.1 + 0.8 * i / 40);
            await new Promise((go) => setTimeout(go, 4));
          }
          canvas.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
        }"""
    )
    page.wait_for_timeout(200)
    assert len(behaviour.images) <= known + 1


def test_an_image_that_cannot_be_had_leaves_no_gap(open_page, behaviour):
    page = open_page("blind-0")
    hover(page, behaviour, "blind-0", 20, 75)
    page.locator(".ammix-image-box").wait_for(state="hidden")
    assert len(behaviour.images) == 1
    assert "training sample" in page.get_by_role("tooltip").inner_text()


def test_a_tap_shows_the_image_too(open_page, behaviour):
    page = open_page("full-0", has_touch=True)
    wait_frames(page, 24)
    paused_at(page, 20)
    page.touchscreen.tap(*pixel_of(page, behaviour, "full-0", 20, 75))
    page.locator(".ammix-tooltip img").wait_for()


def test_images_may_come_from_elsewhere(open_page, behaviour):
    page = open_page("full-0")
    wait_frames(page, 24)
    page.evaluate(
        """async () => {
          window.leave();
          const { default: component } = await import("/bundle.js");
          const image = (key, point) => `/image?run=mine-${key}&point=${point}`;
          const runs = window.runs("full-0");
          const moment = { choices: { split: "train", axes: "shared" } };
          const data = { runs, metrics: window.metrics, moment, arrivals: 1 };
          component.mount(document.querySelector("#here"), data, { image });
        }"""
    )
    hover(page, behaviour, "full-0", 20, 75)
    page.locator(".ammix-tooltip img").wait_for()
    assert behaviour.images[0][0] == "mine-full-0"


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


def test_a_coarse_view_shows_coarse_classes_from_their_own_classifier(open_page, behaviour):
    page = open_page("mixed-0:coarse", "mixed-0")
    wait_frames(page, 24)
    last = last_of_first_stage(behaviour, "mixed-0")
    paused_at(page, last)
    coarse, fine = look(page, "mixed-0", "coarse"), look(page, "mixed-0")
    record = behaviour.run("mixed-0").records[last]
    accuracy = coarse.locator("[data-measure=accuracy] .ammix-value")
    assert accuracy.inner_text() == f"{record['coarse.train.accuracy']:.1f} %"
    assert fine.locator("[data-measure=accuracy] .ammix-value").inner_text() == "–"
    assert coarse.locator(".ammix-bar-number").all_inner_texts() == ["95", "75"]
    upper_left, upper_right, lower_left, lower_right = map(str, corners(coarse))
    assert (upper_left, lower_left) == (upper_right, lower_right)
    assert upper_left != lower_left
    assert len(set(corners(fine))) == 1
    assert "Upper, Lower" in coarse.locator("canvas").get_attribute("aria-label")
    paused_at(page, last + 1)
    assert len(set(corners(fine))) == 4
    assert len(behaviour.requests) == 1
    assert behaviour.requests[0][0] == ["mixed-0"]


def test_a_point_of_a_coarse_view_is_named_by_its_coarse_class(open_page, behaviour):
    page = open_page("mixed-0:coarse")
    hover(page, behaviour, "mixed-0", 20, 75)
    tooltip = page.get_by_role("tooltip").inner_text()
    assert re.search("(Upper|Lower)", tooltip)
    assert "Class" not in tooltip


def test_one_colour_has_one_meaning_and_the_legend_tells_both(open_page):
    page = open_page("mixed-0:coarse", "mixed-0")
    wait_frames(page, 24)
    paused_at(page, 20)
    both = colours(look(page, "mixed-0", "coarse")) + colours(look(page, "mixed-0"))
    assert len(both) == len(set(both)) == 6
    assert page.locator(".ammix-group-name").all_inner_texts() == ["coarse", "fine"]
    names = [[text.split(" ")[0] for text in group] for group in legend(page)]
    assert names[0] == ["Upper", "Lower"]
    first = page.locator(".ammix-classes li").first
    assert first.get_attribute("title") == "Upper: 90 of 10,000 training samples"
    page.evaluate("window.show({ runs: window.runs('mixed-0') })")
    until(page, "document.querySelectorAll('.ammix-group').length === 1")
    assert page.locator(".ammix-group-name").all_inner_texts() == ["Training"]


def test_presented_coarse_and_fine_classes_fit_a_projector_in_large_words(open_page):
    runs = [f"mixed-{number}" for number in range(4)]
    page = open_page(*(f"{run}:coarse" for run in runs), *runs)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.add_style_tag(content=Path(style.__file__).with_name("presenting.css").read_text("utf-8"))
    page.evaluate("document.body.className = 'stApp'")
    wait_frames(page, 24)
    heading = 44  # of the page, above the player
    until(page, f"() => document.querySelector('{PLAYER}').offsetHeight <= {720 - heading}")
    for part in (".ammix-title", ".ammix-classes li", ".ammix-epoch"):
        assert (
            page.locator(part).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 20
        )
    pictures = [canvas.bounding_box() for canvas in page.locator(".ammix-canvas").all()]
    assert len({box["y"] for box in pictures}) == 2
    assert min(box["width"] for box in pictures) >= 150
    for row in page.locator(".ammix-measure:visible").all():
        assert row.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_both_views_of_a_run_have_one_range_of_their_own(open_page, behaviour):
    behaviour.history, behaviour.pause = 6, 0.1
    page = open_page("slow-0:coarse", "full-5")
    page.get_by_role("button", name="Per panel").click()
    wait_frames(page, 24)
    page.evaluate("window.show({ runs: window.runs('slow-0:coarse', 'full-5', 'slow-0') })")
    until(page, "document.querySelectorAll('[data-testid=panel]').length === 3")
    page.wait_for_timeout(900)
    axes = [
        look(page, *which)
        .locator(".ammix-plot > [aria-hidden]")
        .evaluate_all("all => all.map(e => e.innerHTML).join()")
        for which in (("slow-0", "coarse"), ("slow-0",), ("full-5",))
    ]
    assert axes[0] == axes[1] != axes[2]


def test_an_update_keeps_each_view_of_a_run_in_its_panel(open_page, behaviour):
    page = open_page("mixed-0:coarse", "mixed-0")
    wait_frames(page, 24)
    paused_at(page, 20)
    kept = look(page, "mixed-0").element_handle()
    page.evaluate("window.show({ runs: window.runs('mixed-0', 'mixed-0:coarse') })")
    views = "[...document.querySelectorAll('[data-testid=panel]')].map(e => e.dataset.view).join()"
    until(page, f"{views} === 'fine,coarse'")
    assert look(page, "mixed-0").element_handle().evaluate("(e, k) => e === k", kept)
    assert look(page, "mixed-0").locator(".ammix-bar").count() == 4
    assert look(page, "mixed-0", "coarse").locator(".ammix-bar").count() == 2
    page.evaluate("window.show({ runs: window.runs('mixed-0:coarse') })")
    until(page, f"{views} === 'coarse'")
    assert len(behaviour.requests) == 1


def test_stages_of_coarse_to_fine_are_told_and_marked_once(open_page, behaviour):
    page = open_page("mixed-0:coarse", "mixed-0", "mixed-1")
    wait_frames(page, 24)
    last = last_of_first_stage(behaviour, "mixed-0")
    paused_at(page, last)
    fine, coarse = (look(page, "mixed-0", v).locator(".ammix-status-text") for v in VIEWS)
    untrained = "the fine classifier is not trained yet"
    text_is(page, fine, f"^Stage 1 of 2, coarse: epoch 10 of 10; {untrained}$")
    text_is(page, coarse, "^Stage 1 of 2, coarse: epoch 10 of 10$")
    paused_at(page, last + 5)
    text_is(page, fine, "^Stage 2 of 2, fine: epoch 5 of 9; the encoder is frozen$")
    frozen = "encoder and coarse classifier are frozen"
    text_is(page, coarse, f"^Stage 2 of 2, fine: epoch 5 of 9; {frozen}$")
    assert page.locator(".ammix-part").all_inner_texts() == ["coarse", "fine"]
    assert page.get_by_test_id("epoch").inner_text().lower() == "fine: epoch 5 of 9"


def test_an_encoder_has_no_coarse_classifier_either(open_page, behaviour):
    page = open_page("contrastive-0:coarse", "contrastive-0")
    wait_frames(page, 24)
    last = last_of_first_stage(behaviour, "contrastive-0")
    paused_at(page, last)
    for view in VIEWS:
        status = look(page, "contrastive-0", view).locator(".ammix-status-text")
        text_is(page, status, "the classifier is not trained yet$")
        assert len(set(corners(look(page, "contrastive-0", view)))) == 1
    paused_at(page, last + 1)
    for view in VIEWS:
        assert len(set(corners(look(page, "contrastive-0", view)))) > 1


@pytest.mark.parametrize("width", [340, 390, 700, 1000, 1440])
def test_ten_classes_fit_at_any_width(open_page, behaviour, width):
    behaviour.counts = (20,) * 10
    page = open_page("full-0", "full-1", "full-2", "full-3")
    page.set_viewport_size({"width": width, "height": 844})
    wait_frames(page, 24)
    paused_at(page, ESTIMATED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    overlaps = page.evaluate(
        """(selectors) => selectors.flatMap((selector) => {
          const all = [...document.querySelectorAll(selector)];
          const boxes = all.map((element) => element.getBoundingClientRect());
          return boxes.filter((a, i) => boxes.some((b, j) => i < j && a.width && b.width
            && a.left < b.right - 1 && b.left < a.right - 1
            && a.top < b.bottom - 1 && b.top < a.bottom - 1));
        }).length""",
        [".ammix-bar-text", ".ammix-classes li", ".ammix-head > *", ".ammix-measure > *"],
    )
    assert overlaps == 0
