"""The player with runs on images: samples, and pictures of points."""

import pytest
from support.image_page import ESTIMATED, WHOLE, ImageBehaviour, hover, legend
from support.player_browser import panel, paused_at, pixel_of, text_is, until, value, wait_frames

from ammix_viz.player.metric_rows import metric_rows

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]


def approximate(card):
    """The measures of a panel that carry a ≈."""
    rows = card.locator(".ammix-measure:has(.ammix-approx:visible)")
    return [row.get_attribute("data-measure") for row in rows.all()]


@pytest.fixture
def behaviour():
    return ImageBehaviour()


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
