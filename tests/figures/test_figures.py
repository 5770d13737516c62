"""Figures, by the numbers that they carry."""

import numpy as np

from ammix_viz.figures.curves import line_styles, metric_curves
from ammix_viz.figures.styles import CLASS_MARKS, VALUE_COLOURS
from ammix_viz.methods.table import METHODS
from ammix_viz.player.bundle import FOLDER
from ammix_viz.settings.variants import Variant

CE, SUPCON = Variant("ce"), Variant("supcon")

FIELDS = np.dtype([("epoch", "f4"), ("lam", "f4"), ("train.A", "f4")])


def history_of(values, epochs):
    return np.array([(e, 1, v) for e, v in zip(epochs, values, strict=True)], FIELDS)


def test_curves_of_one_seed_are_its_values_and_of_many_a_median_with_a_band():
    one = history_of([1, 2], [0, 100])
    (figure,) = metric_curves({CE: [one]}, "train", ("A",), {CE: 100})
    assert figure.data[0].y.tolist() == [1, 2]
    assert figure.layout.xaxis.range == (0, 100)
    many = {CE: [history_of([v, 2 * v], [0, 100]) for v in (1, 2, 3)]}
    shade, line = metric_curves(many, "train", ("A",), {CE: 100})[0].data
    assert line.y.tolist() == [2, 4]
    assert shade.y.tolist() == [1.5, 3, 5, 2.5]


def test_methods_of_different_length_stand_over_the_share_of_their_training():
    runs = {CE: [history_of([1, 2], [0, 50])], SUPCON: [history_of([1, 2], [0, 350])]}
    (figure,) = metric_curves(runs, "train", ("A",), {CE: 100, SUPCON: 700})
    assert [trace.x.tolist() for trace in figure.data] == [[0, 50], [0, 50]]
    assert figure.layout.xaxis.title.text == "% of training"


def test_every_method_has_a_line_of_its_own():
    assert len({(method.colour, method.dash) for method in METHODS.values()}) == len(METHODS)


def test_values_of_a_setting_have_colours_of_a_scale_and_methods_dashes():
    varied = [Variant(m, "beta", value) for m in ("am_mixup", "ama") for value in (0, 0.34, 1)]
    lines = line_styles([CE, *varied])
    assert lines[CE] == {"color": METHODS["ce"].colour, "dash": METHODS["ce"].dash}
    colours = [lines[each]["color"] for each in varied]
    assert colours[:3] == colours[3:] == [VALUE_COLOURS[0], VALUE_COLOURS[4], VALUE_COLOURS[7]]
    assert [lines[each]["dash"] for each in varied] == ["solid"] * 3 + ["dash"] * 3


def test_classes_have_the_players_colours():
    source = (FOLDER / "canvas" / "shapes.js").read_text()
    assert all(colour in source for colour, _ in CLASS_MARKS)
