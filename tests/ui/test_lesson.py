"""The page of lessons: which lesson it displays, which step, and what it says about bad ones."""

import pytest
from support.notices import texts
from support.page_scripts import open_page_fixture, query_of  # noqa: F401

from ammix_viz.lessons.library import built_in

MINE = """
id = "mine"
title = "My *class*"
[[step]]
title = "One"
text = "Two words."
link = "/?methods=ce"
[[step]]
title = "Two"
text = "Three words, here."
link = "/?methods=mixup"
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A teacher's file."""
    file = tmp_path / "lesson.toml"
    file.write_text(MINE)
    monkeypatch.setenv("AMMIX_LESSON", str(file))
    return file


def first_run(pool):
    return pool.asked[-1][0][0]


def test_a_teachers_lesson_is_displayed_first_and_the_other_can_be_chosen(open_page, mine):
    page, pool = open_page({"step": "2"}, "lesson")
    assert first_run(pool).method == "mixup"
    choice = page.sidebar.radio[0]
    assert (choice.options[0], choice.value) == (r"My \*class\*", "mine")
    choice.set_value("margins").run()
    assert query_of(page) == {"lesson": "margins"}
    assert first_run(pool) == built_in().steps[0].comparison.recipes[0]
    page.run()
    assert not page.exception


def test_a_file_with_a_mistake_is_said_and_the_lesson_of_the_app_displayed(open_page, mine):
    mine.write_text(MINE.replace("[[step]]", "[[steps]]", 1))
    page, pool = open_page({}, "lesson")
    assert texts(page.warning) == [
        'lesson.toml: The lesson has "steps", which is unknown; it may have id, title, step. '
        "Did you mean step? The lesson that comes with the app is displayed."
    ]
    assert first_run(pool) == built_in().steps[0].comparison.recipes[0]
    assert not page.sidebar.radio


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            {"lesson": "mien"},
            'lesson is "mien"; it must be one of mine, margins. Did you mean mine?',
        ),
        ({"lesson": "mine", "step": "3"}, "step is 3; it must be a whole number from 1 to 2."),
    ],
)
def test_a_lesson_or_a_step_that_is_not_there_is_said(open_page, mine, query, sentence):
    page, pool = open_page(query, "lesson")
    assert texts(page.warning) == [f"{sentence} The first step is displayed."]
    assert first_run(pool).method == "ce"
