"""What the link of a page fixes, and the line that says so."""

from collections.abc import Mapping

import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.fixed import ALL, Fixed, read_fixed
from ammix_viz.settings.table import SETTINGS
from ammix_viz.ui.notices import plain

FIXED = "fixed_by_link"


def fix(query: Mapping[str, str]) -> list[str]:
    """Fix what a URL query says; return a message for each name that is left out."""
    st.session_state[FIXED], notes = read_fixed(query)
    return notes


def fixed() -> Fixed:
    """Return what is fixed."""
    return st.session_state.get(FIXED, Fixed())


def is_free(*names: str) -> bool:
    """Return whether a control that sets these settings may be on the page."""
    return not any(map(fixed().has, names))


def show_fixed(comparison: Comparison) -> None:
    """Say which settings are fixed, and to what."""
    if fixed().names:
        st.caption(f"Fixed by the link: {plain(fixed_words(comparison, fixed()))}.")


def fixed_words(comparison: Comparison, what: Fixed) -> str:
    """Return the fixed settings with their values in words."""
    if ALL in what.names:
        return "all settings"
    values = comparison.query()
    return ", ".join(_words(name, values.get(name, "")) for name in what.names)


def _words(name: str, value: str) -> str:
    if name == "data":
        return DATASETS[value].title
    if name == "methods":
        return "methods " + ", ".join(METHODS[each].title for each in value.split(","))
    if name == "vary":
        return "what the panels compare"
    if name == "points":
        return "the points"
    entry = SETTINGS.get(name)
    return f"{entry.name if entry else name} {value}".strip()
