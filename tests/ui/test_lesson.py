"""The page of the lesson: which step it opens, and which runs it has trained."""

import pytest
from support.notices import texts
from support.page_scripts import FakePool

from ammix_viz.lessons.library import built_in


@pytest.fixture
def open_lesson(open_page):
    return lambda pool=None, **query: open_page(query, "lesson", pool)


def keys(recipes):
    return [recipe.key for recipe in recipes]


def test_the_runs_of_the_step_are_trained_first_and_go_on_without_the_page(open_lesson):
    page, pool = open_lesson(step="7")
    (asked, options) = pool.asked[0]
    seventh = keys(built_in().steps[6].comparison.recipes)
    everything = {key for step in built_in().steps for key in keys(step.comparison.recipes)}
    assert keys(asked)[: len(seventh)] == seventh
    assert set(keys(asked)) == everything
    assert options["keep"]
    assert texts(page.warning) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"step": "9"}, "step is 9; it must be a whole number from 1 to 8."),
        ({"step": "two"}, 'step is "two"; it must be a whole number from 1 to 8.'),
        ({"lesson": "../x"}, 'lesson is "../x"; it must be one of margins.'),
    ],
)
def test_a_step_or_lesson_that_is_not_there_is_said(open_lesson, query, sentence):
    page, pool = open_lesson(**query)
    assert texts(page.warning) == [f"{sentence} The first step is displayed."]
    first = keys(built_in().steps[0].comparison.recipes)
    assert keys(pool.asked[0][0])[: len(first)] == first


def test_a_full_queue_is_said_and_asked_again(open_lesson):
    pool = FakePool(error="256 runs wait.")
    page, _ = open_lesson(pool)
    assert texts(page.warning) == ["256 runs wait. This page asks again every few seconds."]
