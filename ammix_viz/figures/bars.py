"""Bar charts of a metric: mean and deviation over seeds, and a dot per seed."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from ammix_viz.figures.picture import styled
from ammix_viz.runs.seed_stats import summarize

FAR = 20
"""Above this multiple of the median, a value hides the others on a linear axis."""

WIDTH, BAR, AROUND = 2.3, 0.19, 0.5
"""In inches: the width of a chart, the height of a bar, and that of title and axis."""


@styled()
def bars(title: str, values: Mapping[str, Sequence[float]], colours: Mapping[str, str]) -> Figure:
    """Return a chart with one horizontal bar per row.

    Parameters
    ----------
    title : str
        Title of the metric.
    values : dict of str to sequence of float
        {name of the row: one value a seed}; a row without values has no bar.
    colours : dict of str to str
        The colour of each row.
    """
    figure = Figure(figsize=(WIDTH, AROUND + BAR * len(values)), layout="constrained")
    axes = figure.add_subplot()
    for place, (name, seeds) in enumerate(values.items()):
        stats = summarize(seeds)
        if stats.count:
            axes.barh(place, stats.mean, height=0.66, color=colours[name], alpha=0.75)
            axes.errorbar(
                stats.mean, place, xerr=np.nan_to_num(stats.std), color="#404040", elinewidth=0.8
            )
            axes.plot(seeds, [place] * len(seeds), "o", ms=2, mew=0, color="#202020", alpha=0.6)
    axes.set_yticks(range(len(values)), list(values))
    axes.set_ylim(len(values) - 0.5, -0.5)
    if _needs_log([value for seeds in values.values() for value in seeds]):
        axes.set_xscale("log")
    elif axes.get_xlim()[0] > 0:
        axes.set_xlim(left=0)
    axes.set_title(title, pad=4)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _needs_log(values: Sequence[float]) -> bool:
    """Return whether one seed would hide all others on a linear axis."""
    return bool(values) and min(values) > 0 and max(values) > FAR * float(np.median(values))
