"""Figures, by the numbers that they carry."""

import numpy as np
import pytest

from ammix_viz.figures.bars import bars
from ammix_viz.figures.curves import metric_curves
from ammix_viz.figures.panels import Panel, confidence, panel_of, panels, reach_of
from ammix_viz.figures.styles import CLASS_MARKS
from ammix_viz.methods.table import METHODS
from ammix_viz.player.bundle import FOLDER

NAMED = (
    {"ce": "CE", "ama": "AMA", "supcon": "SupCon"},
    dict.fromkeys(("ce", "ama", "supcon"), "#777"),
)
FIELDS = np.dtype([("epoch", "f4"), ("lam", "f4"), ("train.A", "f4")])


def history_of(values, epochs):
    return np.array([(e, 1, v) for e, v in zip(epochs, values, strict=True)], FIELDS)


def test_confidence_is_the_largest_softmax():
    rng = np.random.default_rng(0)
    weight, bias, points = rng.normal(size=(4, 2)), rng.normal(size=4), rng.normal(size=(3, 5, 2))
    logits = points @ weight.T + bias
    share = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    np.testing.assert_allclose(confidence(weight, bias, points), share.max(-1))


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


def test_panels_on_one_scale_are_equally_wide_and_hold_every_point():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 5)
    near, far = (
        Panel(
            name, scale * rng.normal(size=(20, 2)), labels, (rng.normal(size=(4, 2)), np.zeros(4))
        )
        for name, scale in (("near", 1), ("far", 10))
    )
    for same in (True, False):
        reach = reach_of([near, far]) if same else None
        figure = panels([near, far], [f"Class {k}" for k in range(4)], reach)
        first, second = (np.ptp(axis.range) for axis in (figure.layout.xaxis, figure.layout.xaxis2))
        assert (first == pytest.approx(second)) == same
        for panel, side in ((near, ""), (far, "2")):
            low, high = figure.layout[f"xaxis{side}"].range
            assert low < panel.features[:, 0].min() < panel.features[:, 0].max() < high
            shown = [t for t in figure.data if t.type == "scatter" and t.xaxis == f"x{side}"]
            assert sum(len(t.x) for t in shown) == 20


def test_bars_carry_mean_and_deviation_over_seeds():
    chart = bars({"D": {"ce": [1, 3], "ama": [5.0]}}, *NAMED).data[0]
    assert (list(chart.x), list(chart.y)) == (["CE", "AMA"], [2, 5])
    assert list(chart.error_y.array) == [pytest.approx(2**0.5), 0]


def test_one_seed_far_away_does_not_hide_the_others():
    assert bars({"D": {"ce": [1, 3, 2]}}, *NAMED).layout.yaxis.type is None
    assert bars({"D": {"ce": [1, 3, 2], "supcon": [900]}}, *NAMED).layout.yaxis.type == "log"


def test_every_method_has_a_line_of_its_own():
    assert len({(method.colour, method.dash) for method in METHODS.values()}) == len(METHODS)


def test_classes_have_the_players_colours():
    source = (FOLDER / "canvas" / "shapes.js").read_text()
    assert all(colour in source for colour, _ in CLASS_MARKS)


def test_a_legend_says_how_many_samples_are_drawn_of_how_many():
    header = {"train_points": 3, "labels": [0, 0, 1, 2], "class_names": ["a", "b", "c"]}
    header |= {"coarse": {"class_names": ["ab", "c"], "of": [0, 0, 1]}}
    fields = [("scale", "f4"), ("features", "i2", (4, 2))]
    for before, classes in (("", 3), ("coarse.", 2)):
        fields += [(f"{before}weight", "f4", (classes, 2)), (f"{before}bias", "f4", (classes,))]
    record = np.zeros((), fields)
    record["scale"], record["features"] = 1, [[0, 1], [1, 0], [2, 2], [3, 3]]
    drawn = panels([panel_of("x", header, record)], header["class_names"])
    assert [trace.name for trace in drawn.data if trace.name] == ["a (2)", "b (1)"]
    header["totals"] = {"train": [2, 50, 7]}
    drawn = panels([panel_of("x", header, record)], header["class_names"])
    assert [trace.name for trace in drawn.data if trace.name] == ["a (2)", "b (1 of 50)"]
    drawn = panels([panel_of("x", header, record, "coarse.")], ["ab", "c"])
    assert [trace.name for trace in drawn.data if trace.name] == ["ab (3 of 52)"]
    colours = [trace.marker.color for trace in drawn.data if trace.name]
    assert colours == [CLASS_MARKS[3][0]]
