"""Links that fix settings: values stay, controls are away, and the page says so."""

import pytest
from support.notices import texts
from support.page_scripts import query_of

from ammix_viz.settings.comparison import Comparison, read_query
from ammix_viz.settings.fixed import Fixed
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui.fixed import fixed_words

KINDS = ("slider", "number_input", "selectbox", "segmented_control", "pills", "toggle", "button")


def controls_of(page):
    return {widget.key or widget.label for kind in KINDS for widget in getattr(page.sidebar, kind)}


def test_fixed_settings_have_no_control_and_keep_the_links_values(open_page):
    asked = {"methods": "am_mixup", "beta": "0.34", "lr": "0.01", "fixed": "beta,lr,seed,data"}
    page, pool = open_page(asked)
    assert not controls_of(page) & {"beta", "lr", "data", "New weights", "New data", "open_gallery"}
    page.pills(key="methods").set_value(["am_mixup", "ama"]).run()  # AMA has another default β
    page.number_input(key="epochs").set_value(30).run()
    expected = Comparison(("am_mixup", "ama"), Recipe(beta=0.34, lr=0.01, epochs=30))
    assert pool.asked[-1][0] == expected.recipes
    assert query_of(page) == expected.query() | {"fixed": "beta,lr,seed,data"}


def test_a_page_whose_settings_are_all_fixed_has_no_control(open_page):
    asked = {"vary": "beta:0,0.34", "methods": "ama", "fixed": "all", "seeds": "2"}
    page, _ = open_page(asked)
    assert controls_of(page) == set()
    page.run()
    assert query_of(page) == read_query(asked)[0].query() | {"fixed": "all"}


def test_fixed_values_outlive_a_page_on_which_they_had_controls(open_page):
    page, pool = open_page({"vary": "lr:0.01,0.02", "methods": "am_mixup"})
    page.query_params["fixed"] = "vary,methods"
    for _ in range(3):
        page.run()
    assert query_of(page)["vary"] == "lr:0.01,0.02"
    assert len(pool.asked[-1][0]) == 2


def test_a_name_that_cannot_be_fixed_is_said(open_page):
    page, _ = open_page({"fixed": "betas"})
    (said,) = texts(page.warning)
    assert said.startswith('fixed is "betas"; it must be one of all, ')
    assert said.endswith("Did you mean beta? It is left out.")
    assert "beta" in controls_of(page)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("beta", "methods"), "β 0.34, methods Cross entropy, AMA"),
        (("data", "seed", "vary"), "Gaussian toy, seed 0, what the panels compare"),
        (("all",), "all settings"),
    ],
)
def test_the_line_says_what_is_fixed_and_to_what(names, words):
    assert fixed_words(Comparison(("ce", "ama")), Fixed(names)) == words
