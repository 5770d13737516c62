"""Bar charts of a metric by row: mean and deviation over seeds, and a dot per seed."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ammix_viz.runs.seed_stats import summarize

FAR = 20
"""Above this multiple of the median, a value hides the others on a linear axis."""

Values = Mapping[str, Mapping[str, Sequence[float]]]


def bars(values: Values, titles: Mapping[str, str], colours: Mapping[str, str]) -> go.Figure:
    """Return one small chart per metric, with one bar per row.

    Parameters
    ----------
    values : dict of str to dict of str to sequence of float
        {title of the metric: {row: one value a seed}}.
    titles, colours : dict of str to str
        Displayed name and colour of each row.
    """
    figure = make_subplots(rows=1, cols=len(values), subplot_titles=list(values))
    for column, by_row in enumerate(values.values(), start=1):
        figure.add_trace(_bars(by_row, titles, colours), row=1, col=column)
        figure.add_trace(_dots(by_row, titles), row=1, col=column)
        figure.update_yaxes(**_scale(by_row), row=1, col=column)
    figure.update_xaxes(tickangle=-40)
    figure.update_layout(
        height=330,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        showlegend=False,
        bargap=0.35,
        template="plotly_white",
    )
    return figure


def _scale(by_row: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """Return an axis from zero, or a logarithmic one where one seed would hide all others."""
    values = [value for seeds in by_row.values() for value in seeds]
    far = values and min(values) > 0 and max(values) > FAR * float(np.median(values))
    return {"type": "log"} if far else {"rangemode": "tozero"}


def _bars(
    by_row: Mapping[str, Sequence[float]], titles: Mapping[str, str], colours: Mapping[str, str]
) -> go.Bar:
    found = {row: summarize(seeds) for row, seeds in by_row.items()}
    return go.Bar(
        x=[titles[row] for row in found],
        y=[stats.mean for stats in found.values()],
        error_y={
            "array": [np.nan_to_num(stats.std) for stats in found.values()],
            "thickness": 1.5,
            "color": "#808080",
        },
        marker_color=[colours[row] for row in found],
        opacity=0.75,
        customdata=[str(stats) for stats in found.values()],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )


def _dots(by_row: Mapping[str, Sequence[float]], titles: Mapping[str, str]) -> go.Scatter:
    pairs = [(titles[row], value) for row, seeds in by_row.items() for value in seeds]
    x, y = zip(*pairs, strict=True) if pairs else ((), ())
    style = {"color": "rgba(128,128,128,0.8)", "size": 4}
    return go.Scatter(x=x, y=y, mode="markers", marker=style, hoverinfo="skip")
