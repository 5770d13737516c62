"""The pictures of the presets: two panels of runs at their end. Run this module to make them.

It trains what is missing and writes `settings/pictures/NAME.webp`.
"""

import sys

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ammix_viz.figures.picture import picture
from ammix_viz.figures.styles import SYMBOLS, mark_of
from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import feature_values
from ammix_viz.runs.recording import record
from ammix_viz.settings.presets import PICTURES, PRESETS
from ammix_viz.settings.recipe import Recipe

PANELS = {
    "four": ("Cross entropy", "AM-mixup"),
    "beta": ("AM-mixup, β 0", "AM-mixup, β 0.67"),
    "random_pairs": (
        "AM-mixup, pairs: random partner",
        "AM-mixup, pairs: different classes, evenly",
    ),
    "family": ("Manifold mixup", "AMA"),
    "ama_fig2": ("SupCon", "AMA"),
    "points": ("Cross entropy", "AM-mixup"),
    "digits": ("Cross entropy", "AM-mixup"),
    "mini_cifar_lt": ("Cross entropy", "AM-mixup"),
}
"""The titles of the panels in the picture of each preset."""

SIDE, GAP = 1.5, 0.06
"""Inches of a panel and between two."""

DPI, PLACES, TINT = 150, 120, 0.3
MOST_POINTS = 800


def make(name: str) -> bytes:
    """Return the picture of a preset; train its runs if they have not ended."""
    comparison = PRESETS[name].comparison
    runs = dict(zip((v.title for v in comparison.variants), comparison.recipes, strict=True))
    figure = Figure(figsize=(2 * SIDE + GAP, SIDE), dpi=DPI)
    for place, title in enumerate(PANELS[name]):
        left = place * (SIDE + GAP) / (2 * SIDE + GAP)
        axes = figure.add_axes((left, 0, SIDE / (2 * SIDE + GAP), 1))
        _paint(axes, runs[title])
    return picture(figure, "webp", DPI)


def _paint(axes, recipe: Recipe) -> None:  # noqa: ANN001
    status = disk.status(recipe.key)
    if status is None or status.state != "ended":
        for _ in record([recipe]):
            pass
    with reader.Run(recipe.key) as run:
        last, header = run.records()[-1], run.header
    points, labels = feature_values(last), np.array(header["labels"])
    test = slice(header["train_points"], None)
    points, labels = points[test][:MOST_POINTS], labels[test][:MOST_POINTS]
    middle = (points.min(0) + points.max(0)) / 2
    half = 1.1 * np.ptp(points, axis=0).max() / 2
    box = [middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half]
    axes.imshow(_regions(last["weight"], last["bias"], box), extent=box, origin="lower")
    for label in np.unique(labels):
        colour, symbol = mark_of(label)
        own = points[labels == label]
        axes.plot(*own.T, SYMBOLS[symbol][0], color=colour, ms=2.4, mec="white", mew=0.25)
    axes.set(xlim=box[:2], ylim=box[2:], xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def _regions(weight: np.ndarray, bias: np.ndarray, box: list[float]) -> np.ndarray:
    """Return the colour of each place: that of its class, grey where the classifier is unsure."""
    x, y = np.meshgrid(np.linspace(box[0], box[1], PLACES), np.linspace(box[2], box[3], PLACES))
    logits = np.stack([x, y], -1) @ weight.T.astype(float) + bias
    chance = np.exp(logits - logits.max(-1, keepdims=True))
    sure = (1 / chance.sum(-1) - 1 / len(bias)) / (1 - 1 / len(bias))
    colours = np.array([to_rgb(mark_of(k)[0]) for k in range(len(bias))])
    light = 1 - TINT * (1 - colours[logits.argmax(-1)])
    return 0.6 + (light - 0.6) * np.sqrt(sure)[..., None]


if __name__ == "__main__":
    for preset in sys.argv[1:] or PANELS:
        (PICTURES / f"{preset}.webp").write_bytes(make(preset))
