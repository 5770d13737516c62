"""The lesson in the browser: steps, questions, and pictures that wait for an answer."""

import json
from pathlib import Path

import pytest
from support.mixed_runs import MixedBehaviour
from support.player_browser import (
    PLAYER,
    run_script,
    until,
    wait_state,
)

from ammix_viz.lessons.lesson import PICTURES
from ammix_viz.player.bundle import lesson_bundle, lesson_stylesheet
from ammix_viz.player.metric_rows import metric_row
from ammix_viz.ui import style

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

LESSON = "[data-testid=lesson]"
OPTION = ".ammix-lesson-option"
WHY = ".ammix-lesson-why"


@pytest.fixture
def behaviour():
    return MixedBehaviour()


def question(options=("a", "b"), answer=1):
    return {"text": "Which?", "options": list(options), "answer": answer, "why": "So **it** is."}


def step(key="full-0", asked=None, **given):
    usual = {
        "title": f"Title of {key}",
        "text": "One **two** <b>three</b>.\n\nFour.",
        "link": "methods=ce",
        "runs": [{"key": key, "title": key, "about": "", "data": "gaussian"}],
        "settings": "",
        "metrics": [metric_row("accuracy"), metric_row("U1")],
        "moment": {"choices": {}, "at": None},
        "pictures": ["run"],
        "classes": [],
        "epoch": None,
        "explain": [{"name": "U1", "label": "Neighbour uniformity U1", "help": "Help."}],
        "question": asked,
    }
    return usual | given


@pytest.fixture
def open_lesson(open_page):
    """Put up a lesson of some steps."""

    def open_it(*steps, number=1, ready=None, **options):
        page = open_page(**options)
        page.add_style_tag(content=lesson_stylesheet())
        keys = [run["key"] for each in steps for run in each["runs"]]
        data = {
            "lesson": {"name": "test", "title": "A lesson", "steps": list(steps)},
            "step": number,
            "ready": keys if ready is None else ready,
            "names": dict(PICTURES),
            "lab": "/",
        }
        script = f"""() => {{
          window.reported = [];
          document.querySelector("#here").innerHTML = "";
          window.data = {json.dumps(data)};
          const report = (name, value) => window.reported.push([name, value]);
          window.lesson = mountLesson(document.querySelector("#here"), window.data, {{ report }});
          return 1;
        }}"""
        run_script(page, "mountLesson", script, lesson_bundle)
        return page

    return open_it


def number(page):
    return page.locator(LESSON).get_attribute("data-step")


def test_steps_go_on_and_back_by_buttons_and_keys_and_end_at_the_last(open_lesson):
    page = open_lesson(step("full-0"), step("full-1"), step("full-2"))
    assert page.locator(LESSON).get_attribute("data-steps") == "3"
    page.get_by_role("button", name="Next", exact=True).click()
    assert (number(page), page.locator("h3").first.inner_text()) == ("2", "Title of full-1")
    for key, expected in [("ArrowRight", "3"), ("ArrowRight", "3"), ("PageUp", "2")]:
        page.keyboard.press(key)
        assert number(page) == expected
    page.get_by_role("button", name="Step 1: Title of full-0").click()
    assert number(page) == "1"
    assert page.get_by_role("button", name="Back", exact=True).is_disabled()
    page.locator(PLAYER).focus()
    page.keyboard.press("ArrowRight")  # the player's: one record on
    assert number(page) == "1"
    page.keyboard.press("PageDown")
    assert number(page) == "2"


def test_texts_have_bold_words_and_no_markup(open_lesson):
    page = open_lesson(step())
    text = page.locator(".ammix-lesson-text")
    assert text.locator("p").all_inner_texts() == ["One two <b>three</b>.", "Four."]
    assert text.locator("strong").all_inner_texts() == ["two"]
    assert text.locator("b").count() == 0


def test_the_picture_waits_for_an_answer_then_plays_and_says_why(open_lesson):
    page = open_lesson(step(asked=question()), step("full-1"))
    wait_state(page, "paused")
    assert page.locator(PLAYER).get_attribute("data-position") == "0"
    page.locator(OPTION).first.click()
    wait_state(page, "live")
    assert page.locator(WHY).inner_text() == ""
    page.evaluate("lesson.pictures.current.player.playback.seek(1000)")
    page.locator(WHY).filter(has_text="✗ Not quite. So it is.").wait_for()
    assert "ammix-lesson-right" in page.locator(OPTION).nth(1).get_attribute("class")
    assert page.locator(OPTION).first.is_disabled()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Back", exact=True).click()
    assert page.locator(WHY).inner_text() == "✗ Not quite. So it is."  # kept, and plays at once
    wait_state(page, "live", "ended")
    assert page.evaluate("[localStorage.length, Object.keys(sessionStorage)]") == [
        0,
        ["ammix-lesson-test"],
    ]


def test_without_motion_the_answer_comes_with_the_last_picture(open_lesson):
    page = open_lesson(step(asked=question()), reduced_motion="reduce")
    wait_state(page, "paused")
    page.locator(OPTION).nth(1).click()
    page.locator(WHY).filter(has_text="✓ Right. So it is.").wait_for()
    wait_state(page, "ended")


def test_a_class_is_picked_by_a_click_on_one_of_its_points(open_lesson):
    page = open_lesson(step(asked=question((), 2)))
    wait_state(page, "paused")
    page.locator(OPTION).nth(2).wait_for()
    place = page.evaluate("""() => {
      const { panel } = lesson.pictures.current;
      const { scene, canvas } = panel.features;
      const point = panel.lens.labels.lastIndexOf(2);
      const { left, top, width } = canvas.getBoundingClientRect();
      const unit = width / scene.side;
      return [left + scene.x[point] * unit, top + scene.y[point] * unit];
    }""")
    page.mouse.click(*place)
    assert page.locator(OPTION).nth(2).get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Show the answer").click()
    assert page.locator(WHY).inner_text() == "✓ Right. So it is."


def test_the_first_metric_is_explained_until_escape_and_again_by_its_button(open_lesson):
    page = open_lesson(step())
    wait_state(page, "live", "ended")
    button, formula = page.locator(".ammix-lesson-chip"), page.locator(".ammix-formula")
    assert (button.get_attribute("aria-pressed"), formula.is_visible()) == ("true", True)
    page.locator(PLAYER).focus()
    page.keyboard.press("Escape")
    assert (button.get_attribute("aria-pressed"), formula.is_visible()) == ("false", False)
    button.click()
    assert (button.get_attribute("aria-pressed"), formula.is_visible()) == ("true", True)


def test_a_step_whose_runs_are_not_submitted_asks_for_them_and_waits(open_lesson):
    page = open_lesson(step("full-0"), step("full-1"), ready=["full-0"])
    wait_state(page, "live", "ended")
    page.get_by_role("button", name="Next", exact=True).click()
    assert page.evaluate("reported") == [["step", 2]]
    assert page.locator(PLAYER).count() == 0
    page.evaluate('lesson.update({ ...data, ready: ["full-0", "full-1"] })')
    wait_state(page, "live", "ended")


def test_a_step_is_told_to_a_page_that_does_not_train_the_runs_of_another(open_lesson):
    page = open_lesson(step("full-0"), step("full-1"), ready=["full-0"])
    page.get_by_role("button", name="Next", exact=True).click()
    page.evaluate('lesson.update({ ...data, step: 2, ready: ["full-0"], untrained: true })')
    page.get_by_role("button", name="Back", exact=True).click()
    assert page.evaluate("reported") == [["step", 2], ["step", 2], ["step", 1]]


def test_the_whole_lesson_is_saved_as_a_file_or_the_page_says_why_not(open_lesson):
    page = open_lesson(step(), step("full-1"), number=2)
    asked = []
    answers = [{"body": "<!doctype html>"}, {"status": 409, "json": {"error": "Not finished."}}]
    page.route(
        "**/replay?*",
        lambda route: (asked.append(route.request.url), route.fulfill(**answers[len(asked) - 1])),
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Save lesson").click()
    assert download.value.suggested_filename == "test.html"
    assert "lesson=test" in asked[0]
    page.get_by_role("button", name="Save lesson").click()
    page.get_by_text("Not finished.").wait_for()


def test_a_presented_step_with_four_runs_fits_a_projector_in_large_words(open_lesson):
    runs = [{"key": f"full-{i}", "title": f"Method {i}, even pairs", "about": ""} for i in range(4)]
    words = " ".join(["wordy"] * 48)  # in a wide font
    given = {"runs": runs, "text": words, "explain": []}
    page = open_lesson(step(asked=question(["a choice"] * 3), **given))
    page.set_viewport_size({"width": 1280, "height": 720})
    page.add_style_tag(content=Path(style.__file__).with_name("presenting.css").read_text("utf-8"))
    page.evaluate("document.body.className = 'stApp'")
    page.locator("#here").evaluate("(here) => (here.className = 'stMainBlockContainer')")
    page.evaluate("document.body.style.padding = 0")
    wait_state(page, "paused")
    size = "(element) => parseFloat(getComputedStyle(element).fontSize)"
    for part in (
        ".ammix-lesson-text p",
        OPTION,
        ".ammix-title",
        ".ammix-epoch",
        ".ammix-classes li",
    ):
        assert page.locator(part).first.evaluate(size) >= 20
    until(page, f"() => document.querySelector('{LESSON}').getBoundingClientRect().bottom <= 720")
    assert page.locator(".ammix-canvas").first.bounding_box()["width"] >= 100
