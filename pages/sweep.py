"""Sweep: vary two settings together, one heatmap per method."""

import streamlit as st

from ammix_viz.ui.style import tighten
from ammix_viz.ui.sweep import choose, show, show_command

tighten()
st.markdown("#### Which settings does each method work with?")
chosen = choose()
if chosen:
    show(*chosen)
    show_command(*chosen)
