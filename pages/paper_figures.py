"""Paper figures: the papers' figures over several seeds, and a test of their claims."""

import streamlit as st

from ammix_viz.ui.paper import choose, show
from ammix_viz.ui.style import tighten

tighten()
st.markdown("#### Do the papers' results reproduce?")
study, seeds = choose()
st.markdown(f"**{study.title}.** {study.about}")
show(study, seeds)
