"""The curves below the player, for one seed or for many."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ammix_viz.figures.curves import class_curves, metric_curves
from ammix_viz.metrics.table import curves, headlines
from ammix_viz.runs import history
from ammix_viz.runs.history import Histories
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.variants import Variant
from ammix_viz.training.schedule import total_epochs
from ammix_viz.ui.keeping import KEEP
from ammix_viz.ui.legend import show_legend
from ammix_viz.ui.pacing import update_pause
from ammix_viz.ui.player import Played
from ammix_viz.ui.queue import ask_again, refused
from ammix_viz.ui.session import session_id
from ammix_viz.ui.values import show_table
from ammix_viz.workers.batches import Progress, RunBatch
from ammix_viz.workers.pool import shared

FIRST_CURVES_SECONDS = 2.0
"""Delay before a session's first page loads Plotly, so that the player appears first."""

LIVE_POINTS = 100
READY, BATCH = "curves_ready", "seeds_batch"
CHARTS = "ammix-curves"
"""Key of the container of the charts, by which the player finds them."""

GROUPS: dict[str, Callable] = {
    "Key metrics": lambda h, split, epochs, k: _metrics(h, split, headlines(k), epochs),
    "All metrics": lambda h, split, epochs, k: _metrics(h, split, curves(k), epochs),
    "Accuracy by class": lambda h, split, epochs, k: class_curves(h, split, epochs),
}


def _metrics(
    histories: Histories, split: str, metrics: tuple[str, ...], epochs: Mapping[Variant, int]
) -> list[go.Figure]:
    """Return the charts of metrics; balanced accuracy only where it is not accuracy."""
    accuracy, balanced = f"{split}.accuracy", f"{split}.balanced_accuracy"
    runs = [records for seeds in histories.values() for records in seeds if len(records)]
    same = all(np.allclose(each[accuracy], each[balanced], equal_nan=True) for each in runs)
    kept = tuple(name for name in metrics if not (same and name == "balanced_accuracy"))
    return metric_curves(histories, split, kept, epochs)


def show_curves(comparison: Comparison, played: Played) -> None:
    """Plot the curves, every few seconds during training and once at the end.

    A session's first page delays them: otherwise the browser would load Plotly, some
    megabytes, before the player.

    Parameters
    ----------
    comparison : Comparison
        What the player displays.
    played : Played
        Its samples, and the epoch of the table.
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
    pause_if_live = pause if live else None
    st.fragment(_curves, run_every=pause_if_live)(comparison, played, pause_if_live)


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


def _curves(comparison: Comparison, played: Played, pause: float | None) -> None:
    if pause:
        show_batch_progress(comparison, pause)
    group = st.segmented_control(
        "Curves", list(GROUPS), default="Key metrics", required=True, key="curves"
    )
    histories = history.read(comparison.by_variant)
    if not any(len(records) for runs in histories.values() for records in runs):
        st.caption("The curves appear with the first snapshot.")
        return
    show_legend(comparison.variants)
    st.caption(_about(comparison, played.split))
    plotted = _thinned(histories) if pause else histories
    lengths = [[len(records) for records in runs] for runs in plotted.values()]
    _charts(_figures(plotted, comparison, lengths, group, played.split))
    if not pause:
        show_table(comparison, histories, played)


def _about(comparison: Comparison, split: str) -> str:
    of = {"test": "Test samples", "train": "Training samples"}[split]
    seeds = comparison.seeds
    lines = f" Line: median of {seeds} seeds; band: the middle half of them." if seeds > 1 else ""
    return f"{of}.{lines} Press or drag in a chart to go to an epoch."


def _charts(figures: Sequence[go.Figure]) -> None:
    """Show charts beside each other, and below each other on a phone."""
    columns = len(figures) if len(figures) < 3 else 2 if len(figures) == 4 else 3
    with st.container(key=CHARTS):
        for first in range(0, len(figures), columns):
            for place, column in enumerate(st.columns(columns)):
                if first + place < len(figures):
                    number = first + place
                    options = {"displayModeBar": False}
                    column.plotly_chart(figures[number], key=f"chart_{number}", config=options)


@st.cache_resource(max_entries=32, show_spinner=False)
def _figures(
    _histories: Histories, comparison: Comparison, lengths: list, group: str, split: str
) -> list[go.Figure]:
    """Return the charts of histories that have these lengths; sessions share them."""
    epochs = dict(zip(comparison.variants, map(total_epochs, comparison.recipes), strict=True))
    return GROUPS[group](_histories, split, epochs, comparison.shared.neighbors)


def _thinned(histories: Histories) -> dict[Variant, list[np.ndarray]]:
    """Return about a hundred records of each run, enough during training."""
    longest = max(len(records) for runs in histories.values() for records in runs)
    step = -(-longest // LIVE_POINTS)
    return {each: [records[::step] for records in runs] for each, runs in histories.items()}
