"""A sweep's heatmaps: one a method, of one metric, on one scale."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ammix_viz.figures.looks import NAMES
from ammix_viz.methods import METHODS
from ammix_viz.rules import text_of
from ammix_viz.spread import Spread
from ammix_viz.studies.sweep import Grid, Sweep, grid

MOST_COLUMNS = 3
CELL_PIXELS = 56
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

    Every cell carries an invisible marker with (method, row, column) as its data: a click on it
    is what a page can hear.
    """
    grids = {method: grid(sweep, method, metric) for method in sweep.methods}
    columns = min(MOST_COLUMNS, len(grids))
    rows = -(-len(grids) // columns)
    titles = [METHODS[method].title for method in grids]
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=titles,
        horizontal_spacing=0.09,
        vertical_spacing=0.24 / rows,
    )
    x, y = ([text_of(value) for value in axis.values] for axis in (sweep.x, sweep.y))
    for place, (method, own) in enumerate(grids.items()):
        where = {"row": place // columns + 1, "col": place % columns + 1}
        figure.add_trace(_map(own, x, y), **where)
        figure.add_trace(_targets(method, own, x, y), **where)
        figure.update_xaxes(title_text=SETTING_NAMES[sweep.x.name], **where)
        if place % columns == 0:
            figure.update_yaxes(title_text=SETTING_NAMES[sweep.y.name], **where)
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(type="category", showgrid=False)
    split, name = metric.split(".")
    figure.update_layout(
        height=110 + rows * (90 + CELL_PIXELS * max(len(y), 2)),
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        coloraxis={"colorscale": "Cividis", "colorbar": {"title": f"{NAMES[name]}<br>({split})"}},
        showlegend=False,
        clickmode="event+select",
        dragmode=False,
    )
    return figure


def _map(own: Grid, x: Sequence[str], y: Sequence[str]) -> go.Heatmap:
    return go.Heatmap(
        x=x,
        y=y,
        z=own.mean,
        text=_texts(own),
        texttemplate="%{text}",
        coloraxis="coloraxis",
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )


def _texts(own: Grid) -> list[list[str]]:
    return [
        [_text(own, row, column) for column in range(own.mean.shape[1])]
        for row in range(own.mean.shape[0])
    ]


def _text(own: Grid, row: int, column: int) -> str:
    if not own.count[row, column]:
        return "failed" if own.failed[row, column] else ""
    value = Spread(own.mean[row, column], own.std[row, column], int(own.count[row, column]))
    return str(value).replace(" ± ", "<br>± ")


def _targets(method: str, own: Grid, x: Sequence[str], y: Sequence[str]) -> go.Scatter:
    """Return a marker a cell; cells without a value have a dim one, so that they are seen."""
    places = list(np.ndindex(own.mean.shape))
    return go.Scatter(
        x=[x[column] for _, column in places],
        y=[y[row] for row, _ in places],
        mode="markers+text",
        text=["" if own.count[place] or not own.failed[place] else "failed" for place in places],
        marker={
            "symbol": "square",
            "size": 34,
            "color": "rgba(128,128,128,1)",
            "opacity": [0.0 if own.count[place] else 0.15 for place in places],
        },
        customdata=[[method, row, column, _hover(own, row, column)] for row, column in places],
        hovertemplate="%{customdata[3]}<extra></extra>",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )


def _hover(own: Grid, row: int, column: int) -> str:
    text = _text(own, row, column).replace("<br>", " ") or "not trained yet"
    seeds = f"{own.count[row, column]} seeds ended"
    failed = own.failed[row, column]
    return f"{text}<br>{seeds}" + (f", {failed} failed" if failed else "")
