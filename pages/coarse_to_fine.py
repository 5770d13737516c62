"""Coarse to fine: separate fine classes with features learned from coarse labels."""

import streamlit as st

from ammix_viz.ui.coarse import show_both, show_table
from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.effort import agreed
from ammix_viz.ui.lab import can_train, show_notes
from ammix_viz.ui.setup import COARSE_SETS, read_setup
from ammix_viz.ui.style import tighten

NOTE = (
    "First an encoder is trained on the coarse classes (top row). It is then frozen, and a "
    "classifier is trained on its features to separate the fine classes (bottom row)."
)

tighten()
comparison = read_setup(COARSE_SETS)
st.markdown("#### Can features learned from coarse classes separate fine ones?")
show_notes(comparison)
if can_train(comparison) and agreed(comparison):
    show_both(comparison, NOTE)
    show_table(comparison)
draw_controls(COARSE_SETS)
