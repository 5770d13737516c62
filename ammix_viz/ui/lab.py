"""The live lab's main area: notes and the player."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from ammix_viz.datasets import cifar10
from ammix_viz.datasets.table import DATASETS, dataset_problem
from ammix_viz.player.cards import heading_of, player_data
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui import notices
from ammix_viz.ui.cifar import offer
from ammix_viz.ui.keeping import KEEP
from ammix_viz.ui.player import Played, player
from ammix_viz.ui.queue import ask_again, train_again
from ammix_viz.ui.session import session_id
from ammix_viz.ui.setup import ARRIVALS, MOMENT, NOTES, REPLAY
from ammix_viz.workers.pool import shared


def can_train(comparison: Comparison) -> bool:
    """Return whether the runs can be trained here; if not, say why and what is missing."""
    recipe = comparison.shared
    if recipe.why_not_displayed:
        notices.error(recipe.why_not_displayed)
        return False
    stand_in = DATASETS[recipe.data].stand_in
    if stand_in and cifar10.problem():
        offer()
        if "data" in st.session_state:
            st.button("Use handwritten digits instead", on_click=_use, args=(stand_in,))
        return False
    panels = zip(comparison.variants, comparison.recipes, strict=True)
    on_all_data = [run for variant, run in panels if variant.method == comparison.methods[0]]
    why = next(filter(None, map(dataset_problem, on_all_data)), "")
    if why:
        notices.error(why)
    return not why


def _use(data: str) -> None:
    st.session_state["data"] = data


def show_heading(comparison: Comparison) -> None:
    """Show the question that the page answers."""
    st.markdown(f"#### {heading_of(comparison)}")


def show_notes(comparison: Comparison) -> None:
    """Say what is displayed in another way than the URL or the controls asked for."""
    panels, rest = len(comparison.variants), comparison.left_out
    cut = [f"The first {panels} panels of {panels + rest} are displayed."] if rest else []
    for sentence in [*st.session_state[NOTES], *cut]:
        notices.warning(sentence)


def show_player(comparison: Comparison) -> Played:
    """Train the comparison and show its panels."""
    recipes = comparison.recipes
    submit = partial(_submit, recipes, keep=st.session_state.get(KEEP, False))
    try:
        notes = submit()
    except ValueError:
        ask_again(submit)
        return Played()
    for sentence in notes:
        notices.warning(sentence)
    played = player(
        player_data(comparison),
        key="player",
        replay=st.session_state[REPLAY],
        moment=st.session_state[MOMENT],
        arrivals=st.session_state[ARRIVALS],
    )
    if played.restart:
        train_again([run for run in recipes if run.key in played.restart], _submit)
    return played


def _submit(recipes: Sequence[Recipe], **options: bool) -> list[str]:
    return shared().submit(recipes, session=session_id(), **options)
