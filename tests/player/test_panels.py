"""What a panel tells: numbers, names, points under the pointer, at any width."""

import re

import pytest
from support.player_browser import (
    hash_of,
    panel,
    paused_at,
    pixel_of,
    status_of,
    text_is,
    until,
    value,
    wait_frames,
    wait_state,
)

pytestmark = pytest.mark.filterwarnings("ignore")
browser_test = pytest.mark.browser


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
def test_a_metric_that_an_older_run_lacks_is_a_dash(open_page):
    page = open_page("full-0", "older-1")
    wait_frames(page, 24)
    wait_state(page, "ended")
    text_is(page, panel(page, "older-1").locator("[data-measure=A]"), r"\d\.\d\d")
    assert value(page, "older-1", "margin_balance") == "–"
    assert value(page, "full-0", "margin_balance") == "0.180"


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
