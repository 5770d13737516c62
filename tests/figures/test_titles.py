"""Titles of panels in lines."""

import pytest

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


def test_every_title_of_a_study_fits_a_panel():
    studies = [study_of(name, data) for name, entry in STUDIES.items() for data in entry.data]
    titles = {t for study in studies for part in study.parts for t in part.titles.values()}
    assert max(len(line) for title in titles for line in title_lines(title)) <= 23
