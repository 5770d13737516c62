"""A sweep's heatmaps: one a method, of one metric, on one scale."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ammix_viz.figures.looks import NAMES
from ammix_viz.methods import METHODS
from ammix_viz.rules import text_of
from ammix_viz.studies.sweep import Axis, Grid, Sweep, grid

MOST_COLUMNS = 3
CELL_PIXELS = 56
NO_VALUE = "rgba(128,128,128,0.15)"
"""Behind the cells: what one without a value shows, in a light and in a dark page."""

SETTING_NAMES = {
    "beta": "β",
    "imbalance": "imbalance",
    "lr": "learning rate",
    "epochs": "epochs",
    "batch_size": "batch size",
    "alpha": "α",
    "site": "site",
    "rate": "rate of λ",
    "one_sided": "one-sided label",
    "class_unbiased": "class-unbiased pairs",
    "clean": "clean term",
}


def heatmaps(sweep: Sweep, metric: str) -> go.Figure:
    """Return a heatmap a method; a cell without a finished run is empty, a failed one says so.

    Every cell carries an invisible marker with (method, row, column) as its data, and a click
    anywhere in the cell finds it: it is what a page can hear.
    """
    grids = {method: grid(sweep, method, metric) for method in sweep.methods}
    columns = min(MOST_COLUMNS, len(grids))
    rows = -(-len(grids) // columns)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[METHODS[method].title for method in grids],
        horizontal_spacing=0.07,
        vertical_spacing=0.24 / rows,
    )
    for place, (method, own) in enumerate(grids.items()):
        where = {"row": place // columns + 1, "col": place % columns + 1}
        figure.add_traces([_map(own, sweep), _targets(method, own, sweep)], **_twice(where))
        figure.update_xaxes(title_text=SETTING_NAMES[sweep.x.name], **where)
        if place % columns == 0:
            figure.update_yaxes(title_text=SETTING_NAMES[sweep.y.name], **where)
    figure.update_xaxes(**_axis(sweep.x))
    figure.update_yaxes(**_axis(sweep.y))
    figure.update_layout(**_layout(metric), height=_height(rows, len(sweep.y.values)))
    return figure


def _twice(where: dict[str, int]) -> dict[str, list[int]]:
    return {"rows": [where["row"]] * 2, "cols": [where["col"]] * 2}


def _axis(axis: Axis) -> dict[str, Any]:
    """Return an axis whose cells all have the same size, whether they are filled or not."""
    return {
        "type": "category",
        "range": [-0.5, len(axis.values) - 0.5],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def _height(rows: int, values: int) -> int:
    return 60 + rows * (90 + CELL_PIXELS * max(values, 2))


def _layout(metric: str) -> dict[str, Any]:
    split, name = metric.split(".")
    bar = {"title": {"text": f"{NAMES[name]} ({split})", "side": "right"}, "thickness": 12}
    return {
        "margin": {"l": 8, "r": 8, "t": 40, "b": 8},
        "coloraxis": {"colorscale": "Cividis", "colorbar": bar},
        "plot_bgcolor": NO_VALUE,
        "showlegend": False,
        "clickmode": "event+select",
        "dragmode": False,
        "hovermode": "closest",
        "hoverdistance": -1,
    }


def _map(own: Grid, sweep: Sweep) -> go.Heatmap:
    return go.Heatmap(
        x=_labels(sweep.x),
        y=_labels(sweep.y),
        z=own.mean,
        text=_texts(own),
        texttemplate="%{text}",
        coloraxis="coloraxis",
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )


def _labels(axis: Axis) -> list[str]:
    return [text_of(value) for value in axis.values]


def _texts(own: Grid) -> list[list[str]]:
    rows, columns = own.mean.shape
    return [[_lines(own.words(row, column)) for column in range(columns)] for row in range(rows)]


def _lines(words: str) -> str:
    return words.replace(" ± ", "<br>± ").replace(" (", "<br>(")


def _targets(method: str, own: Grid, sweep: Sweep) -> go.Scatter:
    """Return a marker a cell, and the text of cells that the heatmap leaves empty."""
    places, x, y = list(np.ndindex(own.mean.shape)), _labels(sweep.x), _labels(sweep.y)
    return go.Scatter(
        x=[x[column] for _, column in places],
        y=[y[row] for row, _ in places],
        mode="markers+text",
        text=["" if own.count[place] else own.words(*place) for place in places],
        marker={"symbol": "square", "size": 34, "opacity": 0},
        customdata=[[method, row, column, _hover(own, row, column)] for row, column in places],
        hovertemplate="%{customdata[3]}<extra></extra>",
    )


def _hover(own: Grid, row: int, column: int) -> str:
    count, failed = own.count[row, column], own.failed[row, column]
    if not count + failed:
        return "not trained yet"
    seeds = f"{count} of {count + failed} seeds ended well" if failed else f"seeds: {count}"
    return f"{own.words(row, column)}<br>{seeds}"
