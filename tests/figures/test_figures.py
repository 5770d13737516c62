"""Figures, by the numbers that they carry."""

import numpy as np

from ammix_viz.figures.curves import metric_curves
from ammix_viz.figures.styles import CLASS_MARKS
from ammix_viz.methods.table import METHODS
from ammix_viz.player.bundle import FOLDER

FIELDS = np.dtype([("epoch", "f4"), ("lam", "f4"), ("train.A", "f4")])


def history_of(values, epochs):
    return np.array([(e, 1, v) for e, v in zip(epochs, values, strict=True)], FIELDS)


def test_curves_of_one_seed_are_its_values_and_of_many_a_median_with_a_band():
    one = history_of([1, 2], [0, 100])
    figure = metric_curves({"ce": [one]}, "train", ("A",), {"ce": 100})
    assert figure.data[0].y.tolist() == [1, 2]
    assert figure.layout.xaxis.range == (0, 100)
    many = {"ce": [history_of([v, 2 * v], [0, 100]) for v in (1, 2, 3)]}
    shade, line = metric_curves(many, "train", ("A",), {"ce": 100}).data
    assert line.y.tolist() == [2, 4]
    assert shade.y.tolist() == [1.5, 3, 5, 2.5]


def test_methods_of_different_length_stand_over_the_share_of_their_training():
    runs = {"ce": [history_of([1, 2], [0, 50])], "supcon": [history_of([1, 2], [0, 350])]}
    figure = metric_curves(runs, "train", ("A",), {"ce": 100, "supcon": 700})
    assert [trace.x.tolist() for trace in figure.data] == [[0, 50], [0, 50]]
    assert figure.layout.xaxis.title.text == "% of the method's training"


def test_every_method_has_a_line_of_its_own():
    assert len({(method.colour, method.dash) for method in METHODS.values()}) == len(METHODS)


def test_classes_have_the_players_colours():
    source = (FOLDER / "canvas" / "shapes.js").read_text()
    assert all(colour in source for colour, _ in CLASS_MARKS)
