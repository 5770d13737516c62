"""The curves and the table below the player, for one seed or for many."""

from collections.abc import Callable
from functools import partial
from itertools import chain

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ammix_viz.figures.curves import class_curves, metric_curves
from ammix_viz.metrics.table import METRICS, curves, field_of, headlines
from ammix_viz.runs import history
from ammix_viz.runs.history import Histories
from ammix_viz.runs.seed_stats import ends, summarize, wins
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.variants import Variant
from ammix_viz.training.schedule import total_epochs
from ammix_viz.ui.keeping import KEEP
from ammix_viz.ui.pacing import update_pause
from ammix_viz.ui.queue import ask_again, refused
from ammix_viz.ui.session import session_id
from ammix_viz.workers.batches import Progress, RunBatch
from ammix_viz.workers.pool import shared

FIRST_CURVES_SECONDS = 2.0
"""Delay before a session's first page loads Plotly, so that the player appears first."""

LIVE_POINTS = 100
READY, BATCH = "curves_ready", "seeds_batch"

GROUPS: dict[str, Callable] = {
    "Key metrics": lambda h, split, epochs, k: metric_curves(h, split, headlines(k), epochs),
    "All metrics": lambda h, split, epochs, k: metric_curves(h, split, curves(k), epochs),
    "Accuracy by class": lambda h, split, epochs, k: class_curves(h, split, epochs),
}


def show_curves(comparison: Comparison) -> None:
    """Plot the curves, every few seconds during training and once at the end.

    A session's first page delays them: otherwise the browser would load Plotly, some
    megabytes, before the player.
    """
    if READY not in st.session_state:
        st.session_state[READY] = False
        st.fragment(_wait, run_every=update_pause(FIRST_CURVES_SECONDS))()
        return
    pause = _pause(comparison.shared.epochs)
    try:
        live = not advance(comparison, pause).over
    except ValueError:
        ask_again(partial(advance, comparison, pause))
        return
    st.fragment(_curves, run_every=pause if live else None)(comparison, pause if live else None)


def _pause(epochs: int) -> float:
    """Return the seconds between two updates; each one blocks the player for about 0.25 s."""
    return update_pause(min(8.0, max(2.0, epochs / 50)))


def _wait() -> None:
    st.caption("Loading the curves…")
    if st.session_state[READY]:
        st.rerun()
    st.session_state[READY] = True


def advance(comparison: Comparison, pause: float) -> Progress:
    """Submit the runs of every seed for training, and return the progress."""
    state, wanted = st.session_state, comparison.by_variant
    before = state.get(BATCH)
    if before and before[0] != wanted:
        state.pop(BATCH)[1].leave()
    if comparison.seeds == 1:  # the player has submitted these
        live = [shared().state(recipe.key).live for recipe in comparison.recipes]
        return Progress(len(live) - sum(live), 0, len(live), 0.0)
    if BATCH not in state:
        state[BATCH] = wanted, RunBatch(chain(*wanted.values()), shared(), session=session_id())
    return state[BATCH][1].advance(ahead=2 * pause, keep=state.get(KEEP, False))


def show_batch_progress(comparison: Comparison, pause: float) -> None:
    """Continue the batch of runs and show its progress; rerun the page at the end."""
    try:
        progress = advance(comparison, pause)
    except ValueError as why:
        refused(why)
        return
    if progress.over:
        st.rerun()
    if comparison.seeds > 1:
        st.progress(progress.share, f"{progress.done} of {progress.total} runs finished")


def _curves(comparison: Comparison, pause: float | None) -> None:
    if pause:
        show_batch_progress(comparison, pause)
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
            format_func={"train": "training samples", "test": "test samples"}.__getitem__,
        )
    histories = history.read(comparison.by_variant)
    if not any(len(records) for runs in histories.values() for records in runs):
        st.caption("The curves appear with the first snapshot.")
        return
    if comparison.seeds > 1:
        st.caption(f"Line: median of {comparison.seeds} seeds. Band: the middle half of them.")
    plotted = _thinned(histories) if pause else histories
    lengths = [[len(records) for records in runs] for runs in plotted.values()]
    figure = _figure(plotted, comparison, lengths, group, split)
    st.plotly_chart(figure, key="chart", config={"displayModeBar": False})
    if not pause:
        _table(comparison, histories, split)


@st.cache_resource(max_entries=32, show_spinner=False)
def _figure(
    _histories: Histories, comparison: Comparison, lengths: list, group: str, split: str
) -> go.Figure:
    """Return the figure of histories that have these lengths; sessions share it."""
    epochs = dict(zip(comparison.variants, map(total_epochs, comparison.recipes), strict=True))
    return GROUPS[group](_histories, split, epochs, comparison.shared.neighbors)


def _thinned(histories: Histories) -> dict[Variant, list[np.ndarray]]:
    """Return about a hundred records of each run, enough during training."""
    longest = max(len(records) for runs in histories.values() for records in runs)
    step = -(-longest // LIVE_POINTS)
    return {each: [records[::step] for records in runs] for each, runs in histories.items()}


def _table(comparison: Comparison, histories: Histories, split: str) -> None:
    names = curves(comparison.shared.neighbors)
    fields = {METRICS[name].title: field_of(name, split) for name in names}
    if comparison.seeds == 1:
        _last_values(histories, fields)
    else:
        _seed_stats(comparison, fields, split)
    st.download_button(
        "All snapshots as CSV",
        lambda: history.table(histories).to_csv(index=False),
        file_name="ammix_viz.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _last_values(histories: Histories, fields: dict[str, str]) -> None:
    rows = [
        {"Method": variant.title}
        | {title: float(runs[0][field][-1]) for title, field in fields.items()}
        for variant, runs in histories.items()
        if len(runs[0])
    ]
    columns = {title: st.column_config.NumberColumn(format="%.4g") for title in fields}
    st.dataframe(rows, hide_index=True, column_config=columns)


def _seed_stats(comparison: Comparison, fields: dict[str, str], split: str) -> None:
    """Show mean ± standard deviation over finished seeds, and how often each method is best."""
    found = ends(comparison.by_variant)
    compared = [n for n in curves(comparison.shared.neighbors) if METRICS[n].better]
    ranked = {field_of(name, split): METRICS[name].better for name in compared}
    best = {field: wins(found, field, better) for field, better in ranked.items()}
    rows = []
    for variant, last_records in found.items():
        records = [record for record in last_records if record is not None]
        row = {"Method": variant.title, "Seeds": f"{len(records)} of {len(last_records)}"}
        for title, field in fields.items():
            row[title] = str(summarize(record[field] for record in records))
            if field in best:
                row[title] += f" · best in {best[field][0][variant]} of {best[field][1]}"
        rows.append(row)
    st.dataframe(rows, hide_index=True)
    missing = sum(record is None for records in found.values() for record in records)
    if missing:
        st.caption(
            f"{missing} runs failed or were stopped. “Best” counts only seeds for which every "
            "method has finished."
        )
