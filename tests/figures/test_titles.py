"""Titles of panels in lines."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ammix_viz.figures.panels import Panel, panels
from ammix_viz.figures.picture import styled
from ammix_viz.figures.titles import most_lines, title_lines
from ammix_viz.studies.table import STUDIES, study_of


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Cross entropy", ["Cross entropy"]),
        ("Cross entropy\nU 1.2, U1 0.45", ["Cross entropy", "U 1.2, U1 0.45"]),
        ("λ_am, two labels, last layer", ["λ_am, two labels,", "last layer"]),
        ("λ ~ Beta(1, 1), one label, last layer", ["λ ~ Beta(1, 1),", "one label, last layer"]),
        ("One word that has no comma at all", ["One word that has no comma at all"]),
    ],
)
def test_a_long_title_is_broken_after_commas(title, lines):
    assert title_lines(title) == lines
    assert most_lines([title, "x"]) == len(lines)


def test_no_titles_need_one_line():
    assert most_lines([]) == 1


def test_every_title_of_a_study_stays_within_the_figure_of_its_panel():
    studies = [study_of(name, data) for name, entry in STUDIES.items() for data in entry.data]
    titles = {t for study in studies for part in study.parts for t in part.titles.values()}
    assert len(titles) > 10
    for title in titles:
        figure = panels([Panel(title, np.eye(2), np.arange(2), None)])
        width, height = figure.get_size_inches() * figure.dpi
        with styled():
            (axes,) = figure.axes
            extent = axes.title.get_window_extent(FigureCanvasAgg(figure).get_renderer())
        assert extent.x0 >= 0, title
        assert extent.x1 <= width, title
        assert extent.y1 <= height, title
