"""The editor of points as an element of a Streamlit page."""

import streamlit as st

from ammix_viz.datasets import point_csv, point_set, point_text
from ammix_viz.datasets.point_set import Point, Points
from ammix_viz.player.bundle import editor_bundle, editor_stylesheet
from ammix_viz.settings.comparison import Comparison
from ammix_viz.ui import notices
from ammix_viz.ui.fixed import is_free
from ammix_viz.ui.setup import POINT_NOTES

KEY = "point_editor"

_MOUNT = st.components.v2.component(
    "ammix_editor", js=editor_bundle(), css=editor_stylesheet(), isolate_styles=False
)


def show_editor(comparison: Comparison) -> None:
    """Show the editor if the data are placed points that are not fixed; train on what it sends."""
    if not comparison.shared.reads("points") or not is_free("points"):
        return
    points, _ = point_text.decode(comparison.shared.points)
    _MOUNT(
        key=KEY,
        data=_data(points),
        height="content",
        on_points_change=_take_points,
        on_csv_change=_take_csv,
    )
    for label in point_set.too_small(points):
        notices.warning(
            f"Class {label} has one point and is left out: it needs one to train on and one to "
            "test on."
        )


def _data(points: Points) -> dict:
    return {
        "points": points,
        "clouds": [
            {"title": title, "points": point_set.cloud(name)}
            for name, (title, _) in point_set.CLOUDS.items()
        ],
        "last": point_set.LAST,
        "reach": point_set.REACH,
        "most": point_set.MOST_POINTS,
        "classes": point_set.MOST_CLASSES,
        "heldOut": point_set.HELD_OUT,
    }


def _take_points() -> None:
    """Train on the points that a person has placed."""
    _take(*point_set.admit(Point(*point) for point in st.session_state[KEY].points))


def _take_csv() -> None:
    """Train on the points of a CSV file; if it has none, keep those there are."""
    points, notes = point_csv.read(st.session_state[KEY].csv.encode())
    if points:
        _take(points, notes)
    else:
        st.session_state[POINT_NOTES] = [*notes, "The file has no points; the points are kept."]


def _take(points: Points, notes: list[str]) -> None:
    st.session_state["points"] = point_text.encode(points)
    st.session_state[POINT_NOTES] = notes
