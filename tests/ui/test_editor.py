"""Placed points on the live lab's page: what a link brings, and what the editor sends."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from streamlit.testing.v1 import AppTest
from support.notices import texts

from ammix_viz.bench.browser import browser
from ammix_viz.datasets.point_set import Point, cloud, point_at
from ammix_viz.datasets.point_text import decode, encode
from ammix_viz.figures.styles import CLASS_MARKS

ONE = [Point(100, 100, 0), Point(110, 100, 0), Point(120, 90, 0)]
TWO = [*ONE, Point(300, 300, 2), Point(310, 300, 2)]


def open_lab(points, monkeypatch):
    """Open the live lab on points; nothing is trained."""
    asked = []
    monkeypatch.setattr(
        "ammix_viz.ui.lab._submit", lambda recipes, **_: asked.append(recipes) or []
    )
    page = AppTest.from_file("../../pages/live_lab.py", default_timeout=20)
    page.query_params["data"] = "points"
    if points is not None:
        page.query_params["points"] = points
    page.run()
    assert not page.exception
    return page, asked


def test_without_points_the_page_starts_from_a_cloud(monkeypatch):
    page, asked = open_lab(None, monkeypatch)
    assert decode(asked[0][0].points) == (cloud("gaussian"), [])
    assert page.query_params["points"] in (encode(cloud("gaussian")), [encode(cloud("gaussian"))])
    assert "New data" not in [button.label for button in page.button]
    assert not [control for control in page.slider if control.key in ("noise", "factor")]


def test_points_stay_while_other_settings_and_data_are_chosen(monkeypatch):
    page, asked = open_lab(encode(TWO), monkeypatch)
    for beta in (0.5, 1.0):
        page.slider(key="beta").set_value(beta).run()
        assert not page.exception
    page.selectbox(key="data").set_value("gaussian").run()
    page.selectbox(key="data").set_value("points").run()
    assert not page.exception
    assert {recipe.points for recipe in asked[-1]} == {encode(TWO)}


def test_a_link_cut_off_says_so_and_trains_on_the_points_that_it_still_has(monkeypatch):
    text = encode(cloud("gaussian"))
    page, asked = open_lab(text[: len(text) * 3 // 4], monkeypatch)
    kept, _ = decode(asked[0][0].points)
    assert kept == cloud("gaussian")[: len(kept)]
    assert texts(page.warning) == [
        f"The text of points is cut off or changed; the {len(kept)} points that it still has are "
        "used."
    ]


def test_a_link_cut_off_within_its_first_class_says_both_and_trains_nothing(monkeypatch):
    page, asked = open_lab(encode(TWO)[:9], monkeypatch)
    assert asked == []
    assert texts(page.warning) == [
        "The text of points is cut off or changed; the 2 points that it still has are used."
    ]
    assert texts(page.error)[0].startswith("points has 1 class of two points or more; ")


def test_points_of_one_class_train_nothing_and_say_why(monkeypatch):
    page, asked = open_lab(encode(ONE), monkeypatch)
    assert asked == []
    assert texts(page.error) == [
        "points has 1 class of two points or more; it must have at least 2, each with a point to "
        "train on and one to test on."
    ]


def test_a_class_with_one_point_is_left_out_and_named(monkeypatch):
    page, asked = open_lab(encode([*TWO, Point(9, 9, 1)]), monkeypatch)
    assert len(asked[0]) == 4
    assert texts(page.warning) == [
        "Class 1 has one point and is left out: it needs one to train on and one to test on."
    ]


def points_in(page):
    (text,) = parse_qs(urlsplit(page.evaluate("location.href")).query)["points"]
    return decode(text)[0]


@pytest.mark.browser
def test_points_of_the_editor_and_of_a_csv_file_are_trained_on_and_stand_in_the_url(
    tmp_path, address
):
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(30_000)
        query = {"data": "points", "points": encode(TWO), "methods": "ce", "epochs": "2"}
        page.goto(f"{address}?{urlencode(query)}")
        plane = page.locator(".ammix-plane")
        plane.scroll_into_view_if_needed()
        page.get_by_role("button", name="Class 4").click()
        plane.click(position={"x": 160, "y": 60})
        plane.click(position={"x": 170, "y": 60})
        page.get_by_role("button", name="Train on these points").click()
        page.wait_for_function("before => !location.search.includes(before)", arg=encode(TWO))
        assert points_in(page)[:5] == tuple(TWO)
        assert [point.label for point in points_in(page)[5:]] == [4, 4]
        page.locator(".ammix-classes li").nth(2).wait_for()
        fills = "icons => icons.map(icon => icon.getAttribute('fill'))"
        colours = page.locator(".ammix-classes svg").evaluate_all(fills)
        assert colours == [CLASS_MARKS[label][0] for label in (0, 2, 4)]
        file = tmp_path / "points.csv"
        file.write_text("x,y,class\n-3,0,0\n-2,0,0\n3,0,1\n2,zero,1\n2,0,1\n")
        page.set_input_files(".ammix-editor input[type=file]", file)
        said = "Line 5 is not three numbers, x, y and class; it is left out."
        page.get_by_text(said).wait_for()
        page.locator("[data-testid=editor][data-points='4']").wait_for()
        expected = [point_at(x, 0, label) for x, label in ((-3, 0), (-2, 0), (3, 1), (2, 1))]
        page.wait_for_function("text => location.search.includes(text)", arg=encode(expected))
