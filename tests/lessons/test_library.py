"""The lesson that comes with the app."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from ammix_viz.lessons.library import Library, built_in, library
from ammix_viz.settings.fixed import read_fixed


def test_it_has_eight_short_steps_with_a_question_each():
    steps = built_in().steps
    assert len(steps) == 8
    assert all(len(step.text.replace("**", "").split()) <= 60 for step in steps)
    assert all(step.question for step in steps)


def test_all_its_runs_are_quick():
    recipes = {run.key: run for step in built_in().steps for run in step.comparison.recipes}
    assert all(run.data == "gaussian" and run.epochs == 100 for run in recipes.values())
    assert len(recipes) <= 16


@pytest.mark.parametrize("text", ["0", "9", "-1", "x", "1.5", "", "²"])
def test_a_step_that_is_not_there_is_a_sentence(text):
    with pytest.raises(ValueError, match="it must be a whole number from 1 to 8"):
        built_in().number(text)


def test_a_step_has_a_number_from_1():
    assert built_in().number("8") == 8


MINE = """
id = "mine"
title = "My class"
[[step]]
title = "One"
text = "Two words."
link = "/?methods=ce&fixed=lr"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder where the app is started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AMMIX_LESSON", raising=False)
    return tmp_path


def test_without_a_teachers_file_there_is_the_one_lesson(folder):
    assert library() == Library({"margins": built_in()})


def test_a_teachers_file_is_found_beside_the_app_or_where_the_environment_says(folder, monkeypatch):
    (folder / "lesson.toml").write_text(MINE)
    assert list(library().lessons) == ["mine", "margins"]
    assert library().named("mine").title == "My class"
    (folder / "other.toml").write_text(MINE.replace("mine", "other"))
    monkeypatch.setenv("AMMIX_LESSON", str(folder / "other.toml"))
    assert list(library().lessons) == ["other", "margins"]


def test_a_changed_file_is_read_again(folder):
    file = folder / "lesson.toml"
    file.write_text(MINE)
    library()
    file.write_text(MINE.replace("My class", "My other class"))
    assert library().named("mine").title == "My other class"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (MINE.replace('"mine"', '"margins"'), "lesson.toml: id is margins, as that of the lesson"),
        (MINE.replace("lr", "lrr"), 'lesson.toml: Step 1, link: fixed is "lrr"; it must be one of'),
        (MINE.replace("title", "tilte"), 'lesson.toml: The lesson has "tilte", which is unknown;'),
    ],
)
def test_what_is_wrong_with_the_file_is_a_sentence_and_the_lesson_of_the_app_is_there(
    folder, content, sentence
):
    (folder / "lesson.toml").write_text(content)
    assert list(library().lessons) == ["margins"]
    assert library().problem.startswith(sentence)


def test_a_file_that_is_not_there_is_said(folder, monkeypatch):
    monkeypatch.setenv("AMMIX_LESSON", str(folder / "none.toml"))
    assert library().problem.startswith("none.toml: The file cannot be read: No such file or")


def test_a_lesson_that_is_not_offered_is_a_sentence(folder):
    with pytest.raises(ValueError, match=r'^lesson is "margin"; it must be one of margins\.'):
        library().named("margin")


def test_the_example_of_a_teachers_file_has_short_steps_whose_links_fix_settings(monkeypatch):
    monkeypatch.setenv("AMMIX_LESSON", str(Path(__file__).parents[2] / "docs" / "lesson.toml"))
    assert library().problem == ""
    steps = library().named("exercises").steps
    assert len(steps) == 5
    for step in steps:
        assert len(step.text.replace("**", "").split()) <= 60
        assert step.question
        assert read_fixed(dict(parse_qsl(step.link)))[0].has("lr")
