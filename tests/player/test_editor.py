"""The editor of points, in a browser."""

import json

import pytest

from ammix_viz.datasets import point_csv
from ammix_viz.datasets.point_set import HELD_OUT, LAST, MOST_CLASSES, MOST_POINTS, REACH, is_test
from ammix_viz.player.bundle import EDITOR_MODULES, editor_bundle, editor_stylesheet

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

PAGE = """<!doctype html><meta charset="utf-8"><style>body {{ margin: 16px }} {css}</style>
<div id="here"></div><script type="module">{bundle}
window.sent = [];
const setTriggerValue = (name, value) => window.sent.push([name, value]);
window.show = (data) => (window.leave = component(
  {{ data, parentElement: document.querySelector("#here"), setTriggerValue }}));
window.Points = EditedPoints;
</script>"""
EDITOR = "[data-testid=editor]"
PLANE = ".ammix-plane"
PADDING = 12
SQUARE = [[100, 100, 0], [110, 100, 0], [300, 300, 1], [310, 300, 1]]


def data(points):
    clouds = [{"title": "Four clusters", "points": SQUARE}]
    return {
        **{"points": points, "clouds": clouds, "last": LAST, "reach": REACH},
        **{"most": MOST_POINTS, "classes": MOST_CLASSES, "heldOut": HELD_OUT},
    }


@pytest.fixture(name="open_editor")
def open_editor_fixture(browser):
    """Open the editor with points; fail at the end if the page raised anything."""
    errors, pages = [], []

    def open_it(points=(), **options):
        page = browser.new_page(viewport={"width": 900, "height": 700}, **options)
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(PAGE.format(css=editor_stylesheet(), bundle=editor_bundle()))
        show(page, points)
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        page.close()
    assert errors == []


def show(page, points):
    page.evaluate("given => window.show(given)", data(list(points)))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def pixel(page, column, row):
    box = page.locator(PLANE).bounding_box()
    step = (box["width"] - 2 * PADDING) / LAST
    return box["x"] + PADDING + column * step, box["y"] + box["height"] - PADDING - row * step


def click(page, column, row):
    page.mouse.click(*pixel(page, column, row))


def drag(page, *places):
    page.mouse.move(*pixel(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*pixel(page, *place), steps=30)
    page.mouse.up()


def count(page):
    return int(page.locator(EDITOR).get_attribute("data-points"))


def trained(page):
    press(page, "Train on these points")
    name, points = page.evaluate("window.sent.at(-1)")
    assert name == "points"
    return points


def test_the_bundle_has_one_export_and_no_import():
    lines = editor_bundle().splitlines()
    assert [line for line in lines if line.startswith("import")] == []
    assert sum(line.startswith("export") for line in lines) == 1
    assert len(EDITOR_MODULES) == len(set(EDITOR_MODULES))


def test_a_click_places_a_point_of_the_brush_class_and_training_sends_them_class_by_class(
    open_editor,
):
    page = open_editor()
    press(page, "Class 2")
    click(page, 240, 240)
    click(page, 100, 400)
    press(page, "Class 0")
    click(page, 0, 0)
    click(page, 480, 480)
    points = trained(page)
    assert [label for *_, label in points] == [0, 0, 2, 2]
    expected = [(0, 0), (480, 480), (240, 240), (100, 400)]
    for (column, row, _), (x, y) in zip(points, expected, strict=True):
        assert abs(column - x) <= 2
        assert abs(row - y) <= 2


def test_a_drag_places_several_points_along_the_way_and_one_undo_takes_them_back(open_editor):
    page = open_editor(SQUARE)
    drag(page, (100, 240), (380, 240))
    added = count(page) - 4
    assert 8 <= added <= 21  # one each 14 steps or more
    press(page, "Undo")
    assert count(page) == 4
    assert page.get_by_role("button", name="Undo").is_disabled()


def test_the_eraser_removes_what_it_passes_over(open_editor):
    others = [[200, 200, 1], [250, 200, 2], [300, 215, 3], [300, 240, 3]]
    page = open_editor([*SQUARE, *others])
    press(page, "Erase")
    drag(page, (180, 200), (320, 200))
    assert trained(page) == [*SQUARE, [300, 240, 3]]


def test_no_more_points_are_placed_than_there_may_be(open_editor):
    page = open_editor([[i, i, 0] for i in range(MOST_POINTS - 1)])
    click(page, 400, 100)
    click(page, 400, 200)
    assert count(page) == MOST_POINTS
    assert "That is the most there can be." in page.locator(".ammix-counted").inner_text()


def test_a_cloud_replaces_the_points_and_clear_removes_them(open_editor):
    page = open_editor([[5, 5, 5]])
    page.get_by_label("Start from").select_option(label="Four clusters")
    assert trained(page) == SQUARE
    press(page, "Clear")
    assert count(page) == 0
    hint = page.locator(".ammix-hint")
    assert hint.inner_text() == "Place two or more points of at least two classes."
    assert page.get_by_role("button", name="Train on these points").is_disabled()


def test_a_class_with_one_point_is_named(open_editor):
    page = open_editor([*SQUARE, [9, 9, 4]])
    assert page.locator(".ammix-hint").inner_text() == "Class 4 has one point and is left out."


def test_the_keyboard_alone_places_erases_and_takes_back(open_editor):
    page = open_editor(SQUARE)
    page.locator(PLANE).focus()
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Space")
    assert trained(page)[4:] == [[240, 240, 3], [200, 280, 3]]
    page.locator(PLANE).focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    assert count(page) == 5
    page.keyboard.press("Control+z")
    assert count(page) == 6


def test_a_finger_places_points(open_editor):
    page = open_editor(SQUARE, has_touch=True)
    page.touchscreen.tap(*pixel(page, 240, 100))
    assert count(page) == 5


def test_the_pages_points_replace_others_unless_they_are_what_was_sent(open_editor):
    page = open_editor(SQUARE)
    click(page, 240, 240)
    show(page, SQUARE)  # another part of the page has changed
    assert count(page) == 5
    sent = trained(page)
    click(page, 240, 100)
    show(page, sent)
    assert count(page) == 6
    show(page, SQUARE)
    assert count(page) == 4
    show(page, sent)
    assert count(page) == 5


def test_test_points_are_those_of_the_data_set(open_editor):
    page = open_editor()
    for size in range(1, 10):
        held = page.evaluate(
            """([heldOut, size]) => {
              const edited = new window.Points({ heldOut });
              for (let i = 0; i < size; i++) edited.points.push([i, 0, 1], [i, 0, 0]);
              return edited.held.filter((_, i) => i % 2);
            }""",
            [HELD_OUT, size],
        )
        assert held == is_test(size).tolist()


def test_a_saved_csv_file_is_read_as_the_same_points(open_editor, tmp_path):
    points = [[0, 0, 0], [480, 480, 0], [1, 479, 3], [240, 241, 3]]
    page = open_editor(points)
    with page.expect_download() as download:
        press(page, "Save CSV")
    download.value.save_as(tmp_path / "points.csv")
    found, notes = point_csv.read((tmp_path / "points.csv").read_bytes())
    assert json.loads(json.dumps(found)) == points
    assert notes == []


def test_a_csv_file_is_sent_as_its_text_and_one_too_large_is_not(open_editor, tmp_path):
    page = open_editor(SQUARE)
    file = tmp_path / "some.csv"
    file.write_text("1,2,0\n")
    page.set_input_files("input[type=file]", file)
    page.wait_for_function("window.sent.length")
    assert page.evaluate("window.sent.at(-1)") == ["csv", "1,2,0\n"]
    file.write_text("1,2,0\n" * 200_000)
    page.set_input_files("input[type=file]", file)
    said = "The file is larger than 1 MB; it is not loaded."
    page.get_by_text(said).wait_for()
    assert len(page.evaluate("window.sent")) == 1


def test_it_leaves_when_the_page_takes_it_away(open_editor):
    page = open_editor(SQUARE)
    page.evaluate("window.leave()")
    assert page.locator(EDITOR).count() == 0
