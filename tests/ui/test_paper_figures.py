"""The page of the papers' figures."""

from dataclasses import replace
from html import escape

import pytest
from support.notices import texts
from support.page_scripts import EmptyDisk, damage, press, query_of
from support.training import train

from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.papers.ama_fig2 import METHODS
from ammix_viz.studies.study import Part, methods
from ammix_viz.studies.table import STUDIES


@pytest.fixture
def small_study(monkeypatch):
    """Put a small version in the place of a paper's figure, and return it."""
    asked = Part("", methods(METHODS), Recipe(epochs=2, imbalance=200, lr=0.02))
    entry = STUDIES["ama-fig2"]
    small = replace(entry.make("gaussian"), parts=(asked,))
    monkeypatch.setitem(STUDIES, "ama-fig2", replace(entry, make=lambda data: small))
    return small


def test_a_paper_figure_is_offered_and_shown_once_its_runs_are_there(open_page, small_study):
    small = small_study
    page, _ = open_page({"seeds": "2"}, "paper_figures")
    assert [button.label for button in page.button] == ["Train 14 runs"]
    assert page.code[0].value == "python -m ammix_viz reproduce ama-fig2 --seeds 2"
    train(small.recipes(2))
    page.run()
    assert not page.exception
    assert page.button == []
    shown = "".join(element.proto.body for element in page.get("html"))
    assert all(escape(claim.sentence) in shown for claim in small.claims)
    assert shown.count("of 2 seeds") == len(small.claims) + len(small.also_measured)
    panels, charts = len(small.in_paper) + len(METHODS), len(small.bars)
    assert shown.count("<img src='data:image/svg+xml;base64,") == panels + charts
    assert [button.label for button in page.get("download_button")][-1] == "figures.zip"


def test_a_damaged_run_of_a_paper_figure_is_named_and_trained_again(open_page, small_study):
    recipes = small_study.recipes(1)
    train(recipes)
    why = damage(recipes[0].key)
    page, pool = open_page({"seeds": "1"}, "paper_figures")
    assert texts(page.warning) == [f"{why} It counts as not trained."]
    assert [button.label for button in page.button] == ["Train the missing 1 run"]
    press(page, "Train the missing 1 run")
    assert recipes[0] in pool.asked[-1][0]


def test_of_many_damaged_runs_three_are_named(open_page, small_study):
    recipes = small_study.recipes(1)
    train(recipes)
    why = {damage(recipe.key) for recipe in recipes}
    page, _ = open_page({"seeds": "1"}, "paper_figures")
    (said,) = texts(page.warning)
    assert sum(sentence in said for sentence in why) == 3
    assert said.endswith(
        f"{len(recipes) - 3} more cannot be used either. They count as not trained."
    )


def test_the_page_of_figures_follows_a_changed_url(open_page):
    page, _ = open_page({"seeds": "2"}, "paper_figures")
    page.query_params.update({"figure": "amm-fig3", "data": "digits", "seeds": "4"})
    page.run()
    assert page.selectbox(key="paper_figure").value == "amm-fig3"
    assert page.code[0].value == "python -m ammix_viz reproduce amm-fig3 --seeds 4 --data digits"
    page.number_input(key="paper_seeds").set_value(1).run()
    assert query_of(page)["seeds"] == "1"


def test_a_figure_or_data_that_do_not_exist_are_said(open_page):
    page, _ = open_page({"figure": "nonsense", "data": "digits"}, "paper_figures")
    assert texts(page.warning) == [
        f'figure is "nonsense"; it must be one of {", ".join(STUDIES)}. ama-fig2 is used.',
        'data is "digits"; for ama-fig2 it must be gaussian. gaussian is used.',
    ]
    assert query_of(page) == {"figure": "ama-fig2", "seeds": "3"}


def test_seeds_out_of_range_are_said_on_the_page_of_figures(open_page):
    page, _ = open_page({"seeds": "99"}, "paper_figures")
    assert texts(page.warning)[0] == (
        "seeds is 99; it must be a whole number from 1 to 32. 3 is used."
    )


def test_a_figure_on_digits_stands_in_its_url(open_page):
    page, _ = open_page({"figure": "amm-fig3", "data": "digits", "seeds": "2"}, "paper_figures")
    assert [button.label for button in page.button] == ["Train 24 runs"]
    assert page.code[0].value == "python -m ammix_viz reproduce amm-fig3 --seeds 2 --data digits"
    assert query_of(page) == {"figure": "amm-fig3", "data": "digits", "seeds": "2"}


def test_a_page_opens_with_its_example_in_training_but_not_from_a_link(open_page, small_study):
    page, pool = open_page({}, "paper_figures", pool=EmptyDisk())
    assert pool.asked
    assert [button.label for button in page.button] == ["Stop"]
    page, pool = open_page({"figure": "ama-fig2"}, "paper_figures", pool=EmptyDisk())
    assert pool.asked == []
