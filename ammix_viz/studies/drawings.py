"""The figures of a study, out of its results."""

import plotly.graph_objects as go

from ammix_viz import runs
from ammix_viz.figures.bars import bars
from ammix_viz.figures.panels import Panel, panel_of, panels
from ammix_viz.methods import METHODS
from ammix_viz.recipe import Recipe
from ammix_viz.studies.results import Results


def draw_panels(results: Results, seed: int, same_scale: bool) -> go.Figure | None:
    """Return the features and confidence of one seed's runs; None if none has ended."""
    shown: list[Panel] = []
    names: list[str] = []
    for recipe, ended in _runs_of(results, seed):
        if ended:
            with runs.Run(recipe.key) as run:
                names = run.header["class_names"]
                shown.append(panel_of(_title(recipe), run.header, run.records()[-1]))
    return panels(shown, names, same_scale) if shown else None


def _runs_of(results: Results, seed: int) -> list[tuple[Recipe, bool]]:
    return [
        (own[seed], results.ends[name][seed] is not None)
        for name, own in results.comparison.by_method.items()
    ]


def _title(recipe: Recipe) -> str:
    return METHODS[recipe.method].title


def draw_bars(results: Results) -> go.Figure:
    """Return the metrics that the paper shows as bars."""
    return bars({title: results.values(field) for field, title in results.study.bars.items()})
