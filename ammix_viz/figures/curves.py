"""Metrics during training: small multiples, one line per variant; a band over seeds."""

from collections.abc import Iterable, Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.colors import hex_to_rgb
from plotly.subplots import make_subplots

from ammix_viz.figures.styles import DASHES, VALUE_COLOURS
from ammix_viz.methods.table import METHODS
from ammix_viz.metrics.table import METRICS, field_of
from ammix_viz.runs.history import Histories
from ammix_viz.runs.seed_stats import Band, band
from ammix_viz.settings.variants import Variant

Charts = dict[str, dict[Variant, Band]]
Lines = Mapping[Variant, Mapping[str, str]]
"""Colour and dash of each variant's line."""


def metric_curves(
    histories: Histories, split: str, metrics: tuple[str, ...], epochs: Mapping[Variant, int]
) -> go.Figure:
    """Return one small chart per metric, each with all variants.

    Parameters
    ----------
    histories : dict of Variant to list of ndarray
        Records of each variant, one array a seed.
    split : {"train", "test"}
        Whose metrics.
    metrics : tuple of str
        Names from the table of metrics, of one number each.
    epochs : dict of Variant to int
        Number of epochs of each variant: the fixed end of the axis. If they differ, the axis is
        the share of each variant's training.
    """
    charts = {METRICS[n].title: _bands(histories, field_of(n, split)) for n in metrics}
    figure = _small_multiples(charts, epochs)
    for place, name in enumerate(metrics):
        if METRICS[name].limits:
            figure.update_yaxes(range=METRICS[name].limits, **_where(place, len(charts)))
    return figure


def class_curves(histories: Histories, split: str, epochs: Mapping[Variant, int]) -> go.Figure:
    """Return one small chart per class of its accuracy, each with all variants."""
    field = f"{split}.per_class_accuracy"
    some = [records for runs in histories.values() for records in runs if len(records)]
    classes = some[0][field].shape[1] if some else 0
    charts = {f"Class {k}, accuracy %": _bands(histories, field, k) for k in range(classes)}
    return _small_multiples(charts, epochs)


def _bands(histories: Histories, field: str, column: int | None = None) -> dict[Variant, Band]:
    found = {variant: band(runs, field, column) for variant, runs in histories.items()}
    return {variant: each for variant, each in found.items() if each is not None}


def _small_multiples(charts: Charts, epochs: Mapping[Variant, int]) -> go.Figure:
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
    alike, lines = set(epochs.values()) == {last}, line_styles(epochs)
    for place, series in enumerate(charts.values()):
        for variant, values in series.items():
            x = values.epoch if alike else 100 * values.epoch / epochs[variant]
            for trace in _traces(variant, lines[variant], x, values, legend=place == 0):
                figure.add_trace(trace, **_where(place, len(charts)))
    title = "epoch" if alike else "% of training"
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


def line_styles(variants: Iterable[Variant]) -> Lines:
    """Return colour and dash of each line.

    They are the method's. Where a setting varies, the colour says its value, the dash the method.
    """
    methods = {variant: METHODS[variant.method] for variant in variants}
    lines = {v: {"color": method.colour, "dash": method.dash} for v, method in methods.items()}
    varied = [variant for variant in lines if variant.setting]
    values = list(dict.fromkeys(variant.value for variant in varied))
    names = list(dict.fromkeys(variant.method for variant in varied))
    step = (len(VALUE_COLOURS) - 1) / max(len(values) - 1, 1)
    for variant in varied:
        colour = VALUE_COLOURS[round(step * values.index(variant.value))]
        dash = DASHES[names.index(variant.method) % len(DASHES)]
        lines[variant] = {"color": colour, "dash": dash}
    return lines


def _traces(
    variant: Variant, style: Mapping[str, str], x: np.ndarray, values: Band, legend: bool
) -> list[go.Scatter]:
    line = go.Scatter(
        x=x,
        y=values.median,
        name=variant.title,
        legendgroup=variant.title,
        showlegend=legend,
        mode="lines",
        line={**style, "width": 2},
        hovertemplate="%{y:.4g}",
    )
    wide = np.isfinite(values.low) & (values.high > values.low)
    return (
        [_middle_half(line, x[wide], values.low[wide], values.high[wide]), line]
        if wide.any()
        else [line]
    )


def _middle_half(line: go.Scatter, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> go.Scatter:
    red, green, blue = hex_to_rgb(line.line.color)
    return go.Scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([low, high[::-1]]),
        legendgroup=line.legendgroup,
        showlegend=False,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.16)",
        hoverinfo="skip",
    )
