"""The page of the lesson: which step it opens, and which runs it has trained."""

from types import SimpleNamespace

import pytest
from support.notices import texts
from support.page_scripts import EmptyDisk, FakePool, press

from ammix_viz.lessons.library import built_in
from ammix_viz.lessons.reader import parse_lesson


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


SLOW = """
id = "slow"
title = "A lesson that takes time"
[[step]]
title = "Images"
text = "Digits."
link = "/?data=digits&methods=ce,am_mixup&epochs=2000"
[[step]]
title = "Points"
text = "The toy."
link = "/?methods=ce,am_mixup"
[[step]]
title = "More points"
text = "The toy for longer."
link = "/?methods=ce,mixup,manifold,am_mixup,ama,ama_mixup,supcon&epochs=2000"
"""


@pytest.fixture
def slow(tmp_path, monkeypatch):
    """A teacher's lesson with steps that train for minutes: the runs of each of its steps."""
    (tmp_path / "slow.toml").write_text(SLOW)
    monkeypatch.setenv("AMMIX_LESSON", str(tmp_path / "slow.toml"))
    return [keys(step.comparison.recipes) for step in parse_lesson(SLOW).steps]


def test_a_step_that_trains_for_minutes_asks_first_and_offers_nothing_less(open_lesson, slow):
    images, points, _ = slow
    page, pool = open_lesson(EmptyDisk(), step="1")
    said = page.markdown[0].value
    assert said.startswith("Training **2 runs** of 2000 epochs on Digits takes **about ")
    assert [button.label for button in page.button] == ["Train"]
    assert keys(pool.asked[-1][0]) == points  # and those of no step that takes minutes
    press(page, "Train")
    assert keys(pool.asked[-1][0]) == images + points
    assert list(page.button) == []


def test_the_built_in_lesson_trains_at_once(open_lesson):
    page, pool = open_lesson(EmptyDisk())
    first = keys(built_in().steps[0].comparison.recipes)
    assert keys(pool.asked[0][0])[: len(first)] == first
    assert list(page.button) == []


def test_a_step_whose_images_are_missing_says_so_and_trains_nothing_of_it(
    open_lesson, slow, tmp_path, monkeypatch
):
    text = SLOW.replace("data=digits&", "data=mini_cifar_lt&")
    (tmp_path / "slow.toml").write_text(text)
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path))
    page, pool = open_lesson(EmptyDisk(), step="1")
    assert [button.label for button in page.button] == ["Download CIFAR-10 (170 MB)"]
    assert keys(pool.asked[-1][0]) == slow[1]


@pytest.mark.parametrize(("step", "untrained"), [(1, True), (2, False), (3, True)])
def test_the_lesson_is_told_whether_the_runs_of_the_step_are_not_trained(
    open_lesson, slow, monkeypatch, step, untrained
):
    told = []

    def mount(data, **_):
        told.append(data["untrained"])
        return SimpleNamespace(step=step, restart=None)

    monkeypatch.setattr("ammix_viz.ui.lesson._MOUNT", mount)
    open_lesson(EmptyDisk(), step=str(step))
    assert told == [untrained]


def test_a_step_that_a_person_goes_to_counts_more_than_the_one_of_the_link(
    open_lesson, slow, monkeypatch
):
    gone_on = SimpleNamespace(step=3, restart=None)
    monkeypatch.setattr("ammix_viz.ui.lesson._MOUNT", lambda **_: gone_on)
    page, pool = open_lesson(EmptyDisk(), step="2")
    assert page.markdown[0].value.startswith("Training **7 runs** of 2000 epochs on Gaussian toy")
    assert keys(pool.asked[-1][0]) == slow[1]
