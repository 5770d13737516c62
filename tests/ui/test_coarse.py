"""The page from coarse to fine classes."""

from urllib.parse import parse_qsl

import pytest
from support.page_scripts import query_of
from support.training import train

from ammix_viz.studies.table import study_of
from ammix_viz.ui.player import Played


def test_coarse_to_fine_asks_for_coarse_runs_and_shows_both_views(open_page, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "ammix_viz.ui.lab.player", lambda data, **_: shown.append(data["runs"]) or Played()
    )
    page, pool = open_page({"methods": "ce,am_mixup"}, "coarse_to_fine")
    recipes = pool.asked[-1][0]
    assert {recipe.data for recipe in recipes} == {"digits_coarse"}
    keys = [recipe.key for recipe in recipes]
    assert [(card["key"], card.get("view")) for card in shown[-1]] == [
        *((key, "coarse") for key in keys),
        *((key, None) for key in keys),
    ]
    assert query_of(page)["data"] == "digits_coarse"


def test_coarse_to_fine_trains_every_seed_and_shows_their_spread(open_page, monkeypatch):
    monkeypatch.setattr("ammix_viz.ui.lab.player", lambda *_, **options: Played())
    asked = {"methods": "ce", "seeds": "2", "epochs": "1"}
    page, pool = open_page(asked, "coarse_to_fine")
    recipes = {recipe for own, _ in pool.asked for recipe in own}
    assert {recipe.init_seed for recipe in recipes} == {0, 1}
    train(recipes)
    page.run()
    row = page.table[0].value.iloc[0]
    assert all("±" in value for value in row)


@pytest.mark.parametrize(
    ("data", "query"),
    [("digits_coarse", "figure=amm-fig2&data=digits"), ("mini_cifar_coarse", "figure=amm-fig2")],
)
def test_the_caption_links_to_the_figure_that_tests_it_on_this_data(
    open_page, monkeypatch, data, query
):
    monkeypatch.setattr("ammix_viz.ui.lab.player", lambda *_, **options: Played())
    monkeypatch.setattr("ammix_viz.datasets.cifar10.problem", lambda: "")
    monkeypatch.setattr("ammix_viz.ui.lab.dataset_problem", lambda _: "")
    monkeypatch.setattr("ammix_viz.ui.coarse._rows", lambda _: [{"Method": "Cross entropy"}])
    page, _ = open_page({"data": data, "methods": "ce"}, "coarse_to_fine")
    captions = [each.value for each in page.caption]
    link = f"Tested over several seeds: [Paper figures](/paper_figures?{query})"
    assert [each.endswith(link) for each in captions].count(True) == 1
    assert study_of(**_arguments(query)).parts[0].shared.data == data


def _arguments(query):
    given = dict(parse_qsl(query))
    return {"name": given["figure"], "data": given.get("data")}
