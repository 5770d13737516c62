"""Metrics during training: small multiples, one line per method; a band over seeds."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.colors import hex_to_rgb
from plotly.subplots import make_subplots

from ammix_viz.methods.table import METHODS
from ammix_viz.metrics.table import METRICS, field_of
from ammix_viz.runs.history import Histories
from ammix_viz.runs.seed_stats import Band, band

Charts = dict[str, dict[str, Band]]


def metric_curves(
    histories: Histories, split: str, metrics: tuple[str, ...], epochs: Mapping[str, int]
) -> go.Figure:
    """Return one small chart per metric, each with all methods.

    Parameters
    ----------
    histories : dict of str to list of ndarray
        Records of each method, one array a seed.
    split : {"train", "test"}
        Whose metrics.
    metrics : tuple of str
        Names from the table of metrics, of one number each.
    epochs : dict of str to int
        Number of epochs of each method: the fixed end of the axis. If methods differ, the axis is
        the share of each method's training.
    """
    charts = {METRICS[n].title: _bands(histories, field_of(n, split)) for n in metrics}
    figure = _small_multiples(charts, epochs)
    for place, name in enumerate(metrics):
        if METRICS[name].limits:
            figure.update_yaxes(range=METRICS[name].limits, **_where(place, len(charts)))
    return figure


def class_curves(histories: Histories, split: str, epochs: Mapping[str, int]) -> go.Figure:
    """Return one small chart per class of its accuracy, each with all methods."""
    field = f"{split}.per_class_accuracy"
    some = [records for runs in histories.values() for records in runs if len(records)]
    classes = some[0][field].shape[1] if some else 0
    charts = {f"Class {k}, accuracy %": _bands(histories, field, k) for k in range(classes)}
    return _small_multiples(charts, epochs)


def _bands(histories: Histories, field: str, column: int | None = None) -> dict[str, Band]:
    found = {method: band(runs, field, column) for method, runs in histories.items()}
    return {method: each for method, each in found.items() if each is not None}


def _small_multiples(charts: Charts, epochs: Mapping[str, int]) -> go.Figure:
    columns = _columns(len(charts))
    rows = -(-len(charts) // columns) or 1
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=list(charts),
        vertical_spacing=0.3 / rows,
        horizontal_spacing=0.06,
    )
    last = max(epochs.values())
    alike = set(epochs.values()) == {last}
    for place, series in enumerate(charts.values()):
        for method, values in series.items():
            x = values.epoch if alike else 100 * values.epoch / epochs[method]
            for trace in _traces(method, x, values, legend=place == 0):
                figure.add_trace(trace, **_where(place, len(charts)))
    title = "epoch" if alike else "% of the method's training"
    figure.update_xaxes(range=[0, last if alike else 100])
    figure.update_xaxes(title_text=title, title_standoff=4, row=rows)
    figure.update_layout(
        height=60 + 250 * rows,
        margin={"l": 8, "r": 8, "t": 60, "b": 8},
        legend={"orientation": "h", "y": 1 + 0.17 / rows, "x": 0, "yanchor": "bottom"},
        hovermode="x unified",
    )
    return figure


def _columns(charts: int) -> int:
    return 2 if charts == 4 else min(3, max(charts, 1))


def _where(place: int, charts: int) -> dict[str, int]:
    """Return the row and the column of one of so many charts."""
    row, column = divmod(place, _columns(charts))
    return {"row": row + 1, "col": column + 1}


def _traces(method: str, x: np.ndarray, values: Band, legend: bool) -> list[go.Scatter]:
    colour, dash = METHODS[method].colour, METHODS[method].dash
    line = go.Scatter(
        x=x,
        y=values.median,
        name=METHODS[method].title,
        legendgroup=method,
        showlegend=legend,
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2},
        hovertemplate="%{y:.4g}",
    )
    wide = np.isfinite(values.low) & (values.high > values.low)
    return (
        [_middle_half(method, x[wide], values.low[wide], values.high[wide]), line]
        if wide.any()
        else [line]
    )


def _middle_half(method: str, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> go.Scatter:
    red, green, blue = hex_to_rgb(METHODS[method].colour)
    return go.Scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([low, high[::-1]]),
        legendgroup=method,
        showlegend=False,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.16)",
        hoverinfo="skip",
    )
