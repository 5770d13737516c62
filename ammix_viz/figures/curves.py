"""Metrics over training: small multiples, a line a method; over seeds its median and a band."""

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
    """Return one small chart a metric, all methods in each.

    Parameters
    ----------
    histories : dict of str to list of ndarray
        Records of each method, one array a seed.
    split : {"train", "test"}
        Whose metrics.
    metrics : tuple of str
        Names from the table of metrics, of one number each.
    epochs : dict of str to int
        How many epochs each method trains. The axis ends there, so that it stands still while
        runs go on; where methods differ, it is the share of each one's own training.
    """
    charts = {METRICS[n].title: _bands(histories, field_of(n, split)) for n in metrics}
    figure = _small_multiples(charts, epochs)
    for place, name in enumerate(metrics):
        if METRICS[name].limits:
            figure.update_yaxes(range=METRICS[name].limits, **_where(place, len(charts)))
    return figure


def class_curves(histories: Histories, split: str, epochs: Mapping[str, int]) -> go.Figure:
    """Return one small chart a class of its accuracy, all methods in each."""
    field = f"{split}.per_class_accuracy"
    some = [records for own in histories.values() for records in own if len(records)]
    classes = some[0][field].shape[1] if some else 0
    charts = {f"Class {k}, accuracy %": _bands(histories, field, k) for k in range(classes)}
    return _small_multiples(charts, epochs)


def _bands(histories: Histories, field: str, column: int | None = None) -> dict[str, Band]:
    found = {method: band(own, field, column) for method, own in histories.items()}
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
        for method, own in series.items():
            x = own.epoch if alike else 100 * own.epoch / epochs[method]
            for trace in _traces(method, x, own, legend=place == 0):
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


def _traces(method: str, x: np.ndarray, own: Band, legend: bool) -> list[go.Scatter]:
    colour, dash = METHODS[method].colour, METHODS[method].dash
    line = go.Scatter(
        x=x,
        y=own.median,
        name=METHODS[method].title,
        legendgroup=method,
        showlegend=legend,
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2},
        hovertemplate="%{y:.4g}",
    )
    wide = np.isfinite(own.low) & (own.high > own.low)
    return (
        [_middle_half(method, x[wide], own.low[wide], own.high[wide]), line]
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
