"""Sweep: two settings against each other, a heatmap a method."""

import streamlit as st

from ammix_viz.ui.style import tighten
from ammix_viz.ui.sweep import choose, show, show_command

tighten()
st.markdown("#### Where does a method work?")
chosen = choose()
if chosen:
    show(*chosen)
    show_command(*chosen)
