"""The gallery of presets: a picture, a title and what to watch, each."""

import streamlit as st

from ammix_viz.settings.presets import PICTURES, PRESETS
from ammix_viz.ui.setup import adopt_preset

COLUMNS = 4


def preset_button() -> None:
    """Show a button with the title of the chosen preset; it opens the gallery."""
    chosen = st.session_state["preset"]
    title = PRESETS[chosen].title if chosen else "Your settings"
    if st.button(
        f"Start from: {title}", width="stretch", icon=":material/grid_view:", key="open_gallery"
    ):
        _gallery()


@st.dialog("Start from", width="large")
def _gallery() -> None:
    names = list(PRESETS)
    for first in range(0, len(names), COLUMNS):
        for name, column in zip(names[first : first + COLUMNS], st.columns(COLUMNS), strict=False):
            with column:
                _card(name)


def _card(name: str) -> None:
    preset, image = PRESETS[name], PICTURES / f"{name}.webp"
    if image.exists():
        st.image(image, width="stretch")
    if st.button(
        preset.title,
        width="stretch",
        key=f"preset_{name}",
        on_click=adopt_preset,
        args=(name,),
    ):
        st.rerun()
    st.caption(preset.note)
