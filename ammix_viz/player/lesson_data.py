"""A lesson as the data that its page gives the browser."""

from typing import Any

from ammix_viz.lessons.lesson import PICTURES, Lesson, Step
from ammix_viz.metrics.table import METRICS
from ammix_viz.player.cards import cards_of, settings_text
from ammix_viz.player.metric_rows import metric_row

WORDS = {
    "lam": ("λ", "The share of the first sample in a mixed one."),
    "mix": ("Mixed feature", "Where a mixed sample lies between its parents."),
    "label": ("Label", "The weight of each class in the label of a mixed sample."),
    "margin": (
        "Margin",
        "The distance of a class centre to the nearest decision line.",
    ),
    "D_max": ("D_max", "The distance of the two features that are furthest apart."),
    "D_centroid": ("D_centroid", "The mean distance between class centres."),
}
"""Name and meaning of what can be explained and has no entry in the player's table of metrics."""


def lesson_data(lesson: Lesson) -> dict[str, Any]:
    """Return a lesson for `mountLesson`."""
    return {
        "name": lesson.name,
        "title": lesson.title,
        "steps": [step_data(step) for step in lesson.steps],
    }


def step_data(step: Step) -> dict[str, Any]:
    """Return a step for the browser, without the panels that its link hides."""
    question, cards = step.question, cards_of(step.comparison)
    runs = [cards[i] for i in step.displayed]
    if step.titles:
        runs = [card | {"title": title} for card, title in zip(runs, step.titles, strict=True)]
    return {
        "title": step.title,
        "text": step.text,
        "link": step.link,
        "runs": runs,
        "settings": settings_text(step.comparison),
        "metrics": [metric_row(n) for n in ("accuracy", *step.explain) if _has_row(n)],
        "moment": {"choices": dict(step.moment.choices), "at": step.moment.at},
        "pictures": list(step.pictures),
        "classes": list(step.classes),
        "epoch": step.epoch,
        "explain": [_explained(name) for name in step.explain],
        "question": question
        and {
            "text": question.text,
            "options": list(question.options),
            "answer": question.answer,
            "why": question.why,
        },
    }


PICTURE_NAMES = dict(PICTURES)
"""The words on the buttons that choose a picture."""


def _has_row(name: str) -> bool:
    return name in METRICS and not METRICS[name].per_class


def _explained(name: str) -> dict[str, str]:
    if name in WORDS:
        label, about = WORDS[name]
    else:
        label, about = name, METRICS[name].help
    return {"name": name, "label": label, "help": about}
