"""The live lab: methods train side by side while you watch."""

import streamlit as st

from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.curves import show_curves
from ammix_viz.ui.lab import can_train, note_on, show_player
from ammix_viz.ui.setup import FINE_SETS, read_setup
from ammix_viz.ui.style import tighten

LOOK_AT = {
    True: "Same images, same start, same batches in every panel. Hover a point to see its image.",
    False: "Same points, same start, same batches in every panel. Watch the scale of the axes, and "
    "how much of the plane the rarest class keeps.",
}

tighten()
comparison = read_setup(FINE_SETS)
st.markdown("#### How does mixing shape the margins between classes?")
trains = can_train(comparison)
if trains:
    show_player(comparison, note_on(comparison, LOOK_AT[comparison.shared.on_images]))
draw_controls(FINE_SETS)
if trains:
    show_curves(comparison)
