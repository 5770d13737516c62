"""The figures of a study, made from its results."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from ammix_viz.figures.bars import bars
from ammix_viz.figures.panels import Panel, on_circle, panel_of, panels, reach_of
from ammix_viz.methods.table import METHODS
from ammix_viz.runs import reader
from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import digits
from ammix_viz.studies.results import PartResults, Results
from ammix_viz.studies.study import Study


@dataclass(frozen=True)
class PanelRow:
    """Panels side by side.

    Attributes
    ----------
    name : str
        Name for files.
    title : str
        Title of the row.
    panels : list of Panel
        One for each row of the study whose run has ended.
    in_paper : list of Panel
        Those of them that the paper has.
    names : list of str
        The classes.
    """

    name: str
    title: str
    panels: list[Panel]
    in_paper: list[Panel]
    names: list[str]

    @property
    def on_circle(self) -> bool:
        """Whether the features are scaled to the unit circle."""
        return any(panel.on_circle for panel in self.panels)


def panel_rows(results: Results, seed: int) -> list[PanelRow]:
    """Return the rows of panels for one seed: a row per view, each followed by the unit circle."""
    if results.study.search:
        return []  # of many readings, most of which are bad
    displayed = (results.found[place] for place in results.study.pictured)
    with_plane = [each for each in displayed if not each.part.shared.why_not_displayed]
    return [row for found in with_plane for row in _rows(results, found, seed)]


def _rows(results: Results, found: PartResults, seed: int) -> Iterator[PanelRow]:
    study, views = results.study, found.part.views
    for view in views:
        made, names = _panels(study, found, seed, view)
        word = "Coarse classes" if view == COARSE else "Fine classes"
        title = word if len(views) > 1 else found.part.title
        name = file_word(f"{title if len(results.found) + len(views) > 2 else ''} features")
        yield _row(study, name, title, made, names)
        if study.circle:
            circles = {n: on_circle(p, p.title.split("\n")[0]) for n, p in made.items()}
            yield _row(study, f"{name}_unit_circle", f"{title}, on the unit circle", circles, names)


def _row(study: Study, name: str, title: str, made: dict[str, Panel], names: list[str]) -> PanelRow:
    in_paper = [made[row] for row in study.in_paper or made if row in made]
    return PanelRow(name, title, list(made.values()), in_paper, names)


def file_word(title: str) -> str:
    """Return a title as part of a file's name."""
    kept = (letter if letter.isalnum() else "_" for letter in title.lower())
    return "_".join(filter(None, "".join(kept).split("_")))


def _panels(
    study: Study, found: PartResults, seed: int, view: str
) -> tuple[dict[str, Panel], list[str]]:
    """Return the panel of each row whose run has ended, and the names of the classes."""
    made: dict[str, Panel] = {}
    names: list[str] = []
    for row, recipes in found.recipes.items():
        record = found.ends[row][seed]
        if record is not None:
            with reader.Run(recipes[seed].key) as run:
                header, last = run.header, run.records()[-1]
            names = (header["coarse"] if view == COARSE else header)["class_names"]
            title = found.part.titles[row] + _printed(study, record, view)
            made[row] = panel_of(title, header, last, view)
    return made, names


def _printed(study: Study, record: np.void, view: str) -> str:
    """Return the metrics that the paper prints on a panel, as a second line."""
    printed = study.printed or {}
    words = [
        f"{symbol} {digits(float(record[view + field]), 3)}" for field, symbol in printed.items()
    ]
    return f"\n{', '.join(words)}" if words else ""


def bar_figures(study: Study, found: PartResults) -> dict[str, Figure]:
    """Return {title: bar chart} of each metric plotted as bars; none if no run has ended."""
    if not any(record is not None for records in found.ends.values() for record in records):
        return {}
    titles = found.part.titles
    colours = {titles[name]: METHODS[run.method].colour for name, run in found.part.first.items()}
    return {
        title: bars(title, {titles[n]: v for n, v in found.values(field).items()}, colours)
        for field, title in study.bars.items()
    }


def figure_files(results: Results, seed: int) -> dict[str, Figure]:
    """Return {name of the file, without its ending: figure} of a study, as the paper has them."""
    study, start = results.study, results.study.name.replace(" ", "_")
    figures = {}
    for row in panel_rows(results, seed):
        if row.in_paper:
            figures[f"{start}_{row.name}"] = panels(row.in_paper, row.names)
        if row.panels and not row.on_circle:
            same = panels(row.panels, row.names, reach_of(row.panels))
            figures[f"{start}_{row.name}_shared_axes"] = same
    for found in results.found:
        for title, figure in bar_figures(study, found).items():
            part = found.part.title if len(results.found) > 1 else ""
            figures[f"{start}_{file_word(f'{part} {title}')}"] = figure
    return figures
