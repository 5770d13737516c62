"""The live lab: methods train side by side while you watch."""

import streamlit as st

from ammix_viz.ui.controls import draw_controls
from ammix_viz.ui.curves import show_curves
from ammix_viz.ui.editor import show_editor
from ammix_viz.ui.effort import agreed
from ammix_viz.ui.lab import can_train, note_on, show_notes, show_player
from ammix_viz.ui.setup import FINE_SETS, read_setup
from ammix_viz.ui.style import tighten

NOTES = {
    True: "Every panel trains on the same images and batches, from the same initial weights. Hover "
    "a point to see its image.",
    False: "Same points, initial weights and batches in every panel. The bar in each panel is the "
    "same distance.",
}

tighten()
comparison = read_setup(FINE_SETS)
st.markdown("#### How does mixing change the margins between classes?")
show_notes(comparison)
show_editor(comparison)
trains = can_train(comparison) and agreed(comparison)
if trains:
    played = show_player(comparison, note_on(comparison, NOTES[comparison.shared.on_images]))
draw_controls(FINE_SETS)
if trains:
    show_curves(comparison, played)
