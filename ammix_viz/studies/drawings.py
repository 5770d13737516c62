"""The figures of a study, out of its results."""

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
from ammix_viz.studies.results import Found, Results
from ammix_viz.studies.study import Study


@dataclass(frozen=True)
class Row:
    """Panels that stand side by side, one a method whose run has ended.

    Attributes
    ----------
    title : str
        Above them.
    panels : list of Panel
        In the order of the methods.
    names : list of str
        The classes.
    """

    title: str
    panels: list[Panel]
    names: list[str]


def rows_of(results: Results, seed: int) -> list[Row]:
    """Return the rows of panels of one seed: a part's views, then the unit circle."""
    return [row for found in results.found for row in _rows(results.study, found, seed)]


def _rows(study: Study, found: Found, seed: int) -> Iterator[Row]:
    for view in found.part.views:
        shown, names = _panels(study, found, seed, view)
        word = "Coarse classes" if view == COARSE else "Fine classes"
        title = word if len(found.part.views) > 1 else found.part.title
        yield Row(title, shown, names)
        if study.circle:
            circles = [on_circle(panel, panel.title.split("<br>")[0]) for panel in shown]
            yield Row(f"{title}, on the unit circle", circles, names)


def _panels(study: Study, found: Found, seed: int, view: str) -> tuple[list[Panel], list[str]]:
    shown: list[Panel] = []
    names: list[str] = []
    for method, own in found.comparison.by_method.items():
        record = found.ends[method][seed]
        if record is not None:
            with reader.Run(own[seed].key) as run:
                header, last = run.header, run.records()[-1]
            names = (header["coarse"] if view == COARSE else header)["class_names"]
            title = METHODS[method].title + _printed(study, record, view)
            shown.append(panel_of(title, header, last, view))
    return shown, names


def _printed(study: Study, record: np.void, view: str) -> str:
    """Return the metrics that the paper prints on a panel, as a second line."""
    own = study.printed or {}
    words = [f"{symbol} {digits(float(record[view + field]), 3)}" for field, symbol in own.items()]
    return f"<br><sub>{', '.join(words)}</sub>" if words else ""


def draw_row(row: Row, same_scale: bool) -> go.Figure | None:
    """Return the features and confidence of a row of panels; None if no run has ended."""
    if not row.panels:
        return None
    return panels(row.panels, row.names, reach_of(row.panels) if same_scale else None)


def draw_each_panel(shown: Sequence[Panel], same_scale: bool) -> list[go.Figure]:
    """Return the same as figures of one panel each, without a legend."""
    reach = reach_of(shown) if same_scale and shown else None
    return [panels([panel], (), reach) for panel in shown]


def draw_bars(study: Study, found: Found) -> list[go.Figure]:
    """Return the metrics that the paper shows as bars, a figure each."""
    return [bars({title: found.values(field)}) for field, title in study.bars.items()]
