"""A sweep's heatmaps: one per method, of one metric, on a shared colour scale."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale, unlabel_rgb
from plotly.subplots import make_subplots

from ammix_viz.methods.table import METHODS
from ammix_viz.metrics.table import title_of
from ammix_viz.settings.axis import Axis
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import SETTINGS
from ammix_viz.studies.sweeps.sweep import Grid, Sweep, grid

MOST_COLUMNS = 3
CELL_HEIGHT, LEAST_CELL_WIDTH = 64, 62
TOP, BOTTOM, ROW_GAP = 40, 60, 100
"""Pixels above, below, and between two rows of heatmaps: titles, ticks and axis titles."""

COLOURS = "Cividis"
NO_VALUE = "rgba(128,128,128,0.15)"
"""Background, visible where there is no value; readable on light and dark pages."""


def heatmaps(sweep: Sweep, metric: str) -> go.Figure:
    """Return a heatmap per method; squares without a finished run are empty, failed ones say so.

    Each square has an invisible marker with (method, row, column) as its data, so that a page can
    react to clicks on it.
    """
    grids = {method: grid(sweep, method, metric) for method in sweep.methods}
    span = _span(grids.values())
    columns = _columns(sweep)
    rows = -(-len(grids) // columns)
    pixels = rows * CELL_HEIGHT * max(sweep.shape[0], 2) + (rows - 1) * ROW_GAP
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[METHODS[method].title for method in grids],
        shared_yaxes=True,
        horizontal_spacing=0.04,
        vertical_spacing=ROW_GAP / pixels,
    )
    for place, (method, values) in enumerate(grids.items()):
        where = {"row": place // columns + 1, "col": place % columns + 1}
        for trace in (
            _map(values, sweep),
            _value_texts(values, sweep, span),
            _click_targets(method, values, sweep),
        ):
            figure.add_trace(trace, **where)
        if place % columns == 0 and sweep.y is not None:
            figure.update_yaxes(title_text=SETTINGS[sweep.y.name].name, **where)
    figure.update_xaxes(**_axis(sweep.shape[1]), title_text=SETTINGS[sweep.x.name].name)
    figure.update_yaxes(**_axis(sweep.shape[0]))
    figure.update_layout(**_layout(metric, span), height=pixels + TOP + BOTTOM)
    return figure


def least_width(sweep: Sweep) -> int:
    """Return the width in pixels below which the texts of neighbouring squares overlap."""
    return 110 + _columns(sweep) * (40 + LEAST_CELL_WIDTH * len(sweep.x.values))


def _columns(sweep: Sweep) -> int:
    return min(MOST_COLUMNS, len(sweep.methods))


def _span(grids: Iterable[Grid]) -> tuple[float, float]:
    """Return the lowest and highest value, widened if they are equal."""
    found = [value for each in grids for value in each.mean.ravel() if np.isfinite(value)]
    low, high = min(found, default=0.0), max(found, default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _axis(count: int) -> dict[str, Any]:
    """Return an axis whose squares all have the same size, filled or empty."""
    return {
        "type": "category",
        "range": [-0.5, count - 0.5],
        "title_standoff": 8,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def _layout(metric: str, span: tuple[float, float]) -> dict[str, Any]:
    bar = {"title": {"text": title_of(metric), "side": "right"}, "thickness": 12}
    scale = {"colorscale": COLOURS, "cmin": span[0], "cmax": span[1], "colorbar": bar}
    return {
        "margin": {"l": 8, "r": 8, "t": TOP, "b": BOTTOM, "pad": 0},
        "coloraxis": scale,
        "plot_bgcolor": NO_VALUE,
        "showlegend": False,
        "clickmode": "event+select",
        "dragmode": False,
        "hovermode": "closest",
        "hoverdistance": -1,
    }


def _map(values: Grid, sweep: Sweep) -> go.Heatmap:
    x, y = _labels(sweep.x), _labels(sweep.y)
    style = {"coloraxis": "coloraxis", "xgap": 2, "ygap": 2}
    return go.Heatmap(x=x, y=y, z=values.mean, hoverinfo="skip", **style)


def _labels(axis: Axis | None) -> list[str]:
    return [""] if axis is None else [text_of(value) for value in axis.values]


def _value_texts(values: Grid, sweep: Sweep, span: tuple[float, float]) -> go.Scatter:
    """Return the values as text, in black or white, whichever has more contrast."""
    places = [place for place in np.ndindex(values.mean.shape) if values.count[place]]
    text = [
        values.words(*place).replace(" ± ", "<br>± ").replace(" (", "<br>(") for place in places
    ]
    inks = [ink(float(values.mean[place]), span) for place in places]
    where = _at(places, sweep)
    return go.Scatter(
        **where, mode="text", text=text, textfont={"color": inks, "size": 12}, hoverinfo="skip"
    )


def _at(places: Sequence[tuple[int, ...]], sweep: Sweep) -> dict[str, list[str]]:
    x, y = _labels(sweep.x), _labels(sweep.y)
    return {"x": [x[column] for _, column in places], "y": [y[row] for row, _ in places]}


def ink(value: float, span: tuple[float, float]) -> str:
    """Return the text colour for a value's square, with a contrast of at least 4.5."""
    share = (value - span[0]) / (span[1] - span[0])
    colour = np.array(unlabel_rgb(sample_colorscale(COLOURS, share)[0])) / 255
    linear = np.where(colour > 0.04045, ((colour + 0.055) / 1.055) ** 2.4, colour / 12.92)
    return "#000000" if linear @ (0.2126, 0.7152, 0.0722) > 0.179 else "#ffffff"


def _click_targets(method: str, values: Grid, sweep: Sweep) -> go.Scatter:
    """Return an invisible marker per square, and the text of squares without a value."""
    places = list(np.ndindex(values.mean.shape))
    return go.Scatter(
        **_at(places, sweep),
        mode="markers+text",
        text=["" if values.count[place] else values.words(*place) for place in places],
        marker={"symbol": "square", "size": 34, "opacity": 0},
        customdata=[[method, *place, _hover(values, *place)] for place in places],
        hovertemplate="%{customdata[3]}<extra></extra>",
    )


def _hover(values: Grid, row: int, column: int) -> str:
    count, failed = values.count[row, column], values.failed[row, column]
    if not count + failed:
        return "not trained yet"
    seeds = f"{count} of {count + failed} seeds finished" if failed else f"seeds: {count}"
    return f"{values.words(row, column)}<br>{seeds}"
