"""The legend above several charts: a sample of each line, and its name."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from ammix_viz.figures.curves import line_styles
from ammix_viz.settings.variants import Variant

PATTERNS = {
    "solid": (30,),
    "dot": (3, 3),
    "dash": (8, 4),
    "dashdot": (8, 3, 3, 3),
    "longdash": (12, 4),
    "longdashdot": (12, 3, 3, 3),
}
"""Plotly's dashes: pixels of line, of gap, of line, …"""

LIST = "display:flex;flex-wrap:wrap;gap:2px 18px;list-style:none;margin:0;padding:0;font-size:15px"
SAMPLE = "display:inline-block;width:30px;height:3px;vertical-align:middle;margin-right:7px"


def show_legend(variants: Iterable[Variant]) -> None:
    """Show a sample of each variant's line, and its title."""
    items = "".join(
        f"<li style='margin:0'><span style='{SAMPLE};background:{_pattern(**line)}'></span>"
        f"{escape(variant.title)}</li>"
        for variant, line in line_styles(variants).items()
    )
    st.html(f"<ul style='{LIST}'>{items}</ul>")


def _pattern(color: str, dash: str) -> str:
    stops, start = [], 0
    for place, pixels in enumerate(PATTERNS[dash]):
        stops.append(f"{'transparent' if place % 2 else color} {start}px {start + pixels}px")
        start += pixels
    return f"repeating-linear-gradient(90deg,{','.join(stops)})"
