"""The page of sweeps: what it offers, and in a real browser what a click on a cell opens."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from streamlit.testing.v1 import AppTest
from support.training import train

from ammix_viz.bench.browser import browser
from ammix_viz.runs import disk
from ammix_viz.settings.axis import read_axis
from ammix_viz.studies.sweeps.sweep import Sweep

ASKED = {"x": "beta=0,1", "y": "imbalance=50,200", "methods": "ce,ama", "epochs": "1"}
ASKED |= {"seeds": "1", "metric": "test.accuracy"}
SWEEP = Sweep(("ce", "ama"), read_axis(ASKED["x"]), read_axis(ASKED["y"]), 1, (("epochs", 1),))


@pytest.fixture
def page():
    opened = AppTest.from_file("../../pages/sweep.py", default_timeout=20)
    for name, value in ASKED.items():
        opened.query_params[name] = value
    return opened


def labels(page):
    assert not page.exception
    return [button.label for button in page.button]


def test_it_offers_what_is_not_there_and_a_damaged_run_is_not(page):
    assert labels(page.run()) == ["Train 6 runs"]  # ce reads no β
    train(SWEEP.recipes[:3])
    disk.path(SWEEP.recipes[0].key).write_bytes(b"nothing")
    assert labels(page.run()) == ["Train 4 runs"]
    assert "6 different runs; 2 are finished; about 1 s on this computer." in page.caption[0].value


def test_a_run_that_failed_is_not_offered_again(page):
    page.query_params["x"] = "lr=1"
    page.query_params["methods"] = "ce"
    page.query_params["epochs"] = "5"
    asked = Sweep(("ce",), read_axis("lr=1"), SWEEP.y, 1, (("epochs", 5),))
    train(asked.recipes)
    assert {disk.status(recipe.key).state for recipe in asked.recipes} == {"failed"}
    assert labels(page.run()) == []


def cell(page, place, column, row, across, up):
    """Return the point of a cell of 2 by 2 at shares of its width and height."""
    box = page.locator(".nsewdrag").nth(place).bounding_box()
    x = box["x"] + box["width"] * (column + across) / 2
    return x, box["y"] + box["height"] * (1 - (row + up) / 2)


@pytest.mark.browser
def test_a_click_anywhere_in_a_cell_opens_it_in_the_live_lab(address):
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(30_000)
        page.goto(f"{address}sweep?{urlencode(ASKED)}")
        page.get_by_role("button", name="Train 6 runs").click()
        for label in ("Train", "Stop"):
            page.get_by_role("button", name=label).wait_for(state="detached")
        page.wait_for_timeout(1000)  # till the heatmaps lie still
        corner = cell(page, place=1, column=1, row=0, across=0.9, up=0.08)
        page.mouse.move(*corner)
        page.locator(".hoverlayer .hovertext").wait_for()
        page.mouse.click(*corner)
        page.get_by_test_id("player").wait_for()
        opened = {name: own for name, (own,) in parse_qs(urlsplit(page.url).query).items()}
        assert opened == SWEEP.cell_query("ama", 0, 1)
        assert (opened["beta"], opened["imbalance"], opened["methods"]) == ("1", "50", "ama")
