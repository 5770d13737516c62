"""The papers' panels: features on top, the classifier's confidence under them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator

from ammix_viz.figures.picture import styled
from ammix_viz.figures.styles import CONFIDENCE_COLOURS, SYMBOLS, mark_of
from ammix_viz.figures.titles import most_lines, title_lines
from ammix_viz.runs.format import COARSE, feature_values

PLACES = 160
"""Number of places along each axis at which confidence is computed."""

CIRCLE = np.array([[-1.15, 1.15], [-1.15, 1.15]])
"""The limits of a panel that shows the unit circle."""

COLUMNS = 4
"""The most panels in a row."""

SIDE, LEFT, RIGHT, TOP, BOTTOM, LINE, SCALE = 1.25, 0.29, 0.06, 0.2, 0.19, 0.15, 0.42
"""In inches: the side of a panel, the space around it, a line of text, and the scale beside it."""

MANY = 300
"""With more points than this, they are stored as an image in SVG and PDF."""


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


def confidence(weight: np.ndarray, bias: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the probability of the class that is most likely at each point (..., 2)."""
    logits = points @ weight.T.astype(float) + bias
    return 1 / np.exp(logits - logits.max(-1, keepdims=True)).sum(-1)


def reach_of(row: Sequence[Panel]) -> float:
    """Return half the side of a square that every one of the panels fits into."""
    return max(_reach(panel.features) for panel in row)


@styled()
def panels(
    row: Sequence[Panel],
    class_names: Sequence[str] = (),
    reach: float | None = None,
    most_title_lines: int = 0,
) -> Figure:
    """Return panels side by side, four a row, for a page 6.9 inches wide.

    Parameters
    ----------
    row : sequence of Panel
        In their order.
    class_names : sequence of str, optional
        For the legend, and the scale of the confidence; by default there is neither.
    reach : float, optional
        Half the side of every panel, in feature units; by default each panel has a separate range.
    most_title_lines : int, optional
        Lines to leave for the titles, to align figures made one by one; by default as many as the
        longest title has.
    """
    title_lines_left = most_title_lines or most_lines(panel.title for panel in row)
    columns = min(COLUMNS, len(row))
    rows = -(-len(row) // columns)
    cell = np.array([LEFT + SIDE + RIGHT, TOP + LINE * (title_lines_left - 1) + SIDE + BOTTOM])
    keys = [_key(row[0], label, name) for label, name in enumerate(class_names)]
    lines = -(-len(keys) // max(int(columns * cell[0] / _width(keys)), 1)) if keys else 0
    legend = (lines + 0.4) * LINE if keys else 0.0
    scale = SCALE if keys and not row[0].on_circle else 0.0
    size = columns * cell[0] + scale, rows * cell[1] + legend
    figure = Figure(figsize=size)
    for place, panel in enumerate(row):
        corner = (
            place % columns * cell[0] + LEFT,
            size[1] - (place // columns + 1) * cell[1] + BOTTOM,
        )
        axes = figure.add_axes(_in_figure(size, *corner, SIDE, SIDE))
        image = _add_panel(axes, panel, CIRCLE if panel.on_circle else _limits(panel, reach))
        if scale and image is not None and place == 0:
            corner = columns * cell[0] + 0.05, corner[1]
            _add_scale(figure, figure.add_axes(_in_figure(size, *corner, 0.09, SIDE)), image)
    if keys:
        _add_legend(figure, keys, lines, columns * cell[0] / 2 / size[0])
    return figure


def _add_legend(figure: Figure, keys: Sequence[Line2D], lines: int, middle: float) -> None:
    """Draw the legend below the panels, in lines from left to right."""
    across = -(-len(keys) // lines)
    figure.legend(
        handles=[key for column in range(across) for key in keys[column::across]],
        ncols=across,
        loc="lower center",
        bbox_to_anchor=(middle, 0),
        frameon=False,
        handletextpad=0.2,
        columnspacing=1.2,
        borderpad=0.2,
    )


def _width(keys: Sequence[Line2D]) -> float:
    """Return the space for one key of the legend in inches."""
    return 0.3 + 0.055 * max(len(str(key.get_label())) for key in keys)


def _in_figure(
    size: tuple[float, float], left: float, bottom: float, width: float, height: float
) -> tuple[float, float, float, float]:
    """Return a rectangle in inches as shares of the figure."""
    return left / size[0], bottom / size[1], width / size[0], height / size[1]


def _limits(panel: Panel, reach: float | None) -> np.ndarray:
    """Return [[left, right], [bottom, top]] of a square around the features."""
    low, high = panel.features.min(0), panel.features.max(0)
    half = reach or _reach(panel.features) or 1.0
    return np.stack([(low + high) / 2 - half, (low + high) / 2 + half], axis=1)


def _reach(features: np.ndarray) -> float:
    return float(np.ptp(features, axis=0).max()) * 0.54


def _add_panel(axes: Axes, panel: Panel, limits: np.ndarray) -> AxesImage | None:
    """Draw a panel; return its confidence map, which the unit circle does not have."""
    image = _add_confidence(axes, panel.classifier, limits) if panel.classifier else None
    for label in np.unique(panel.labels):
        members = panel.features[panel.labels == label]
        many = len(panel.labels) > MANY
        axes.plot(*members.T, **_mark(panel, label, 2.4), alpha=0.8, rasterized=many)
    axes.set(xlim=limits[0], ylim=limits[1], aspect="equal")
    axes.set_title("\n".join(title_lines(panel.title)), pad=3)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator([-1, 0, 1]) if panel.on_circle else MaxNLocator(4))
    return image


def _mark(panel: Panel, label: int, size: float) -> dict[str, Any]:
    colour, symbol = mark_of(label, panel.first_mark)
    size *= 1.5 if symbol == "star" else 1.0  # the thinnest
    style: dict[str, Any] = {"color": colour, "marker": SYMBOLS[symbol][0], "linestyle": "none"}
    return style | {"markersize": size, "markeredgewidth": 0}


def _key(panel: Panel, label: int, name: str) -> Line2D:
    """Return an entry of the legend: mark, name, samples, and how many of them are displayed."""
    return Line2D([], [], label=class_label(panel, label, name), **_mark(panel, label, 5))


def class_label(panel: Panel, label: int, name: str) -> str:
    """Return a class's name with its samples, and how many of them are displayed."""
    displayed = int((panel.labels == label).sum())
    all_of = panel.counts[label] if panel.counts else displayed
    return f"{name} ({displayed}{f' of {all_of}' if all_of != displayed else ''})"


def _add_confidence(
    axes: Axes, classifier: tuple[np.ndarray, np.ndarray], limits: np.ndarray
) -> AxesImage:
    edges = (np.linspace(low, high, PLACES + 1) for low, high in limits)
    x, y = ((each[1:] + each[:-1]) / 2 for each in edges)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    return axes.imshow(
        confidence(*classifier, places),
        cmap=LinearSegmentedColormap.from_list("confidence", CONFIDENCE_COLOURS),
        vmin=1 / len(classifier[1]),
        vmax=1,
        extent=tuple(limits.ravel()),
        origin="lower",
        interpolation="bilinear",
    )


def _add_scale(figure: Figure, axes: Axes, image: AxesImage) -> None:
    """Draw the scale that says what light and dark mean."""
    ends = [image.norm.vmin, image.norm.vmax]
    figure.colorbar(image, cax=axes, ticks=ends, format=lambda value, _: f"{value:.2g}")
    axes.set_ylabel("confidence", labelpad=-8)
