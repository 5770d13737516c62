"""The papers' panels: features on top, the classifier's confidence under them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ammix_viz.figures.styles import CLASS_MARKS
from ammix_viz.runs.format import COARSE, feature_values

SIDE = 72
"""Number of places along each axis at which confidence is computed."""

CIRCLE = np.array([[-1.15, 1.15], [-1.15, 1.15]])
"""The limits of a panel that shows the unit circle."""

CONFIDENCE_COLOURS = [[0, "#8c8c8c"], [0.5, "#c4c4c4"], [1, "#ffffff"]]
"""Light where confident, as in the papers."""


@dataclass(frozen=True)
class Panel:
    """What one panel shows.

    Attributes
    ----------
    title : str
        Title of the panel.
    features : ndarray of shape (N, 2)
        Features of the training points.
    labels : ndarray of shape (N,)
        Their classes.
    classifier : tuple of ndarray of shape (K, 2) and (K,), optional
        Weight and bias of the linear classifier; none, and no confidence, on the unit circle.
    first_mark : int
        The mark of the first class; coarse classes have others than fine ones.
    counts : tuple of int, optional
        Samples of each class, where the features are those of some; by default all are there.
    """

    title: str
    features: np.ndarray
    labels: np.ndarray
    classifier: tuple[np.ndarray, np.ndarray] | None
    first_mark: int = 0
    counts: tuple[int, ...] | None = None

    @property
    def on_circle(self) -> bool:
        """Whether features are scaled to the unit circle."""
        return self.classifier is None


def panel_of(title: str, header: dict, record: np.ndarray, prefix: str = "") -> Panel:
    """Return the panel of one record of a run, with its training points.

    `prefix` selects the classes: "", or `COARSE` for the coarse ones.
    """
    points = header["train_points"]
    fine = len(header["class_names"])
    of = np.array(header["coarse"]["of"] if prefix == COARSE else range(fine))
    labels = of[header["labels"][:points]]
    totals = header.get("totals", {}).get("train")
    counts = tuple(np.bincount(of, totals).astype(int).tolist()) if totals else None
    features = feature_values(record)[:points]
    classifier = record[f"{prefix}weight"], record[f"{prefix}bias"]
    first = fine if prefix == COARSE else 0
    return Panel(title, features, labels, classifier, first, counts)


def on_circle(panel: Panel, title: str) -> Panel:
    """Return a panel of the directions alone: features of length 1 (AMM Fig. 5)."""
    lengths = np.linalg.norm(panel.features, axis=1, keepdims=True)
    directions = panel.features / np.where(lengths > 0, lengths, 1)
    return replace(panel, title=title, features=directions, classifier=None)


def mark_of(label: int, first: int = 0) -> tuple[str, str]:
    """Return colour and marker of a class."""
    return CLASS_MARKS[(first + label) % len(CLASS_MARKS)]


def confidence(weight: np.ndarray, bias: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the probability of the class that is most likely at each point (..., 2)."""
    logits = points @ weight.T.astype(float) + bias
    return 1 / np.exp(logits - logits.max(-1, keepdims=True)).sum(-1)


def reach_of(row: Sequence[Panel]) -> float:
    """Return half the side of a square that every one of the panels fits into."""
    return max(_reach(panel.features) for panel in row)


def panels(
    row: Sequence[Panel], class_names: Sequence[str], reach: float | None = None
) -> go.Figure:
    """Return panels side by side, four a row.

    Parameters
    ----------
    row : sequence of Panel
        In their order.
    class_names : sequence of str
        For the legend; none for none.
    reach : float, optional
        Half the side of every panel, in feature units; by default each panel has a separate range.
    """
    columns = min(4, len(row))
    rows = -(-len(row) // columns)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        horizontal_spacing=0.03,
        vertical_spacing=0.3 / rows,
    )
    for place, panel in enumerate(row):
        where = {"row": place // columns + 1, "col": place % columns + 1}
        limits = CIRCLE if panel.on_circle else _limits(panel.features, reach)
        _add_panel(figure, panel, limits, () if place else class_names, where)
        _add_title(figure, panel.title, where)
    figure.update_layout(
        height=(80 if class_names else 0) + (300 if len(row) > 1 else 270) * rows,
        margin={"l": 36, "r": 8, "t": 70 if class_names else 30, "b": 28},
        legend={
            "orientation": "h",
            "y": 1 + 34 / (300 * rows),
            "yanchor": "bottom",
            "itemsizing": "constant",
        },
        template="plotly_white",
    )
    return figure


def _reach(features: np.ndarray) -> float:
    return float(np.ptp(features, axis=0).max()) * 0.54


def _limits(features: np.ndarray, reach: float | None) -> np.ndarray:
    """Return [[left, right], [bottom, top]] of a square around the features."""
    middle = (features.min(0) + features.max(0)) / 2
    half = reach or _reach(features) or 1.0
    return np.stack([middle - half, middle + half], axis=1)


def _add_panel(
    figure: go.Figure,
    panel: Panel,
    limits: np.ndarray,
    class_names: Sequence[str],
    where: dict[str, int],
) -> None:
    if panel.classifier:
        figure.add_trace(_confidence_map(*panel.classifier, limits), **where)
    for label in np.unique(panel.labels):
        members = panel.features[panel.labels == label]
        colour, symbol = mark_of(label, panel.first_mark)
        points = go.Scatter(
            x=np.round(members[:, 0], 3),
            y=np.round(members[:, 1], 3),
            name=_named(panel, label, class_names, len(members)) if class_names else "",
            legendgroup=str(label),
            showlegend=bool(class_names),
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 5, "opacity": 0.8},
            hoverinfo="skip",
        )
        figure.add_trace(points, **where)
    axes = {"showgrid": False, "zeroline": False, "ticks": "outside", "nticks": 4}
    x_axis = _axis_of(where, figure)
    figure.update_xaxes(range=limits[0], constrain="domain", automargin=False, **axes, **where)
    figure.update_yaxes(
        range=limits[1],
        scaleanchor=x_axis,
        constrain="domain",
        constraintoward="bottom",  # where the other axis has its ticks
        automargin=False,  # so that all panels are of one size
        **axes,
        **where,
    )


def _named(panel: Panel, label: int, class_names: Sequence[str], displayed: int) -> str:
    """Return a class's name with its samples, and how many of them are displayed."""
    all_of = panel.counts[label] if panel.counts else displayed
    return f"{class_names[label]} ({displayed}{f' of {all_of}' if all_of != displayed else ''})"


def _confidence_map(weight: np.ndarray, bias: np.ndarray, limits: np.ndarray) -> go.Heatmap:
    x, y = (np.linspace(low, high, SIDE) for low, high in limits)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    z = np.round(confidence(weight, bias, places), 3)
    style = {"colorscale": CONFIDENCE_COLOURS, "zmin": 1 / len(bias), "zmax": 1}
    return go.Heatmap(x=x, y=y, z=z, zsmooth="best", hoverinfo="skip", showscale=False, **style)


def _add_title(figure: go.Figure, title: str, where: dict[str, int]) -> None:
    x = _axis_of(where, figure)
    figure.add_annotation(
        text=title,
        xref=f"{x} domain",
        yref=f"{x.replace('x', 'y')} domain",
        x=0.5,
        y=1,
        yanchor="bottom",
        showarrow=False,
        font={"size": 15},
    )


def _axis_of(where: dict[str, int], figure: go.Figure) -> str:
    """Return the name of the x axis of a panel."""
    subplot = figure.get_subplot(where["row"], where["col"])
    return subplot.xaxis.plotly_name.replace("axis", "")
