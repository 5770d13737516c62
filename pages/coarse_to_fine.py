"""Coarse to fine: what is left of classes that an encoder was never told of."""

import streamlit as st

from ammix_viz.ui.coarse import cards_of_both, show_table
from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.lab import can_train, show_player
from ammix_viz.ui.setup import COARSE_SETS, read_setup
from ammix_viz.ui.style import tighten

LOOK_AT = (
    "The encoder learns the coarse classes (above) and is frozen; then a classifier learns the "
    "fine ones on the same features (below)."
)

tighten()
comparison = read_setup(COARSE_SETS)
st.markdown("#### What is left of the fine classes?")
if can_train(comparison):
    show_player(comparison, LOOK_AT, cards_of_both(comparison.recipes))
    show_table(comparison)
draw_controls(COARSE_SETS)
