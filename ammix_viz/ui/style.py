"""Page style that Streamlit's theme has no setting for, and the style for projectors."""

from functools import cache
from pathlib import Path

import streamlit as st

from ammix_viz.player.bundle import presenting_bundle

PRESENT = "present"
"""The parameter of the URL that hides all but the page, and enlarges its words, where it is 1."""

TIGHT = (
    ".stMainBlockContainer{padding:1.6rem 1.5rem 2rem}"
    ".stApp:has([data-testid=stExpandSidebarButton]) .stMainBlockContainer"
    "{padding-top:3.75rem}"  # there Streamlit's button for the sidebar lies over the page
    "[data-testid=stSidebarUserContent]{padding-top:0.5rem}"
    "[data-testid=stSidebarHeader]{height:2.5rem}"
)


_LEAVE_BY_KEY = st.components.v2.component(
    "ammix_presenting", js=presenting_bundle(), isolate_styles=False
)


def tighten() -> None:
    """Reduce the padding around the page, so that the panels are larger; present it if asked to."""
    st.html(f"<style>{TIGHT}{_for_projectors() if presenting() else ''}</style>")
    if presenting():
        st.button(
            "Leave presenting",
            key="leave_presenting",
            icon=":material/close_fullscreen:",
            help="Leave presenting (Esc)",
            on_click=_leave,
        )
        _LEAVE_BY_KEY(key="leave_by_key")


def presenting() -> bool:
    """Return whether the page is presented."""
    return st.query_params.get(PRESENT) == "1"


def _leave() -> None:
    del st.query_params[PRESENT]


@cache
def _for_projectors() -> str:
    return (Path(__file__).parent / "presenting.css").read_text("utf-8")
