"""The figures of a study, made from its results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ammix_viz.figures.bars import bars
from ammix_viz.figures.panels import Panel, on_circle, panel_of, panels, reach_of
from ammix_viz.methods.table import METHODS
from ammix_viz.runs import reader
from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import digits
from ammix_viz.studies.results import PartResults, Results
from ammix_viz.studies.study import Study


@dataclass(frozen=True)
class Row:
    """Panels side by side, one for each method whose run has finished.

    Attributes
    ----------
    title : str
        Title of the row.
    panels : list of Panel
        In the order of the methods.
    names : list of str
        The classes.
    """

    title: str
    panels: list[Panel]
    names: list[str]


def panel_rows(results: Results, seed: int) -> list[Row]:
    """Return the rows of panels for the seed of an index: one per view, then on the unit circle."""
    return [row for found in results.found for row in _rows(results.study, found, seed)]


def _rows(study: Study, found: PartResults, seed: int) -> Iterator[Row]:
    for view in found.part.views:
        made, names = _panels(study, found, seed, view)
        word = "Coarse classes" if view == COARSE else "Fine classes"
        title = word if len(found.part.views) > 1 else found.part.title
        yield Row(title, made, names)
        if study.circle:
            circles = [on_circle(panel, panel.title.split("<br>")[0]) for panel in made]
            yield Row(f"{title}, on the unit circle", circles, names)


def _panels(
    study: Study, found: PartResults, seed: int, view: str
) -> tuple[list[Panel], list[str]]:
    made: list[Panel] = []
    names: list[str] = []
    for name, recipes in found.recipes.items():
        record = found.ends[name][seed]
        if record is not None:
            with reader.Run(recipes[seed].key) as run:
                header, last = run.header, run.records()[-1]
            names = (header["coarse"] if view == COARSE else header)["class_names"]
            title = found.part.rows[name].title + _printed(study, record, view)
            made.append(panel_of(title, header, last, view))
    return made, names


def _printed(study: Study, record: np.void, view: str) -> str:
    """Return the metrics that the paper prints on a panel, as a second line."""
    printed = study.printed or {}
    words = [
        f"{symbol} {digits(float(record[view + field]), 3)}" for field, symbol in printed.items()
    ]
    return f"<br><sub>{', '.join(words)}</sub>" if words else ""


def row_figure(row: Row, same_scale: bool) -> go.Figure | None:
    """Return a row of panels as one figure; None if no run has finished."""
    if not row.panels:
        return None
    return panels(row.panels, row.names, reach_of(row.panels) if same_scale else None)


def panel_figures(made: Sequence[Panel], same_scale: bool) -> list[go.Figure]:
    """Return one figure per panel, without a legend."""
    reach = reach_of(made) if same_scale and made else None
    return [panels([panel], (), reach) for panel in made]


def bar_figures(study: Study, found: PartResults) -> list[go.Figure]:
    """Return a bar chart for each metric that the paper plots as bars."""
    colours = {name: METHODS[run.method].colour for name, run in found.part.first.items()}
    titles = found.part.titles
    return [bars({title: found.values(f)}, titles, colours) for f, title in study.bars.items()]
