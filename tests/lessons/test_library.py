"""The lesson that comes with the app."""

import pytest

from ammix_viz.lessons.library import built_in


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
