"""A sweep's heatmaps: one a method, of one metric, on one scale."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale, unlabel_rgb
from plotly.subplots import make_subplots

from ammix_viz.methods.table import METHODS
from ammix_viz.metrics.table import title_of
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import SETTINGS
from ammix_viz.studies.sweep import Axis, Grid, Sweep, grid

MOST_COLUMNS = 3
CELL_HEIGHT, LEAST_CELL_WIDTH = 64, 62
TOP, BOTTOM, ROW_GAP = 40, 60, 100
"""Pixels above, below, and between two rows of heatmaps: titles, ticks and axis titles."""

COLOURS = "Cividis"
NO_VALUE = "rgba(128,128,128,0.15)"
"""Behind the cells: what one without a value shows, in a light and in a dark page."""


def heatmaps(sweep: Sweep, metric: str) -> go.Figure:
    """Return a heatmap a method; a cell without a finished run is empty, a failed one says so.

    Every cell carries an invisible marker with (method, row, column) as its data, and a click
    anywhere in the cell finds it: it is what a page can hear.
    """
    grids = {method: grid(sweep, method, metric) for method in sweep.methods}
    span = _span(grids.values())
    columns = _beside(sweep)
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
    for place, (method, own) in enumerate(grids.items()):
        where = {"row": place // columns + 1, "col": place % columns + 1}
        for trace in (_map(own, sweep), _values(own, sweep, span), _targets(method, own, sweep)):
            figure.add_trace(trace, **where)
        if place % columns == 0 and sweep.y is not None:
            figure.update_yaxes(title_text=SETTINGS[sweep.y.name].name, **where)
    figure.update_xaxes(**_axis(sweep.shape[1]), title_text=SETTINGS[sweep.x.name].name)
    figure.update_yaxes(**_axis(sweep.shape[0]))
    figure.update_layout(**_layout(metric, span), height=pixels + TOP + BOTTOM)
    return figure


def least_width(sweep: Sweep) -> int:
    """Return the pixels below which the text of one cell would run into the next."""
    return 110 + _beside(sweep) * (40 + LEAST_CELL_WIDTH * len(sweep.x.values))


def _beside(sweep: Sweep) -> int:
    return min(MOST_COLUMNS, len(sweep.methods))


def _span(grids: Iterable[Grid]) -> tuple[float, float]:
    """Return the lowest and the highest value, a little apart at least."""
    values = [value for own in grids for value in own.mean.ravel() if np.isfinite(value)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _axis(values: int) -> dict[str, Any]:
    """Return an axis whose cells all have the same size, whether they are filled or not."""
    return {
        "type": "category",
        "range": [-0.5, values - 0.5],
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


def _map(own: Grid, sweep: Sweep) -> go.Heatmap:
    x, y = _labels(sweep.x), _labels(sweep.y)
    look = {"coloraxis": "coloraxis", "xgap": 2, "ygap": 2}
    return go.Heatmap(x=x, y=y, z=own.mean, hoverinfo="skip", **look)


def _labels(axis: Axis | None) -> list[str]:
    return [""] if axis is None else [text_of(value) for value in axis.values]


def _values(own: Grid, sweep: Sweep, span: tuple[float, float]) -> go.Scatter:
    """Return the text of the cells that have a value, in black or white, whichever is clearer."""
    places = [place for place in np.ndindex(own.mean.shape) if own.count[place]]
    text = [own.words(*place).replace(" ± ", "<br>± ").replace(" (", "<br>(") for place in places]
    inks = [ink(float(own.mean[place]), span) for place in places]
    where = _at(places, sweep)
    return go.Scatter(
        **where, mode="text", text=text, textfont={"color": inks, "size": 12}, hoverinfo="skip"
    )


def _at(places: Sequence[tuple[int, ...]], sweep: Sweep) -> dict[str, list[str]]:
    x, y = _labels(sweep.x), _labels(sweep.y)
    return {"x": [x[column] for _, column in places], "y": [y[row] for row, _ in places]}


def ink(value: float, span: tuple[float, float]) -> str:
    """Return the colour of text on a value's cell: its contrast there is 4.5 or more."""
    share = (value - span[0]) / (span[1] - span[0])
    colour = np.array(unlabel_rgb(sample_colorscale(COLOURS, share)[0])) / 255
    linear = np.where(colour > 0.04045, ((colour + 0.055) / 1.055) ** 2.4, colour / 12.92)
    return "#000000" if linear @ (0.2126, 0.7152, 0.0722) > 0.179 else "#ffffff"


def _targets(method: str, own: Grid, sweep: Sweep) -> go.Scatter:
    """Return a marker a cell, and the text of cells that the heatmap leaves empty."""
    places = list(np.ndindex(own.mean.shape))
    return go.Scatter(
        **_at(places, sweep),
        mode="markers+text",
        text=["" if own.count[place] else own.words(*place) for place in places],
        marker={"symbol": "square", "size": 34, "opacity": 0},
        customdata=[[method, *place, _hover(own, *place)] for place in places],
        hovertemplate="%{customdata[3]}<extra></extra>",
    )


def _hover(own: Grid, row: int, column: int) -> str:
    count, failed = own.count[row, column], own.failed[row, column]
    if not count + failed:
        return "not trained yet"
    seeds = f"{count} of {count + failed} seeds ended well" if failed else f"seeds: {count}"
    return f"{own.words(row, column)}<br>{seeds}"
