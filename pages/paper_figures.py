"""Paper figures: the papers' figures over seeds, with what they claim and whether it holds."""

import streamlit as st

from ammix_viz.ui.paper import choose, show
from ammix_viz.ui.style import tighten

tighten()
st.markdown("#### Does it reproduce?")
study, seeds = choose()
st.markdown(f"**{study.title}.** {study.about}")
show(study, seeds)
