"""The live lab's body: what was changed, the player, and the curves below it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from ammix_viz import figures, history
from ammix_viz.comparison import Comparison
from ammix_viz.methods import METHODS
from ammix_viz.player.mount import player
from ammix_viz.ui.setup import KEEP, NOTES, REPLAY
from ammix_viz.workers import shared

FIRST_CURVES_SECONDS = 2.0
"""Time that the player has to itself before a session's first page loads Plotly."""

LIVE_POINTS = 100
READY = "curves_ready"

GROUPS: dict[str, Callable] = {
    "Key metrics": lambda h, split, epochs: figures.metric_curves(
        h, split, figures.KEY_METRICS, epochs
    ),
    "All metrics": lambda h, split, epochs: figures.metric_curves(
        h, split, tuple(figures.NAMES), epochs
    ),
    "Accuracy by class": figures.class_curves,
}


def show_player(comparison: Comparison, note: str) -> None:
    """Have the comparison trained and show it."""
    pool, recipes = shared(), comparison.recipes
    try:
        notes = pool.submit(recipes, keep=st.session_state.get(KEEP, False))
    except ValueError as error:
        st.error(str(error))
        return
    for sentence in [*st.session_state[NOTES], *notes]:
        st.warning(sentence, icon=":material/info:")
    cards = [
        {"key": r.key, "title": METHODS[r.method].title, "about": METHODS[r.method].about}
        for r in recipes
    ]
    again = player(cards, key="player", note=note, replay=st.session_state[REPLAY])
    if again:
        asked = [recipe for recipe in recipes if recipe.key in again]
        pool.submit(asked, restart=True)
        st.rerun()


def show_curves(comparison: Comparison) -> None:
    """Draw the curves, now and then while runs go on, and once more at their end.

    A session's first page waits a moment with them: the browser would load Plotly, some
    megabytes, before it shows the player.
    """
    if READY not in st.session_state:
        st.session_state[READY] = False
        st.fragment(_wait, run_every=FIRST_CURVES_SECONDS)()
        return
    live = any(shared().state(recipe.key).live for recipe in comparison.recipes)
    pause = _pause(comparison.shared.epochs) if live else None
    st.fragment(_curves, run_every=pause)(comparison, live)


def _pause(epochs: int) -> float:
    """Return the seconds between two drawings: each one costs the player a quarter of one."""
    return min(8.0, max(2.0, epochs / 50))


def _wait() -> None:
    st.caption("The curves come in a moment.")
    if st.session_state[READY]:
        st.rerun()
    st.session_state[READY] = True


def _curves(comparison: Comparison, live: bool) -> None:
    if live and not any(shared().state(recipe.key).live for recipe in comparison.recipes):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.segmented_control(
            "Curves", list(GROUPS), default="Key metrics", required=True, key="curves"
        )
        split = st.segmented_control(
            "Measured on",
            ["train", "test"],
            default="train",
            required=True,
            key="curves_split",
            format_func={"train": "training points", "test": "test points"}.get,
        )
    histories = history.read(comparison.recipes)
    if not histories:
        st.caption("The curves come with the first record.")
        return
    drawn = {name: _thinned(records) if live else records for name, records in histories.items()}
    figure = GROUPS[group](drawn, split, comparison.shared.epochs)
    st.plotly_chart(figure, key="chart", config={"displayModeBar": False})
    if not live:
        _table(histories, split)


def _thinned(records: np.ndarray) -> np.ndarray:
    """Return at most some hundred records, the newest among them: enough while they come."""
    step = -(-len(records) // LIVE_POINTS)
    return records[::-1][::step][::-1]


def _table(histories: dict, split: str) -> None:
    rows = {METHODS[name].title: records[-1] for name, records in histories.items()}
    fields = {
        title: metric if metric in figures.PER_RUN else f"{split}.{metric}"
        for metric, title in figures.NAMES.items()
    }
    shown = {
        method: {title: float(record[field]) for title, field in fields.items()}
        for method, record in rows.items()
    }
    st.dataframe(
        [{"Method": method} | values for method, values in shown.items()],
        hide_index=True,
        column_config={title: st.column_config.NumberColumn(format="%.4g") for title in fields},
    )
    st.download_button(
        "Every record as CSV",
        lambda: history.table(histories).to_csv(index=False),
        file_name="ammix_viz.csv",
        mime="text/csv",
        on_click="ignore",
    )
