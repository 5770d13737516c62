"""A lesson as the data that its page gives the browser."""

from collections.abc import Iterable
from typing import Any

from ammix_viz.lessons.lesson import PICTURES, Lesson, Step
from ammix_viz.metrics.table import METRICS
from ammix_viz.player.cards import cards_of, settings_text
from ammix_viz.player.metric_rows import metric_row
from ammix_viz.settings.recipe import Recipe

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


def lesson_data(lesson: Lesson, number: int, ready: Iterable[Recipe]) -> dict[str, Any]:
    """Return what `mountLesson` takes to show a lesson.

    Parameters
    ----------
    lesson : Lesson
        The lesson.
    number : int
        The step that is displayed first.
    ready : iterable of Recipe
        The runs that can be read now.
    """
    content = {
        "name": lesson.name,
        "title": lesson.title,
        "steps": [step_data(step) for step in lesson.steps],
    }
    keys = [recipe.key for recipe in ready]
    return {"lesson": content, "step": number, "ready": keys, "names": dict(PICTURES)}


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


def _has_row(name: str) -> bool:
    return name in METRICS and not METRICS[name].per_class


def _explained(name: str) -> dict[str, str]:
    if name in WORDS:
        label, about = WORDS[name]
    else:
        label, about = name, METRICS[name].help
    return {"name": name, "label": label, "help": about}
