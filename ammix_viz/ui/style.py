"""Page style that Streamlit's theme has no setting for."""

import streamlit as st


def tighten() -> None:
    """Reduce the padding around the page, so that the panels are larger."""
    st.html(
        "<style>.stMainBlockContainer{padding:1.6rem 1.5rem 2rem}"
        ".stApp:has([data-testid=stExpandSidebarButton]) .stMainBlockContainer"
        "{padding-top:3.75rem}"  # there Streamlit's button for the sidebar lies over the page
        "[data-testid=stSidebarUserContent]{padding-top:0.5rem}"
        "[data-testid=stSidebarHeader]{height:2.5rem}</style>"
    )
