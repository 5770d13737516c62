"""What several pages have in common."""

import pytest
from support.notices import texts
from support.page_scripts import FakePool, query_of

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui.player import Played

AGAIN = "This page asks again every few seconds."


def test_data_of_another_page_are_said(open_page):
    page, pool = open_page({"data": "digits_coarse"})
    assert {recipe.data for recipe in pool.asked[-1][0]} == {"gaussian"}
    assert texts(page.warning)[0] == "digits_coarse is on another page; gaussian is used here."
    page, _ = open_page({"x": "beta=0", "y": "lr=0.1", "data": "digits_coarse"}, "sweep")
    assert texts(page.warning)[0].startswith('data is "digits_coarse"; here it must be one of gau')


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ("paper_figures", {"figure": "amm-fig3", "data": "digits", "seeds": "4"}),
        (
            "sweep",
            {"x": "lr=0.1", "y": "beta=0", "methods": "ce", "seeds": "1", "epochs": "3"}
            | {"metric": "train.A", "data": "digits"},
        ),
    ],
)
def test_with_another_pages_query_a_page_is_as_it_was_left(open_page, script, asked):
    page, _ = open_page(asked | {"from": "mail"}, script)
    page.query_params.clear()
    page.query_params.update(Comparison().query() | {"from": "mail"})
    page.run()
    assert query_of(page) == asked | {"from": "mail"}


@pytest.mark.parametrize("script", ["live_lab", "coarse_to_fine"])
def test_a_restart_that_the_queue_refuses_is_said(open_page, monkeypatch, script):
    class FullQueue(FakePool):
        def submit(self, recipes, **options):
            if options.get("restart"):
                raise ValueError("256 runs wait.")
            return super().submit(recipes, **options)

    monkeypatch.setattr(
        "ammix_viz.ui.lab.player", lambda data, **_: Played((data["runs"][0]["key"],))
    )
    page, _ = open_page({"methods": "ce"}, script, pool=FullQueue())
    assert f"256 runs wait. {AGAIN}" in texts(page.warning)


def test_a_page_that_is_opened_from_the_menu_again_displays_what_it_displayed_last(open_page):
    page, pool = open_page({"beta": "1", "methods": "am_mixup", "data": "moons"})
    before = query_of(page)
    page.query_params.clear()
    page.run()
    assert query_of(page) == before
    assert pool.asked[-1][0] == Comparison(("am_mixup",), Recipe(beta=1.0, data="moons")).recipes


def test_every_request_says_which_session_it_comes_from(open_page):
    _, pool = open_page({"seeds": "2"})
    assert {options["session"] for _, options in pool.asked} == {"test session id"}
