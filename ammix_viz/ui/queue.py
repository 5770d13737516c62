"""Runs that the job queue refuses: the page says why, and asks again until they are accepted."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui import notices
from ammix_viz.ui.pacing import update_pause
from ammix_viz.workers.run_state import remove_without_parts

PAUSE_SECONDS = 3.0


def ask_again(submit: Callable[[], object]) -> None:
    """Submit refused runs every few seconds; rerun the page when they are accepted.

    Parameters
    ----------
    submit : callable
        Submits the runs; raises ValueError if the queue refuses them.
    """
    st.fragment(_submit, run_every=update_pause(PAUSE_SECONDS))(submit)


def train_again(recipes: Sequence[Recipe], submit: Callable[..., object]) -> None:
    """Train stopped runs again, and those without mixed rows, as soon as the queue accepts them.

    Parameters
    ----------
    recipes : sequence of Recipe
        The runs.
    submit : callable
        Submits runs; takes `restart`, whether to train stopped ones again.
    """
    for recipe in recipes:
        remove_without_parts(recipe.key)
    ask_again(partial(submit, recipes, restart=True))


def _submit(submit: Callable[[], object]) -> None:
    try:
        submit()
    except ValueError as why:
        refused(why)
    else:
        st.rerun()


def refused(why: ValueError) -> None:
    """Say why runs were refused, on a page that asks again by itself."""
    notices.warning(f"{why} This page asks again every few seconds.")
