"""The live lab: methods train side by side while you watch."""

import streamlit as st

from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.curves import show_curves
from ammix_viz.ui.lab import note_on, show_player
from ammix_viz.ui.setup import read_setup
from ammix_viz.ui.style import tighten

LOOK_AT = (
    "Same points, same start, same batches in every panel. Watch the scale of the axes, and how "
    "much room the rarest class is left."
)

tighten()
comparison = read_setup()
st.markdown("#### How does mixing shape the margins between classes?")
show_player(comparison, note_on(comparison, LOOK_AT))
draw_controls()
show_curves(comparison)
