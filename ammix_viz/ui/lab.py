"""The live lab's body: what was changed, and the player."""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from ammix_viz.datasets import cifar10
from ammix_viz.datasets.table import DATASETS, dataset_problem
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.presets import PRESETS, preset_of
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui.cifar import offer
from ammix_viz.ui.player import player
from ammix_viz.ui.setup import KEEP, NOTES, REPLAY
from ammix_viz.workers.pool import shared


def can_train(comparison: Comparison) -> bool:
    """Say whether there are data to train on; if not, what is missing and how to get it."""
    recipe = comparison.shared
    stand_in = DATASETS[recipe.data].stand_in
    if stand_in and cifar10.problem():
        offer()
        if "data" in st.session_state:
            st.button("Use digits instead", on_click=_use, args=(stand_in,))
        return False
    why = dataset_problem(recipe)
    if why:
        st.error(why)
    return not why


def _use(data: str) -> None:
    st.session_state["data"] = data


def cards_of(recipes: Iterable[Recipe]) -> list[dict[str, str]]:
    """Return what the player is told of each run."""
    return [
        {"key": r.key, "title": METHODS[r.method].title, "about": METHODS[r.method].about}
        for r in recipes
    ]


def show_player(
    comparison: Comparison, note: str, cards: Sequence[Mapping[str, str]] | None = None
) -> None:
    """Have the comparison trained and show it, a panel a method unless other cards are given."""
    pool, recipes = shared(), comparison.recipes
    try:
        notes = pool.submit(recipes, keep=st.session_state.get(KEEP, False))
    except ValueError as error:
        st.error(str(error))
        return
    for sentence in [*st.session_state[NOTES], *notes]:
        st.warning(sentence, icon=":material/info:")
    again = player(
        cards or cards_of(recipes), key="player", note=note, replay=st.session_state[REPLAY]
    )
    if again:
        asked = [recipe for recipe in recipes if recipe.key in again]
        pool.submit(asked, restart=True)
        st.rerun()


def note_on(comparison: Comparison, otherwise: str) -> str:
    """Return what the comparison's preset says, or something else where it is none."""
    name = preset_of(comparison)
    return PRESETS[name].note if name not in (None, "four") else otherwise
