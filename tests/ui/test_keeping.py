"""Runs that go on when nobody watches."""

import pytest
from support.page_scripts import FakePool, live, press

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe


@pytest.mark.parametrize("script", ["live_lab", "coarse_to_fine"])
@pytest.mark.parametrize("query", [{}, {"data": "digits"}, {"keep": "true", "keep_training": "1"}])
def test_no_url_has_runs_trained_when_nobody_watches(open_page, script, query):
    _, pool = open_page(query, script)
    assert not any(options.get("keep") for _, options in pool.asked)


def test_runs_go_on_from_when_it_is_switched_on_until_it_is_switched_off(open_page):
    page, pool = open_page({"data": "digits", "seeds": "2"})
    runs = Comparison(shared=Recipe(data="digits"), seeds=2)
    every = [recipe for recipes in runs.by_variant.values() for recipe in recipes]
    live(pool, every)
    page.toggle(key="keep").set_value(True).run()
    assert pool.kept_runs.keys() == {recipe.key for recipe in every}
    page.toggle(key="keep").set_value(False).run()
    assert set(pool.released) == {recipe.key for recipe in every}
    assert pool.kept() == []


def test_the_switch_says_whether_the_runs_of_a_link_go_on(open_page):
    shown = Comparison(("ce", "ama"), Recipe(data="digits", beta=0.67))
    pool = FakePool()
    live(pool, shown.recipes)
    pool.kept_runs = {recipe.key: recipe for recipe in shown.recipes[:1]}
    page, _ = open_page(shown.query(), pool=pool)
    assert page.toggle(key="keep").value is False
    assert len(pool.kept()) == 1
    pool.kept_runs = {recipe.key: recipe for recipe in shown.recipes}
    page, _ = open_page(shown.query(), pool=pool)
    assert page.toggle(key="keep").value is True


def test_runs_that_go_on_are_listed_and_can_be_stopped(open_page):
    other, displayed = Recipe(method="ama", data="digits"), Comparison().recipes[0]
    pool = FakePool()
    pool.kept_runs = {recipe.key: recipe for recipe in (other, displayed)}
    live(pool, [other], "queued")
    live(pool, Comparison().recipes)
    page, _ = open_page(pool=pool)
    assert page.sidebar.expander[0].label == "Runs that go on: 2"
    rows = [bar.proto.text.replace("\\", "") for bar in page.sidebar.get("progress")]
    assert rows == [
        "AMA, Digits, seed 0: waiting, number 2 in the queue, starts in about 2 min",
        "Cross entropy, Gaussian toy, seed 0: 0%",
    ]
    stop = [button for button in page.sidebar.button if button.label == "Stop"]
    stop[0].click().run()
    assert pool.released == [other.key]
    assert pool.cancelled == [({other.key}, True)]
    assert page.sidebar.expander[0].label == "Runs that go on: 1"
    press(page, "Stop")
    assert not pool.kept()
