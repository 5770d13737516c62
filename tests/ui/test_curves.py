"""Curves and table below the panels."""

from support.page_scripts import query_of
from support.training import train

from ammix_viz.runs import history
from ammix_viz.runs.seed_stats import summarize
from ammix_viz.settings.axis import Axis
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.variants import Variant
from ammix_viz.ui import curves

TINY = {"epochs": "2", "imbalance": "200"}


def with_curves(open_page, monkeypatch, query):
    """Open the lab as a session's second page, which has its curves at once."""
    monkeypatch.setattr(curves, "READY", "replay")
    page, pool = open_page(query)
    page.run()
    return page, pool


def test_curves_and_table_come_with_the_records(open_page, monkeypatch):
    train(Comparison(("ce", "am_mixup"), Recipe(epochs=2, imbalance=200)).recipes)
    page, _ = with_curves(open_page, monkeypatch, {"methods": "ce,am_mixup"} | TINY)
    figure = page.get("plotly_chart")[0]
    assert "AM-mixup" in figure.proto.spec
    table = page.dataframe[0].value
    assert table["Method"].tolist() == ["Cross entropy", "AM-mixup"]
    assert table["λ, share of the first sample"][0] == 1


def test_over_seeds_the_table_has_mean_spread_and_who_is_best(open_page, monkeypatch):
    asked = Comparison(("ce", "am_mixup"), Recipe(epochs=2, imbalance=200), seeds=3)
    train(recipe for own in asked.by_variant.values() for recipe in own)
    page, _ = with_curves(
        open_page, monkeypatch, {"methods": "ce,am_mixup", "seeds": "3", "displayed": "1"} | TINY
    )
    table = page.dataframe[0].value
    runs = asked.by_variant[Variant("ce")]
    values = [history.numbers(run.key)[-1]["test.D_relative"] for run in runs]
    assert table["Seeds"].tolist() == ["3 of 3", "3 of 3"]
    assert table["D_relative"][0].startswith(str(summarize(values)))
    assert sum(value.endswith(" ★") for value in table["D_relative"]) == 1
    assert page.slider(key="displayed").value == 1


def test_curves_table_and_csv_follow_the_panels_that_vary_a_setting(open_page, monkeypatch):
    monkeypatch.setattr(curves, "FIRST_CURVES_SECONDS", 0)
    asked = Comparison(
        ("ce", "am_mixup"), Recipe(epochs=2, imbalance=200), vary=Axis("beta", (0, 1))
    )
    train(asked.recipes)
    page, _ = open_page(asked.query())
    page.run()
    titles = ["Cross entropy", "AM-mixup, β 0", "AM-mixup, β 1"]
    assert page.dataframe[0].value["Method"].tolist() == titles


def test_the_panels_show_the_seed_that_is_picked_and_all_seeds_are_trained(open_page, monkeypatch):
    page, pool = with_curves(open_page, monkeypatch, {"methods": "ce", "seeds": "3"})
    asked = Comparison(("ce",), Recipe(), seeds=3)
    assert pool.asked[0][0] == asked.at_seed(0)
    assert set(asked.by_variant[Variant("ce")]) in [set(recipes) for recipes, _ in pool.asked]
    page.slider(key="displayed").set_value(2).run()
    assert asked.at_seed(2) in [recipes for recipes, _ in pool.asked]
    assert query_of(page)["displayed"] == "2"
