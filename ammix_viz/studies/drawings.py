"""The figures of a study, out of its results."""

from collections.abc import Sequence

import plotly.graph_objects as go

from ammix_viz import runs
from ammix_viz.figures.bars import bars
from ammix_viz.figures.panels import Panel, panel_of, panels, reach_of
from ammix_viz.methods import METHODS
from ammix_viz.studies.results import Results


def panels_of(results: Results, seed: int) -> tuple[list[Panel], list[str]]:
    """Return a panel for each method whose run of this seed has ended, and the classes' names."""
    shown: list[Panel] = []
    names: list[str] = []
    for method, own in results.comparison.by_method.items():
        if results.ends[method][seed] is not None:
            with runs.Run(own[seed].key) as run:
                names = run.header["class_names"]
                title = METHODS[method].title
                shown.append(panel_of(title, run.header, run.records()[-1]))
    return shown, names


def draw_panels(shown: Sequence[Panel], names: Sequence[str], same_scale: bool) -> go.Figure | None:
    """Return the features and confidence of one seed's runs; None if none has ended."""
    return panels(shown, names, reach_of(shown) if same_scale else None) if shown else None


def draw_each_panel(shown: Sequence[Panel], same_scale: bool) -> list[go.Figure]:
    """Return the same as figures of one panel each, without a legend."""
    reach = reach_of(shown) if same_scale and shown else None
    return [panels([panel], (), reach) for panel in shown]


def draw_bars(results: Results) -> list[go.Figure]:
    """Return the metrics that the paper shows as bars, a figure each."""
    return [bars({title: results.values(field)}) for field, title in results.study.bars.items()]
