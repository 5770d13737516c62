"""Points that a person places: their text, their CSV file, and their data set."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ammix_viz.datasets import point_csv, point_text
from ammix_viz.datasets.point_set import (
    CLOUDS,
    LAST,
    MOST_POINTS,
    Point,
    admit,
    cloud,
    dataset,
    is_test,
    point_at,
    too_small,
)
from ammix_viz.datasets.table import DATASETS, load_dataset
from ammix_viz.settings.recipe import Recipe

places = st.integers(0, LAST)
lists = st.lists(st.builds(Point, places, places, st.integers(0, 5)), max_size=MOST_POINTS)

TWO = [Point(0, 0, 0), Point(480, 0, 0), Point(240, 480, 2), Point(241, 479, 2)]
"""Two points of two classes; none of class 1."""


def by_class(points):
    return sorted(points, key=lambda point: point.label)


@given(lists)
def test_a_text_gives_the_points_back_in_the_order_of_their_classes(points):
    text = point_text.encode(points)
    assert point_text.decode(text) == (tuple(by_class(points)), [])
    assert len(text) <= 3 + 3 * len(points) + 5


def test_the_text_of_three_hundred_points_fits_into_an_address():
    points = [Point(i, 2 * i % 481, i % 6) for i in range(300)]
    text = point_text.encode(points)
    assert len(text) == 3 + 900 + 5
    assert set(text) <= set(point_text.LETTERS) | {"."}


def test_a_point_is_three_letters_of_nine_bits_for_its_column_and_row():
    assert point_text.encode([Point(1, 2, 0)])[3:] == "AIC"  # 1 << 9 | 2: 0, 8, 2
    assert point_text.encode([Point(480, 480, 1)])[3:] == ".8Hg"  # 480 << 9 | 480: 60, 7, 32


@given(lists, st.data())
def test_a_text_that_is_cut_off_keeps_the_points_before_the_cut(points, data):
    text = point_text.encode(points)
    cut = data.draw(st.integers(0, max(len(text) - 1, 0)))
    kept, notes = point_text.decode(text[:cut])
    assert kept == tuple(by_class(points))[: len(kept)]
    if len(kept) < len(points):
        assert notes
        assert notes[0].startswith("The text of points is cut off or changed; ")


def test_a_cut_text_says_how_many_points_are_left():
    text = point_text.encode(TWO)
    assert point_text.decode(text[:-1])[1] == [
        "The text of points is cut off or changed; the 3 points that it still has are used."
    ]
    assert point_text.decode(text[:7])[1] == [
        "The text of points is cut off or changed; the 1 point that it still has is used."
    ]


@given(st.text(max_size=60))
def test_any_text_gives_points_that_can_be_used(text):
    points, _ = point_text.decode(text)
    assert admit(points) == (points, [])
    assert point_text.decode(point_text.encode(points)) == (points, [])


def test_points_that_cannot_be_used_are_counted_and_left_out():
    wrong = [Point(-1, 0, 0), Point(0, 481, 0), Point(5, 5, 6)]
    points, notes = admit([*wrong, *([Point(7, 8, 1)] * 310)])
    assert points == (Point(7, 8, 1),) * 300
    assert notes == [
        "2 points are outside −6 to 6; left out.",
        "1 point is of a class other than 0 to 5; left out.",
        "310 points are too many; the first 300 are used.",
    ]


@given(lists)
def test_a_csv_file_gives_the_same_points_back(points):
    assert point_csv.read(point_csv.write(points).encode()) == (tuple(points), [])


def test_a_csv_file_has_a_header_and_coordinates_with_three_decimals():
    lines = point_csv.write(TWO).splitlines()
    assert lines == ["x,y,class", "-6.0,-6.0,0", "6.0,-6.0,0", "0.0,6.0,2", "0.025,5.975,2"]


@pytest.mark.parametrize(
    "content",
    [
        "x,y,class\n1,2,0\n-1.5,0,3\n",
        "1,2,0\n-1.5,0,3",
        "\ufeff1,2,0\n-1.5,0,3",
        "\ufeffx;y;class\r\n1;2;0\r\n\r\n-1,5;0;3\r\n",
        "1\t2\t0.0\n-1.5\t0\t3\textra\n",
        '"x","y","class"\n"1","2","0"\n"-1.5","0","3"\n',
    ],
)
def test_csv_files_of_several_programs_are_read(content):
    expected = (point_at(1, 2, 0), point_at(-1.5, 0, 3))
    assert point_csv.read(content.encode()) == (expected, [])


@pytest.mark.parametrize(
    ("content", "count", "said"),
    [
        (
            "x,y,class\n1,2,0\n1,cat,0\n1,1,1\n",
            2,
            ["Line 3 is not three numbers, x, y and class; it is left out."],
        ),
        (
            "1,2,0\nnan,1,0\n1,2\n1,2,0.5\n1,inf,2",
            1,
            [
                "4 lines are not three numbers, x, y and class, the first of them line 2; they are "
                "left out."
            ],
        ),
        ("1,2,0\n9,0,0\n", 1, ["1 point is outside −6 to 6; left out."]),
        ("1,2,0\n1e300,0,0\n", 1, ["1 point is outside −6 to 6; left out."]),
        ("1,2,0\n1,2,7\n", 1, ["1 point is of a class other than 0 to 5; left out."]),
        ("1,2,0\n" * 301, 300, ["301 points are too many; the first 300 are used."]),
        ("", 0, []),
        ("x,y,class", 0, []),
    ],
)
def test_lines_without_a_point_are_left_out_with_a_sentence(content, count, said):
    points, notes = point_csv.read(content.encode())
    assert (len(points), notes) == (count, said)


@given(st.binary(max_size=300))
def test_any_file_gives_points_that_can_be_used(content):
    points, _ = point_csv.read(content)
    assert admit(points) == (points, [])


def test_every_fourth_point_of_a_class_is_a_test_point_and_at_least_the_last():
    assert is_test(9).tolist() == [False, False, False, True] * 2 + [False]
    assert is_test(3).tolist() == [False, False, True]
    assert is_test(2).tolist() == [False, True]


def test_a_data_set_has_the_points_at_their_places_with_the_marks_of_their_classes():
    data = dataset(TWO)
    np.testing.assert_allclose(data.train, [(-6, -6), (0, 6)])
    np.testing.assert_allclose(data.test, [(6, -6), (0.025, 5.975)])
    assert data.train_labels.tolist() == data.test_labels.tolist() == [0, 1]
    assert data.class_names == ("Class 0", "Class 2")
    assert data.marks == (0, 2)


def test_a_class_with_one_point_is_left_out():
    points = [*TWO, Point(9, 9, 1)]
    assert too_small(points) == [1]
    assert dataset(points).class_names == dataset(TWO).class_names


@pytest.mark.parametrize(
    ("points", "classes"),
    [([], "0 classes"), (TWO[:2], "1 class"), ([TWO[0], TWO[2]], "0 classes")],
)
def test_fewer_than_two_classes_are_refused(points, classes):
    with pytest.raises(ValueError, match=r"^points has ") as error:
        dataset(points)
    assert str(error.value) == (
        f"points has {classes} of two points or more; it must have at least 2, each with a point "
        "to train on and one to test on."
    )


@pytest.mark.parametrize("name", CLOUDS)
def test_a_cloud_is_a_part_of_its_toy_with_fewer_points_of_each_further_class(name):
    points = cloud(name)
    counts = np.bincount([point.label for point in points])
    assert (counts[:-1] > counts[1:]).all()
    assert counts.sum() < MOST_POINTS
    toy = DATASETS[name].load(1.0, 1.0, 0).train
    places = np.array([point.place for point in points])
    nearest = np.abs(toy[None] - places[:, None]).max(-1).min(1)
    assert nearest.max() <= 0.0126


@pytest.mark.parametrize(
    ("train", "test", "kind"),
    [([(5, 5), (5, 5)], [(0, 0), (9, 9)], "train"), ([(0, 0), (9, 9)], [(5, 5), (5, 5)], "test")],
)
def test_points_at_one_place_are_refused(train, test, kind):
    points = [
        Point(*place, label) for places in (train, test) for label, place in enumerate(places)
    ]
    with pytest.raises(ValueError, match=r"^points has all ") as error:
        dataset(points)
    assert str(error.value) == f"points has all {kind} points at one place; they must be apart."


def test_the_recipes_points_are_the_data_and_a_cloud_without_any():
    assert load_dataset(Recipe(data="points", points=point_text.encode(TWO))).counts == (1, 1)
    assert len(load_dataset(Recipe(data="points")).class_names) == 4
