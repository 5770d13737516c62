"""Lessons in TOML: what they may have, and a sentence for what they may not."""

import pytest

from ammix_viz.lessons.lesson import Question
from ammix_viz.lessons.reader import MOST_BYTES, parse_lesson, read_lesson

STEP = """
[[step]]
title = "One"
text = "Two **words**."
link = "http://host:8501/?methods=ce,am_mixup&beta=0.5&view=both&hidden=1"
"""
HEAD = 'id = "mine"\ntitle = "My lesson"\n'
QUESTION = """
[step.question]
text = "Which?"
options = ["a", "b"]
answer = 2
why = "Because."
"""


def test_a_step_displays_what_its_link_does():
    lesson = parse_lesson(HEAD + STEP + QUESTION)
    (step,) = lesson.steps
    assert (lesson.name, lesson.title, step.title) == ("mine", "My lesson", "One")
    assert step.link == "methods=ce,am_mixup&beta=0.5&view=both&hidden=1"
    assert step.comparison.methods == ("ce", "am_mixup")
    assert step.comparison.shared.beta == 0.5
    assert (step.moment.choices, step.moment.hidden) == ({"view": "both"}, (1,))
    assert step.pictures == ("run",)
    assert step.question == Question("Which?", ("a", "b"), 1, "Because.")


def test_a_question_without_options_asks_for_a_class():
    text = QUESTION.replace('options = ["a", "b"]\n', "")
    (step,) = parse_lesson(HEAD + STEP + text).steps
    assert (step.question.options, step.question.answer) == ((), 2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id = ", "This is not TOML: Invalid value (at end of document)."),
        (STEP, "The lesson has no id."),
        (HEAD, "The lesson must have 1 to 40 steps, each after [[step]]."),
        (
            HEAD + 'colour = "red"\n' + STEP,
            'The lesson has "colour", which is unknown; it may have id, title, step.',
        ),
        (
            HEAD + STEP + 'exlain = ["A"]',
            'Step 1 has "exlain", which is unknown; it may have title, text, link, titles, '
            "pictures, classes, epoch, explain, question. Did you mean explain?",
        ),
        (
            HEAD + STEP.replace('"One"', "1"),
            "Step 1: title is 1; it must be a text of 1 to 200 characters.",
        ),
        (
            HEAD.replace("mine", "../mine") + STEP,
            'id is "../mine"; it must consist of letters, digits, - and _.',
        ),
        (
            HEAD + STEP.replace("beta=0.5", "beta=9"),
            "Step 1, link: beta is 9; it must be a number from 0 to 1.5.",
        ),
        (
            HEAD + STEP.replace("8501/?", "8501/sweep?"),
            "Step 1, link: The page sweep displays no runs side by side; give another link.",
        ),
        (
            HEAD + STEP.replace("methods=ce", "data=digits_coarse&methods=ce"),
            "Step 1, link: digits_coarse cannot be displayed there; it must be one of the live "
            "lab.",
        ),
        (
            HEAD + STEP.replace("beta=", "bta="),
            "Step 1, link: bta is no parameter of a link. Did you mean beta?",
        ),
        (
            HEAD + STEP.replace("8501/?", "8501/lesson?"),
            "Step 1, link: it is of a lesson; it must be one of the live lab.",
        ),
        (
            HEAD + STEP + 'pictures = ["film"]',
            'Step 1: pictures is "film"; it must be one of run, step, balance.',
        ),
        (
            HEAD + STEP + "classes = [1, 1]",
            "Step 1: classes must be two different classes, such as [0, 3].",
        ),
        (
            HEAD + STEP + 'titles = ["a", "b"]',
            "Step 1: titles has 2 texts; it must have one for each of the 1 panels.",
        ),
        (
            HEAD + STEP + "epoch = -1",
            "Step 1: epoch is -1; it must be a whole number from 0 to 100000.",
        ),
        (
            HEAD + STEP + QUESTION.replace("answer = 2", "answer = 3"),
            "The question of step 1: answer is 3; it must be a whole number from 1 to 2.",
        ),
        (
            HEAD + STEP + QUESTION.replace(', "b"', ""),
            "The question of step 1 has 1 options; it must have 2 to 8.",
        ),
        (
            HEAD + STEP + QUESTION.replace('why = "Because."', ""),
            "The question of step 1 has no why.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text, sentence):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        parse_lesson(text)
    assert str(error.value) == sentence


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "lesson.toml"
    with pytest.raises(ValueError, match=r"^lesson.toml: The file cannot be read: No such file"):
        read_lesson(path)
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"^lesson.toml: The file is not UTF-8 text.$"):
        read_lesson(path)
    path.write_text("#" * (MOST_BYTES + 1))
    with pytest.raises(ValueError, match=r"^lesson.toml: The file is longer than 200,000 bytes.$"):
        read_lesson(path)
