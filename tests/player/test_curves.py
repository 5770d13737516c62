"""The player and the charts of the page: a line at the displayed epoch, and a press that seeks."""

import pytest
from support.player_browser import (
    paused_at,
    position,
    until,
    wait_frames,
    wait_state,
)

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

CHART = """
<div class="st-key-ammix-curves"><div class="js-plotly-plot" style="position: relative">
<svg width="300" height="120"><rect class="nsewdrag" x="40" y="10" width="190" height="90"
fill="transparent"/></svg></div></div>"""
LINE = "document.querySelector('.ammix-epoch-line')"
LEFT = f"({LINE} && new DOMMatrix(getComputedStyle({LINE}).transform).e)"


@pytest.fixture
def page(open_page):
    """Open a page with a chart of the 19 epochs, 10 pixels each."""
    page = open_page("full-0")
    wait_frames(page, 24)
    page.evaluate("html => document.body.insertAdjacentHTML('afterbegin', html)", CHART)
    return page


def test_a_line_marks_the_displayed_epoch_in_a_chart_that_came_later(page):
    paused_at(page, 12)  # epoch 8
    until(page, f"Math.abs({LEFT} - 120) < 0.2")
    page.keyboard.press("ArrowRight")
    until(page, f"Math.abs({LEFT} - 130) < 0.2")
    page.evaluate("window.leave()")
    until(page, f"{LINE} === null")


def test_a_press_in_a_chart_goes_there_and_stays_and_a_drag_goes_on(page):
    area = page.locator("rect.nsewdrag").bounding_box()
    page.mouse.move(area["x"] + 80, area["y"] + 40)
    page.mouse.down()
    wait_state(page, "paused")
    assert position(page) == pytest.approx(12, abs=0.11)
    page.mouse.move(area["x"] + 100, area["y"] + 40)
    until(
        page,
        "Math.abs(document.querySelector('[data-testid=player]').dataset.position - 14) < 0.11",
    )
    page.mouse.up()
    page.mouse.move(area["x"] + 20, area["y"] + 40)
    page.wait_for_timeout(100)
    assert position(page) == pytest.approx(14, abs=0.11)


def test_the_page_is_told_the_samples_and_the_epoch_at_which_playback_rests(page):
    paused_at(page, 12)
    until(page, "window.kept.at === 8")
    page.get_by_role("button", name="Test", exact=True).click()
    until(page, "window.kept.split === 'test'")
    page.keyboard.press("End")
    until(page, "window.kept.at === null")
