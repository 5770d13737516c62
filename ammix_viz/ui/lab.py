"""The live lab's body: what was changed, and the player."""

import streamlit as st

from ammix_viz.comparison import Comparison
from ammix_viz.methods import METHODS
from ammix_viz.player.mount import player
from ammix_viz.presets import PRESETS, preset_of
from ammix_viz.ui.controls import KEEP
from ammix_viz.ui.setup import NOTES, REPLAY
from ammix_viz.workers import shared


def show_player(comparison: Comparison, note: str) -> None:
    """Have the comparison trained and show it."""
    pool, recipes = shared(), comparison.recipes
    try:
        notes = pool.submit(recipes, keep=st.session_state.get(KEEP, False))
    except ValueError as error:
        st.error(str(error))
        return
    for sentence in [*st.session_state[NOTES], *notes]:
        st.warning(sentence, icon=":material/info:")
    cards = [
        {"key": r.key, "title": METHODS[r.method].title, "about": METHODS[r.method].about}
        for r in recipes
    ]
    again = player(cards, key="player", note=note, replay=st.session_state[REPLAY])
    if again:
        asked = [recipe for recipe in recipes if recipe.key in again]
        pool.submit(asked, restart=True)
        st.rerun()


def note_on(comparison: Comparison, otherwise: str) -> str:
    """Return what the comparison's preset says, or something else where it is none."""
    name = preset_of(comparison)
    return PRESETS[name].note if name not in (None, "four") else otherwise
