"""Metrics during training: a small chart each, one line per variant; a band over seeds."""

from collections.abc import Iterable, Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.colors import hex_to_rgb

from ammix_viz.figures.styles import DASHES, VALUE_COLOURS
from ammix_viz.methods.table import METHODS
from ammix_viz.metrics.table import METRICS, field_of
from ammix_viz.runs.history import Histories
from ammix_viz.runs.seed_stats import Band, band
from ammix_viz.settings.variants import Variant

HEIGHT = 240
"""Pixels of a chart, its title and axis included."""

Lines = Mapping[Variant, Mapping[str, str]]
"""Colour and dash of each variant's line."""


def metric_curves(
    histories: Histories, split: str, metrics: tuple[str, ...], epochs: Mapping[Variant, int]
) -> list[go.Figure]:
    """Return a chart per metric, each with all variants.

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
    return [
        _chart(
            METRICS[name].title,
            _bands(histories, field_of(name, split)),
            epochs,
            METRICS[name].limits,
        )
        for name in metrics
    ]


def class_curves(
    histories: Histories, split: str, epochs: Mapping[Variant, int]
) -> list[go.Figure]:
    """Return a chart per class of its accuracy, each with all variants."""
    field = f"{split}.per_class_accuracy"
    some = [records for runs in histories.values() for records in runs if len(records)]
    classes = some[0][field].shape[1] if some else 0
    return [
        _chart(f"Class {k}, accuracy %", _bands(histories, field, k), epochs)
        for k in range(classes)
    ]


def _bands(histories: Histories, field: str, column: int | None = None) -> dict[Variant, Band]:
    found = {variant: band(runs, field, column) for variant, runs in histories.items()}
    return {variant: each for variant, each in found.items() if each is not None}


def _chart(
    title: str,
    series: Mapping[Variant, Band],
    epochs: Mapping[Variant, int],
    limits: tuple[float, float] | None = None,
) -> go.Figure:
    last = max(epochs.values())
    alike, lines = set(epochs.values()) == {last}, line_styles(epochs)
    figure = go.Figure()
    for variant, values in series.items():
        x = values.epoch if alike else 100 * values.epoch / epochs[variant]
        figure.add_traces(_traces(variant, lines[variant], x, values))
    axis = {"title": {"text": "epoch" if alike else "% of training", "standoff": 4}}
    figure.update_xaxes(**axis, range=[0, last if alike else 100], fixedrange=True)
    figure.update_yaxes(range=limits, fixedrange=True)
    figure.update_layout(
        title={"text": title, "font": {"size": 15}, "x": 0, "y": 1, "yanchor": "top"},
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
    )
    return figure


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
    variant: Variant, style: Mapping[str, str], x: np.ndarray, values: Band
) -> list[go.Scatter]:
    line = go.Scatter(
        x=x,
        y=values.median,
        name=variant.title,
        mode="lines",
        line={**style, "width": 2},
        hovertemplate="%{fullData.name}: %{y:.4g}<extra></extra>",
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
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=f"rgba({red},{green},{blue},0.16)",
        hoverinfo="skip",
    )
