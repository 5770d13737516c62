"""Plotly figures of runs: what people read rather than watch."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ammix_viz.methods import METHODS

METHOD_LINES = {
    "ce": ("#7f7f7f", "solid"),
    "mixup": ("#a6611a", "dot"),
    "manifold": ("#5e3c99", "dash"),
    "am_mixup": ("#d01c8b", "solid"),
}
"""Colour and dash of each method; classes have other colours."""

NAMES = {
    "accuracy": "Accuracy, %",
    "A": "A, alignment",
    "U": "U, uniformity",
    "U1": "U1, nearest neighbour",
    "D_relative": "D_relative",
    "lam": "λ, share of the own row",
    "D_max": "D_max",
    "D_centroid": "D_centroid",
    "U_raw": "U, centres not normalised",
    "U1_raw": "U1, centres not normalised",
    "calibration_error": "Calibration error, %",
    "loss": "Training objective",
}
"""What each metric is called above its curve."""

KEY_METRICS = ("accuracy", "A", "U", "U1", "D_relative", "lam")
PER_RUN = ("lam", "loss")
"""Metrics that belong to the run, not to a split."""

Series = dict[str, tuple[np.ndarray, np.ndarray]]


def metric_curves(
    histories: dict[str, np.ndarray], split: str, metrics: tuple[str, ...], epochs: int
) -> go.Figure:
    """Return one small chart a metric, all methods in each, over epochs.

    Parameters
    ----------
    histories : dict of str to ndarray
        Records of each method.
    split : {"train", "test"}
        Whose metrics.
    metrics : tuple of str
        Names from `NAMES`.
    epochs : int
        The last epoch, so that the axis stands still while runs go on.
    """
    charts = {}
    for name in metrics:
        field = name if name in PER_RUN else f"{split}.{name}"
        charts[NAMES[name]] = {m: (r["epoch"], r[field]) for m, r in histories.items()}
    return _small_multiples(charts, epochs)


def class_curves(histories: dict[str, np.ndarray], split: str, epochs: int) -> go.Figure:
    """Return one small chart a class of its accuracy over epochs, all methods in each."""
    field = f"{split}.per_class_accuracy"
    classes = next(iter(histories.values()))[field].shape[1] if histories else 0
    charts = {
        f"Class {k}, accuracy %": {m: (r["epoch"], r[field][:, k]) for m, r in histories.items()}
        for k in range(classes)
    }
    return _small_multiples(charts, epochs)


def _small_multiples(charts: dict[str, Series], epochs: int) -> go.Figure:
    columns = min(3, len(charts)) if len(charts) != 4 else 2
    rows = -(-len(charts) // columns) if charts else 1
    figure = make_subplots(
        rows=rows,
        cols=columns or 1,
        subplot_titles=list(charts),
        vertical_spacing=0.3 / rows,
        horizontal_spacing=0.06,
    )
    for place, series in enumerate(charts.values()):
        for method, (x, y) in series.items():
            line = _line(method, x, y, legend=place == 0)
            figure.add_trace(line, row=place // columns + 1, col=place % columns + 1)
    figure.update_xaxes(range=[0, epochs])
    figure.update_xaxes(title_text="epoch", title_standoff=4, row=rows)
    figure.update_layout(
        height=60 + 250 * rows,
        margin={"l": 8, "r": 8, "t": 60, "b": 8},
        legend={"orientation": "h", "y": 1 + 0.17 / rows, "x": 0, "yanchor": "bottom"},
        hovermode="x unified",
    )
    return figure


def _line(method: str, x: np.ndarray, y: np.ndarray, legend: bool) -> go.Scatter:
    colour, dash = METHOD_LINES[method]
    return go.Scatter(
        x=x,
        y=y,
        name=METHODS[method].title,
        legendgroup=method,
        showlegend=legend,
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2},
        hovertemplate="%{y:.4g}",
    )
