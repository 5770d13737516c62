import re

import pytest
from support.player_browser import (  # noqa: F401
    PLAYER,
    POSITION,
    browser_fixture,
    corners,
    hash_of,
    last_of_first_stage,
    open_page_fixture,
    panel,
    paused_at,
    pixel_of,
    position,
    reading,
    status_of,
    text_is,
    until,
    value,
    wait_frames,
    wait_state,
)
from support.player_page import Behaviour

from ammix_viz.player.bundle import (
    EDITOR_MODULES,
    FOLDER,
    LESSON_MODULES,
    MODULES,
    PRESENTING_MODULES,
    REPLAY_MODULES,
    bundle,
    replay_bundle,
    stylesheet,
)


def test_bundle_has_one_export_and_no_import():
    lines = bundle().splitlines()
    assert [line for line in lines if line.startswith("import")] == []
    exports = [line for line in lines if line.startswith("export")]
    assert len(exports) == 1
    assert exports[0].startswith("export default ")


def test_bundle_joins_every_module_without_two_of_a_name():
    assert {
        path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.js")
    } == {*MODULES, *LESSON_MODULES, *REPLAY_MODULES, *EDITOR_MODULES, *PRESENTING_MODULES}
    pattern = r"^(?:export default )?(?:async )?(?:function|class|const|let)\s+(\w+)"
    names = re.findall(pattern, replay_bundle("mountLesson"), re.MULTILINE)
    assert len(names) > 60
    assert len(names) == len(set(names))


def test_every_css_class_has_the_prefix():
    css = re.sub(r"#[0-9a-f]+|[\d.]+(px|s|em|ch)|(?<=\d)\.\d+", "", stylesheet())
    assert {
        name for name in re.findall(r"\.([a-z][\w-]*)", css) if not name.startswith("ammix-")
    } == set()


@pytest.fixture
def behaviour():
    return Behaviour()


pytestmark = pytest.mark.filterwarnings("ignore")
browser_test = pytest.mark.browser


@browser_test
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


@browser_test
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


@browser_test
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


@browser_test
def test_numbers_are_those_of_the_record_shown(open_page, behaviour):
    page = open_page("full-0", "full-1", "full-2", "fail-9")
    wait_frames(page, 24)
    paused_at(page, 9)
    for key in ("full-0", "full-1", "full-2"):
        record = behaviour.run(key).records[9]
        assert value(page, key, "accuracy") == f"{record['train.accuracy']:.1f} %"
        assert value(page, key, "A") == f"{record['train.A']:.2f}"
        for name, field in (("U", "train.U"), ("U1", "train.U1"), ("lam", "lam")):
            assert value(page, key, name) == f"{record[field]:.3f}"
        assert value(page, key, "D_relative") == f"{record['train.D_relative']:.3f}"
    bars = panel(page, "full-0").locator(".ammix-bar-text").all_inner_texts()
    assert bars == ["90", "60", "30", "10"]


@browser_test
def test_metrics_have_names_and_say_which_way_is_better_without_a_hover(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    terms = panel(page, "full-0").locator("dt .ammix-name").all_inner_texts()
    assert terms[:4] == ["Accuracy", "Balanced accuracy", "Alignment", "Uniformity"]
    assert panel(page, "full-0").get_by_label("higher is better").count() == 6
    assert panel(page, "full-0").locator("[data-measure=A] .ammix-arrow").count() == 0
    words = page.locator(".ammix-key").inner_text().split("\n")
    assert words == ["↑ higher is better", "show what it measures"]


@browser_test
def test_small_panels_have_letters_and_one_key_to_them(open_page):
    page = open_page(*[f"full-{i}" for i in range(5)])
    wait_frames(page, 24)
    row = panel(page, "full-0").locator("[data-measure=U1] dt")
    assert re.sub(r"\s", "", row.inner_text()) == "U1↑"
    assert panel(page, "full-0").locator(".ammix-about").is_visible()
    assert re.sub(r"\s+", " ", page.locator(".ammix-key").inner_text()) == (
        "A alignment U uniformity U1 neighbour uniformity Drelative relative distance "
        "λ mixing share ↑ higher is better show what it measures"
    )


@browser_test
def test_a_class_of_which_nothing_is_classified_correctly_is_named_lost(open_page):
    page = open_page("full-0", "lost-1")
    wait_frames(page, 24)
    lost = "[data-measure=accuracy] .ammix-lost"
    text_is(page, panel(page, "lost-1").locator(lost), "^1 class lost$")
    assert panel(page, "full-0").locator(lost).is_hidden()
    assert panel(page, "lost-1").locator(".ammix-bar-lost").count() == 1


@browser_test
def test_balanced_accuracy_appears_only_where_it_differs_from_accuracy(open_page, behaviour):
    page = open_page("full-0")
    wait_frames(page, 24)
    paused_at(page, 9)
    expected = behaviour.run("full-0").records[9]["train.balanced_accuracy"]
    assert value(page, "full-0", "balanced_accuracy") == f"{expected:.1f} %"
    page.get_by_role("button", name="Test", exact=True).click()
    panel(page, "full-0").locator("[data-measure=balanced_accuracy]").wait_for(state="hidden")


@browser_test
def test_test_points_and_their_numbers_at_a_click(open_page, behaviour):
    page = open_page("full-0", "full-1")
    wait_frames(page, 24)
    paused_at(page, 20)
    before = hash_of(page, "full-1")
    page.get_by_role("button", name="Test", exact=True).click()
    record = behaviour.run("full-1").records[20]
    until(
        page,
        "t => document.querySelector('[data-key=full-1] [data-measure=A] .ammix-value')"
        ".textContent === t",
        f"{record['test.A']:.2f}",
    )
    assert hash_of(page, "full-1") != before
    page.get_by_role("button", name="Train", exact=True).click()
    until(
        page,
        "t => document.querySelector('[data-key=full-1] [data-measure=A] .ammix-value')"
        ".textContent === t",
        f"{record['train.A']:.2f}",
    )
    assert hash_of(page, "full-1") == before


@browser_test
def test_a_range_for_each_panel_enlarges_the_smaller_run_and_has_a_bar_for_the_scale(open_page):
    page = open_page("full-0", "full-5")
    wait_frames(page, 24)
    paused_at(page, 20)
    assert page.locator(".ammix-scale:visible").count() == 0
    ticks = panel(page, "full-0").locator(".ammix-ticks-x")
    others = panel(page, "full-5").locator(".ammix-ticks-x")
    assert ticks.inner_html() == others.inner_html()
    page.get_by_role("button", name="Per panel").click()
    until(
        page,
        "([a, b]) => a.innerHTML !== b.innerHTML",
        [ticks.element_handle(), others.element_handle()],
    )
    bars = [panel(page, key).locator(".ammix-scale") for key in ("full-0", "full-5")]
    assert bars[0].inner_text() == bars[1].inner_text() == "5"
    # As long as five units of the ticks in its panel.
    for bar, axis in zip(bars, (ticks, others), strict=True):
        unit = axis.evaluate(
            "e => { const [a, b] = [...e.children].slice(-2);"
            "const text = (s) => Number(s.textContent.replace('−', '-'));"
            "return (parseFloat(b.style.left) - parseFloat(a.style.left)) / (text(b) - text(a)); }"
        )
        width = bar.locator("span").first.evaluate("e => parseFloat(e.style.width)")
        assert width == pytest.approx(5 * unit, rel=0.01)


@browser_test
@pytest.mark.parametrize("point", [0, 75, 106])
def test_hovering_a_point_names_its_class_in_all_panels(open_page, behaviour, point):
    page = open_page("full-0", "full-1")
    wait_frames(page, 24)
    paused_at(page, 20)
    before = hash_of(page, "full-1")
    label = behaviour.run("full-0").header["labels"][point]
    page.mouse.move(*pixel_of(page, behaviour, "full-0", 20, point))
    tooltip = page.get_by_role("tooltip")
    tooltip.wait_for()
    assert f"Class {label}" in tooltip.inner_text()
    assert "training sample" in tooltip.inner_text()
    until(
        page,
        "([e, h]) => e.getContext('2d').getImageData(0, 0, e.width, e.height).data"
        ".reduce((sum, v) => (sum * 31 + v) | 0, 7) !== h",
        [panel(page, "full-1").locator("canvas").element_handle(), before],
    )
    page.mouse.move(2, 2)
    tooltip.wait_for(state="hidden")


@browser_test
def test_hovering_a_place_tells_who_wins_there(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    paused_at(page, 20)
    box = panel(page, "full-0").locator("canvas").bounding_box()
    corners = {(0.03, 0.03): 0, (0.97, 0.03): 1, (0.97, 0.97): 2, (0.03, 0.97): 3}
    for (across, down), label in corners.items():
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        text = page.get_by_role("tooltip").inner_text()
        assert f"Predicted here: Class {label}" in text
        assert re.search(r"Confidence (9\d(\.\d)?|100\.0) %", text)


@browser_test
def test_the_same_record_stands_in_all_panels(open_page, behaviour):
    page = open_page("full-0", "full-1", "full-2")
    wait_frames(page, 24)
    paused_at(page, 7)
    lams = {value(page, f"full-{i}", "lam") for i in range(3)}
    assert lams == {f"{behaviour.run('full-0').records[7]['lam']:.3f}"}


@browser_test
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


@browser_test
def test_a_metric_that_an_older_run_lacks_is_a_dash(open_page):
    page = open_page("full-0", "older-1")
    wait_frames(page, 24)
    wait_state(page, "ended")
    text_is(page, panel(page, "older-1").locator("[data-measure=A]"), r"\d\.\d\d")
    assert value(page, "older-1", "margin_balance") == "–"
    assert value(page, "full-0", "margin_balance") == "0.180"


@browser_test
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


@browser_test
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


@browser_test
def test_a_queued_run_says_so_and_joins_later(open_page, behaviour):
    page = open_page("queue-0")
    text_is(page, status_of(page, "queue-0"), "^Number 3 in the queue, about 20 s$")
    assert reading(page, "state") == "waiting"
    assert reading(page, "frames") == "0"
    behaviour.gate.set()
    wait_state(page, "live")
    text_is(page, status_of(page, "queue-0"), "^Trained to epoch")


@browser_test
def test_a_failed_run_holds_its_last_record_while_others_go_on(open_page):
    page = open_page("full-0", "fail-1")
    wait_frames(page, 24)
    page.keyboard.press("End")
    wait_state(page, "ended")
    status = status_of(page, "fail-1")
    text_is(page, status, "^Failed: Features were no longer finite at step 176; try a smaller lr.")
    text_is(page, status, "The panel stays at its last snapshot, epoch 7.$")


@browser_test
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


@browser_test
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


@browser_test
def test_others_do_not_wait_for_a_run_of_two_stages(open_page, behaviour):
    page = open_page("full-0", "stagedhold-1")
    wait_frames(page, 24)
    page.keyboard.press("End")
    page.wait_for_function(f"{POSITION} >= 22.9")
    text_is(page, status_of(page, "stagedhold-1"), "^Stage 1 of 2, encoder")
    behaviour.gate.set()
    wait_state(page, "ended")
    text_is(page, status_of(page, "stagedhold-1"), "^Stage 2 of 2, classifier")


@browser_test
def test_only_failed_runs_is_failed_and_shows_no_nan(open_page):
    page = open_page("empty-0")
    wait_state(page, "failed")
    text_is(page, status_of(page, "empty-0"), "The first step was not finite")
    assert "NaN" not in page.inner_text("body")


@browser_test
def test_a_stopped_run_can_be_asked_for_again(open_page):
    page = open_page("stop-0")
    text_is(page, status_of(page, "stop-0"), "^Stopped: The worker died.")
    page.get_by_role("button", name="Restart").click()
    assert page.evaluate("window.asked") == [["restart", ["stop-0"]]]


@browser_test
def test_restart_pressed_twice_asks_once_and_shows_the_run_again(open_page, behaviour):
    page = open_page("stop-0")
    text_is(page, status_of(page, "stop-0"), "^Stopped: The worker died.")
    restart = page.get_by_role("button", name="Restart")
    restart.evaluate("button => { button.click(); button.click(); }")
    assert page.evaluate("window.asked") == [["restart", ["stop-0"]]]
    text_is(page, status_of(page, "stop-0"), "^Connecting…")
    text_is(page, status_of(page, "stop-0"), "^Stopped: The worker died.")
    assert len(behaviour.requests) == 2


@browser_test
def test_a_click_on_the_scrubber_before_the_first_record_changes_nothing(open_page, behaviour):
    page = open_page("queue-0")
    text_is(page, status_of(page, "queue-0"), "^Number 3")
    page.get_by_test_id("scrubber").click()
    assert position(page) == 0
    behaviour.gate.set()
    wait_state(page, "ended")
    assert position(page) == 23


@browser_test
def test_a_cut_stream_is_taken_up_where_it_was_left(open_page, behaviour):
    page = open_page("cut-0")
    text_is(page, page.locator(".ammix-overall"), "Connection lost, trying again…")
    behaviour.gate.set()
    wait_frames(page, 24)
    assert behaviour.requests == [(["cut-0"], 0), (["cut-0"], 6)]
    paused_at(page, 13)
    assert value(page, "cut-0", "A") == f"{behaviour.run('cut-0').records[13]['train.A']:.2f}"


@browser_test
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


@browser_test
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


@browser_test
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


@browser_test
def test_removal_ends_the_stream_and_the_player(open_page, behaviour):
    page = open_page("hold-0")
    wait_frames(page, 8)
    page.evaluate("window.leave()")
    assert page.locator(PLAYER).count() == 0
    page.keyboard.press("Space")
    page.wait_for_timeout(100)


@browser_test
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


@browser_test
@pytest.mark.parametrize(("width", "columns"), [(340, 4), (390, 4), (700, 2), (1000, 4), (1800, 4)])
def test_nothing_is_cut_or_overlaps_at_any_width(open_page, width, columns):
    page = open_page("full-0", "full-1", "fail-2", "stop-3")
    page.set_viewport_size({"width": width, "height": 900})
    wait_frames(page, 24)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    lefts = page.eval_on_selector_all(
        "canvas", "all => all.map(c => c.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == columns
    cut = page.evaluate(
        "[...document.querySelectorAll('.ammix-player :is(h3, p, dt, dd, button, span, li, dl)')]"
        ".filter(e => getComputedStyle(e).display !== 'inline')"
        ".filter(e => e.scrollWidth > e.clientWidth + 1)"
        ".map(e => e.outerHTML)"
    )
    assert cut == []


@browser_test
def test_the_legend_gives_the_fewest_and_the_most_samples_where_panels_differ(open_page, behaviour):
    behaviour.run("full-0")
    behaviour.counts = (60, 20, 12, 1)
    page = open_page("full-0", "full-1")
    wait_frames(page, 24)
    page.get_by_role("button", name="Train", exact=True).click()
    classes = page.locator(".ammix-classes li")
    text_is(page, classes.nth(0), r"^Class 060$")
    text_is(page, classes.nth(1), r"^Class 120 to 30$")
    text_is(page, classes.nth(3), r"^Class 31 to 5$")
    page.get_by_role("button", name="Test", exact=True).click()
    text_is(page, classes.nth(1), r"^Class 110 \(20 to 30\)$")
    assert (
        classes.nth(1).get_attribute("title")
        == "Class 1: 10 test samples, 20 to 30 training samples"
    )


def test_a_picture_of_other_data_is_not_left_under_the_new_legend(open_page, behaviour):
    page = open_page("full-0")
    wait_frames(page, 24)
    page.evaluate("window.show({ runs: window.runs('queue-1') })")
    text_is(page, status_of(page, "queue-1"), "^Number 3 in the queue")
    assert panel(page, "queue-1").locator("canvas").is_visible()  # the same data: it is dimmed
    others = "window.runs('queue-2').map((run) => ({ ...run, data: 'rings' }))"
    page.evaluate(f"window.show({{ runs: {others} }})")
    text_is(page, status_of(page, "queue-2"), "^Number 3 in the queue")
    until(page, "!document.querySelector('canvas').checkVisibility({ visibilityProperty: true })")
    assert page.locator(".ammix-classes li").count() == 0
    behaviour.gate.set()
    page.locator("canvas").wait_for()
    assert page.locator(".ammix-classes li").count() == 4


@browser_test
def test_on_a_phone_panels_are_picked_by_name_or_swiped(open_page):
    page = open_page("full-0", "full-1", "full-2")
    page.set_viewport_size({"width": 390, "height": 844})
    wait_frames(page, 24)
    pressed = page.locator(".ammix-pick[aria-pressed=true]")
    text_is(page, pressed, "full-0")
    page.get_by_role("button", name="Method full-2").click()
    text_is(page, pressed, "full-2")
    left = "document.querySelector('[data-key=full-{}]').getBoundingClientRect().left"
    until(page, f"{left.format(2)} < 60")
    page.locator(".ammix-panels").evaluate("row => row.scrollTo({ left: 0 })")
    text_is(page, pressed, "full-0")
    until(page, f"{left.format(0)} < 60")
