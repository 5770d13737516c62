"""Runs with coarse and fine classes: a panel for each, stages, and both on a projector."""

import re
from pathlib import Path

import pytest
from support.image_page import ImageBehaviour, hover, legend, panel_of
from support.player_browser import (
    PLAYER,
    corners,
    last_of_first_stage,
    paused_at,
    text_is,
    until,
    wait_frames,
)

from ammix_viz.ui import style

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

VIEWS = ("fine", "coarse")
HEADING = 44
"""Pixels of the page's heading above the player, presented."""


def colours(card):
    """The colours of the bars, one a class."""
    fills = card.locator(".ammix-bar-fill")
    return fills.evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")


@pytest.fixture
def behaviour():
    return ImageBehaviour()


def test_a_coarse_view_shows_coarse_classes_from_their_own_classifier(open_page, behaviour):
    page = open_page("mixed-0:coarse", "mixed-0")
    wait_frames(page, 24)
    last = last_of_first_stage(behaviour, "mixed-0")
    paused_at(page, last)
    coarse, fine = panel_of(page, "mixed-0", "coarse"), panel_of(page, "mixed-0")
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
    both = colours(panel_of(page, "mixed-0", "coarse")) + colours(panel_of(page, "mixed-0"))
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
    height = f"document.querySelector('{PLAYER}').offsetHeight"
    until(page, f"() => {height} <= {720 - HEADING}")
    for part in (".ammix-title", ".ammix-classes li", ".ammix-epoch"):
        assert (
            page.locator(part).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 20
        )
    pictures = [canvas.bounding_box() for canvas in page.locator(".ammix-canvas").all()]
    assert len({box["y"] for box in pictures}) == 2
    assert min(box["width"] for box in pictures) >= 150
    rows = page.locator(".ammix-measure:visible").all()
    assert len(rows) == 2 * len(pictures)  # accuracy and A
    assert all(row.evaluate("e => e.scrollWidth <= e.clientWidth") for row in rows)
    bar = page.locator(".ammix-scrubber").bounding_box()
    for stage in page.locator(".ammix-part").all():
        box = stage.bounding_box()
        assert box["y"] + stage.evaluate("e => e.scrollHeight") <= bar["y"] + bar["height"]


def test_both_views_of_a_run_have_one_range_of_their_own(open_page, behaviour):
    behaviour.history, behaviour.pause = 6, 0.1
    page = open_page("slow-0:coarse", "full-5")
    page.get_by_role("button", name="Per panel").click()
    wait_frames(page, 24)
    page.evaluate("window.show({ runs: window.runs('slow-0:coarse', 'full-5', 'slow-0') })")
    until(page, "document.querySelectorAll('[data-testid=panel]').length === 3")
    page.wait_for_timeout(900)
    axes = [
        panel_of(page, *which)
        .locator(".ammix-plot > [aria-hidden]")
        .evaluate_all("all => all.map(e => e.innerHTML).join()")
        for which in (("slow-0", "coarse"), ("slow-0",), ("full-5",))
    ]
    assert axes[0] == axes[1] != axes[2]


def test_an_update_keeps_each_view_of_a_run_in_its_panel(open_page, behaviour):
    page = open_page("mixed-0:coarse", "mixed-0")
    wait_frames(page, 24)
    paused_at(page, 20)
    kept = panel_of(page, "mixed-0").element_handle()
    page.evaluate("window.show({ runs: window.runs('mixed-0', 'mixed-0:coarse') })")
    views = "[...document.querySelectorAll('[data-testid=panel]')].map(e => e.dataset.view).join()"
    until(page, f"{views} === 'fine,coarse'")
    assert panel_of(page, "mixed-0").element_handle().evaluate("(e, k) => e === k", kept)
    assert panel_of(page, "mixed-0").locator(".ammix-bar").count() == 4
    assert panel_of(page, "mixed-0", "coarse").locator(".ammix-bar").count() == 2
    page.evaluate("window.show({ runs: window.runs('mixed-0:coarse') })")
    until(page, f"{views} === 'coarse'")
    assert len(behaviour.requests) == 1


def test_stages_of_coarse_to_fine_are_told_and_marked_once(open_page, behaviour):
    page = open_page("mixed-0:coarse", "mixed-0", "mixed-1")
    wait_frames(page, 24)
    last = last_of_first_stage(behaviour, "mixed-0")
    paused_at(page, last)
    fine, coarse = (panel_of(page, "mixed-0", v).locator(".ammix-status-text") for v in VIEWS)
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
        status = panel_of(page, "contrastive-0", view).locator(".ammix-status-text")
        text_is(page, status, "the classifier is not trained yet$")
        assert len(set(corners(panel_of(page, "contrastive-0", view)))) == 1
    paused_at(page, last + 1)
    for view in VIEWS:
        assert len(set(corners(panel_of(page, "contrastive-0", view)))) > 1
