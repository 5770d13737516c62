"""The page "Lesson": the steps of a lesson, and the training of their runs."""

from collections.abc import Sequence
from functools import partial
from itertools import chain

import streamlit as st

from ammix_viz.lessons.lesson import Lesson, Step
from ammix_viz.lessons.library import Library, library
from ammix_viz.player.bundle import lesson_bundle, lesson_stylesheet
from ammix_viz.player.lesson_data import lesson_data
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui import notices
from ammix_viz.ui.address import base_path
from ammix_viz.ui.effort import UNASKED_SECONDS, agreed_to, seconds
from ammix_viz.ui.lab import can_train
from ammix_viz.ui.queue import ask_again, train_again
from ammix_viz.ui.session import session_id
from ammix_viz.ui.style import presenting
from ammix_viz.workers.pool import shared

STEP, CHOSEN, ASKED = "lesson_step", "chosen_lesson", "asked_step"

MOST_RUNS = 24
"""The most runs that are trained ahead, on points; a step's are in any case."""

_MOUNT = st.components.v2.component(
    "ammix_lesson", js=lesson_bundle(), css=lesson_stylesheet(), isolate_styles=False
)


def choose() -> tuple[Lesson, int]:
    """Return the lesson, and the number of the step that a person went to, or the URL asks for."""
    query, offered = st.query_params.to_dict(), library()
    if offered.problem:
        notices.warning(f"{offered.problem} The lesson that comes with the app is displayed.")
    lesson = next(iter(offered.lessons.values()))
    try:
        lesson = offered.named(query.get("lesson", st.session_state.get(CHOSEN, lesson.name)))
        number = lesson.number(query["step"]) if "step" in query else 0
    except ValueError as why:
        notices.warning(f"{why} The first step is displayed.")
        number = 1
    _offer(offered, lesson)
    asked = lesson.name, query.get("step")
    before = st.session_state.get(STEP, {}).get(lesson.name, 1)
    if st.session_state.get(ASKED) == asked:
        return lesson, before  # the URL that Streamlit knows stays when a person goes on
    st.session_state[ASKED] = asked
    return lesson, number or before


def _offer(offered: Library, lesson: Lesson) -> None:
    """Offer the lessons in the sidebar, if there are several."""
    st.session_state[CHOSEN] = lesson.name
    if len(offered.lessons) > 1:
        st.sidebar.radio(
            "Lesson",
            list(offered.lessons),
            format_func=lambda name: notices.plain(offered.lessons[name].title),
            key=CHOSEN,
            on_change=_turn_to,
        )


def _turn_to() -> None:
    """Open the chosen lesson, at the step that was on display in it last."""
    others = {n: text for n, text in st.query_params.to_dict().items() if n != "step"}
    st.query_params.from_dict(others | {"lesson": st.session_state[CHOSEN]})


def show(lesson: Lesson, number: int) -> None:
    """Show a lesson at a step, and train its runs: those of the step first.

    Training that takes minutes is asked about first, below the lesson.
    """
    above, below = st.container(), st.container(key="lesson_asks")
    with below:
        trains = _trains(lesson.steps[number - 1])
    with above:
        _show(lesson, number, trains)


def _show(lesson: Lesson, number: int, trains: bool) -> None:
    ready = _trained_first(lesson, number, trains)
    submit = partial(_submit, ready)
    try:
        for sentence in submit():
            notices.warning(sentence)
    except ValueError:
        ask_again(submit)
        ready = []
    base = base_path()
    data = lesson_data(lesson, number, ready)
    data |= {"lab": base, "base": base, "presented": presenting(), "untrained": not trains}
    result = _MOUNT(
        key=f"lesson-{lesson.name}",
        data=data,
        height="content",
        default={"step": number},
        on_step_change=lambda: None,
        on_restart_change=lambda: None,
    )
    if result.restart:
        train_again([run for run in ready if run.key in result.restart], _submit)
    steps = st.session_state.setdefault(STEP, {})
    if result.step != steps.setdefault(lesson.name, number):
        steps[lesson.name] = result.step
        st.rerun()


def _trains(step: Step) -> bool:
    """Return whether to train the runs of a step; if not, say why, or ask."""
    comparison = step.comparison
    return can_train(comparison) and agreed_to(comparison, comparison.recipes)


def _trained_first(lesson: Lesson, number: int, trains: bool) -> list[Recipe]:
    """Return the runs of a step, then those of the others, from the next one on, that are quick."""
    steps = [*lesson.steps[number - 1 :], *lesson.steps[: number - 1]]
    wanted = list(steps[0].comparison.recipes) if trains else []
    later = chain.from_iterable(step.comparison.recipes for step in steps[1:] if _is_quick(step))
    quick = {recipe.key: recipe for recipe in later}
    known = {recipe.key for recipe in wanted}
    ahead = [recipe for key, recipe in quick.items() if key not in known]
    return [*wanted, *ahead][: max(MOST_RUNS, len(wanted))]


def _is_quick(step: Step) -> bool:
    recipes = step.comparison.recipes
    return not recipes[0].on_images and seconds(recipes) <= UNASKED_SECONDS


def _submit(recipes: Sequence[Recipe], **options: bool) -> list[str]:
    return shared().submit(recipes, session=session_id(), keep=True, **options)
