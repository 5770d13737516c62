"""The papers' panels, by what they have, and as files."""

import threading
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex

from ammix_viz.figures.bars import bars
from ammix_viz.figures.panels import (
    CIRCLE,
    Panel,
    confidence,
    on_circle,
    panel_of,
    panels,
    reach_of,
)
from ammix_viz.figures.picture import KINDS, PAGE_DPI, picture
from ammix_viz.figures.styles import CLASS_MARKS, SYMBOLS

NAMES = [f"Class {label}" for label in range(4)]


def panel(name="x", scale=1.0, each=5, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(4), each)
    classifier = rng.normal(size=(4, 2)), np.zeros(4)
    return Panel(name, scale * rng.normal(size=(4 * each, 2)), labels, classifier)


def panels_in(figure):
    """Return the axes of the panels, without that of the scale."""
    return [axes for axes in figure.axes if axes.get_title()]


def legend_of(figure):
    return [entry.get_text() for legend in figure.legends for entry in legend.get_texts()]


def test_confidence_is_the_largest_softmax():
    rng = np.random.default_rng(0)
    weight, bias, points = rng.normal(size=(4, 2)), rng.normal(size=4), rng.normal(size=(3, 5, 2))
    logits = points @ weight.T + bias
    share = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    np.testing.assert_allclose(confidence(weight, bias, points), share.max(-1))


@pytest.mark.parametrize("same", [True, False])
def test_panels_on_one_scale_are_equally_wide_and_hold_every_point(same):
    row = [panel("near"), panel("far", 10, seed=1)]
    figure = panels(row, NAMES, reach_of(row) if same else None)
    widths = [np.ptp(axes.get_xlim()) for axes in panels_in(figure)]
    heights = [np.ptp(axes.get_ylim()) for axes in panels_in(figure)]
    assert heights == pytest.approx(widths)
    assert (widths[0] == pytest.approx(widths[1])) == same
    for axes, made in zip(panels_in(figure), row, strict=True):
        points = np.concatenate([line.get_xydata() for line in axes.lines])
        assert sorted(points.tolist()) == sorted(made.features.tolist())
        low, high = np.transpose([axes.get_xlim(), axes.get_ylim()])
        assert (low < points).all()
        assert (points < high).all()


def test_the_map_is_the_confidence_at_the_middle_of_each_place_and_light_where_it_is_high():
    made = panel()
    axes, scale = panels([made], NAMES).axes
    (image,) = axes.images
    left, right, bottom, top = image.get_extent()
    z = image.get_array()
    step = (right - left) / z.shape[1]
    place = np.array([left + 2.5 * step, bottom + 7.5 * step])
    assert z[7, 2] == pytest.approx(confidence(*made.classifier, place))
    assert (left, right, bottom, top) == (*axes.get_xlim(), *axes.get_ylim())
    assert [to_hex(image.cmap(image.norm(value))) for value in (0.25, 1)] == ["#8c8c8c", "#ffffff"]
    assert scale.get_ylabel() == "confidence"
    assert [tick.get_text() for tick in scale.get_yticklabels()] == ["0.25", "1"]


def test_points_lie_on_the_map_and_each_class_has_its_colour_and_marker():
    (axes, _) = panels([panel()], NAMES).axes
    assert min(line.zorder for line in axes.lines) > axes.images[0].zorder
    marks = [(line.get_color(), line.get_marker()) for line in axes.lines]
    assert marks == [(colour, SYMBOLS[symbol][0]) for colour, symbol in CLASS_MARKS[:4]]
    assert len({SYMBOLS[symbol][0] for _, symbol in CLASS_MARKS[:10]}) == 10


def test_the_unit_circle_has_directions_but_no_confidence_and_no_scale():
    made = on_circle(panel(), "x")
    (axes,) = panels([made], NAMES).axes
    points = np.concatenate([line.get_xydata() for line in axes.lines])
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    assert not axes.images
    assert axes.get_xlim() == pytest.approx(CIRCLE[0])


def test_a_legend_says_how_many_samples_are_displayed_of_how_many():
    header = {"train_points": 3, "labels": [0, 0, 1, 2], "class_names": ["a", "b", "c"]}
    header |= {"coarse": {"class_names": ["ab", "c"], "of": [0, 0, 1]}}
    fields = [("scale", "f4"), ("features", "i2", (4, 2))]
    for before, classes in (("", 3), ("coarse.", 2)):
        fields += [(f"{before}weight", "f4", (classes, 2)), (f"{before}bias", "f4", (classes,))]
    record = np.zeros((), fields)
    record["scale"], record["features"] = 1, [[0, 1], [1, 0], [2, 2], [3, 3]]
    figure = panels([panel_of("x", header, record)], ["a", "b"])
    assert legend_of(figure) == ["a (2)", "b (1)"]
    header["totals"] = {"train": [2, 50, 7]}
    figure = panels([panel_of("x", header, record)], ["a", "b"])
    assert legend_of(figure) == ["a (2)", "b (1 of 50)"]
    figure = panels([panel_of("x", header, record, "coarse.")], ["ab"])
    assert legend_of(figure) == ["ab (3 of 52)"]
    assert [line.get_color() for line in figure.axes[0].lines] == [CLASS_MARKS[3][0]]


def test_a_long_legend_is_read_from_left_to_right():
    rng = np.random.default_rng(0)
    made = Panel("x", rng.normal(size=(10, 2)), np.arange(10), (rng.normal(size=(10, 2)), 0))
    made = Panel("x", made.features, made.labels, (made.classifier[0], np.zeros(10)))
    figure = panels([made] * 2, [f"number {label}" for label in range(10)])
    (legend,) = figure.legends
    figure.draw_without_rendering()
    boxes = {entry.get_text(): entry.get_window_extent() for entry in legend.get_texts()}
    order = sorted(boxes, key=lambda name: (-round(boxes[name].y0), boxes[name].x0))
    assert order == [f"number {label} (1)" for label in range(10)]
    assert legend.get_window_extent().width < figure.bbox.width


def test_a_figure_is_as_wide_as_a_page_and_its_panels_are_square_and_of_one_size():
    figure = panels([panel()] * 5, NAMES)
    assert figure.get_figwidth() <= 6.9
    sizes = {tuple(np.round(axes.get_window_extent().size, 3)) for axes in panels_in(figure)}
    assert len(sizes) == 1
    width, height = sizes.pop()
    assert width == pytest.approx(height)


def test_pictures_made_one_by_one_are_aligned_whatever_their_titles():
    long, short = panel("AM-mixup: λ_am, one label, last layer"), panel("CE")
    apart = [panels([each], most_title_lines=2) for each in (long, short)]
    (first,), (second,) = map(panels_in, apart)
    assert apart[0].get_size_inches().tolist() == apart[1].get_size_inches().tolist()
    assert first.get_position().bounds == second.get_position().bounds


def test_files_are_of_their_kinds_and_the_same_each_time():
    figure = panels([panel()], NAMES)
    svg, pdf, png = (picture(figure, kind) for kind in KINDS)
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert pdf.startswith(b"%PDF")
    assert b"/Type3" not in pdf
    assert png.startswith(b"\x89PNG")
    assert [picture(panels([panel()], NAMES), kind) for kind in KINDS] == [svg, pdf, png]


def test_many_points_are_stored_as_an_image():
    few, many = (picture(panels([panel(each=each)]), dpi=PAGE_DPI) for each in (50, 1000))
    assert few.count(b"<use") > 200
    assert many.count(b"<use") < 100
    assert len(many) < 120_000


def test_threads_do_not_disturb_each_other():
    made = [panel(str(k), seed=k) for k in range(6)]
    alone = [picture(panels([each], NAMES)) for each in made]
    together = [b""] * len(made)

    def draw(place):
        together[place] = picture(panels([made[place]], NAMES))

    threads = [threading.Thread(target=draw, args=(place,)) for place in range(len(made))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_bars_have_mean_deviation_and_a_dot_a_seed():
    chart = bars("D", {"CE": [1, 3], "AMA": [5.0], "none": []}, dict.fromkeys(("CE", "AMA"), "red"))
    (axes,) = chart.axes
    assert [bar.get_width() for bar in axes.patches] == [2, 5]
    assert [name.get_text() for name in axes.get_yticklabels()] == ["CE", "AMA", "none"]
    dots = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert dots == [[1, 3], [5]]
    spread = axes.collections[0].get_segments()[0][:, 0]
    assert spread == pytest.approx([2 - 2**0.5, 2 + 2**0.5])


def test_one_seed_far_away_does_not_hide_the_others():
    colours = {"CE": "red", "SupCon": "blue"}
    assert bars("D", {"CE": [1, 3, 2]}, colours).axes[0].get_xscale() == "linear"
    assert bars("D", {"CE": [1, 3, 2], "SupCon": [900]}, colours).axes[0].get_xscale() == "log"
