"""The pages' scripts, run without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from ammix_viz.comparison import Comparison
from ammix_viz.recipe import Recipe
from ammix_viz.states import RunState
from ammix_viz.ui import curves


class FakePool:
    """Takes note of what it is asked for; nothing is trained."""

    def __init__(self, notes=(), error=None):
        self.asked, self.notes, self.error = [], list(notes), error

    def submit(self, recipes, **options):
        if self.error:
            raise ValueError(self.error)
        self.asked.append((tuple(recipes), options))
        return self.notes

    def devices(self):
        return ["cpu"]

    def touch(self, keys, ahead=0.0):
        pass

    def state(self, key):
        return RunState("ended")


@pytest.fixture
def open_page(monkeypatch):
    """Open the live lab at a query; return the page and the pool behind it."""

    def open_it(query=None, **pool_options):
        pool = FakePool(**pool_options)
        for module in ("lab", "controls", "curves"):
            monkeypatch.setattr(f"ammix_viz.ui.{module}.shared", lambda: pool)
        page = AppTest.from_file("../pages/live_lab.py", default_timeout=20)
        for name, value in (query or {}).items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page, pool

    return open_it


def query_of(page):
    values = page.query_params.items()
    return {name: value if isinstance(value, str) else value[0] for name, value in values}


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()


def test_it_opens_on_the_papers_setting_and_asks_for_its_four_runs(open_page):
    page, pool = open_page()
    assert pool.asked[-1][0] == Comparison().recipes
    assert query_of(page) == Comparison().query()


def test_a_url_is_taken_as_it_stands(open_page):
    asked = {"methods": "mixup,am_mixup", "beta": "1.2", "imbalance": "50", "seed": "7"}
    page, pool = open_page(asked)
    seeds = dict.fromkeys(("data_seed", "init_seed", "batch_seed"), 7)
    expected = Comparison(("mixup", "am_mixup"), Recipe(beta=1.2, imbalance=50, **seeds))
    assert pool.asked[-1][0] == expected.recipes
    assert page.slider(key="beta").value == 1.2
    assert page.slider(key="factor").value == 50


def test_what_is_not_allowed_is_clamped_and_said(open_page):
    page, _ = open_page({"beta": "9", "epochs": "many"})
    assert {warning.value for warning in page.warning} == {
        'epochs is "many"; it must be a whole number from 1 to 2000. 100 is used.',
        "beta is 9; it must be a number from 0 to 1.5. 1.5 is used.",
    }
    assert query_of(page)["beta"] == "1.5"
    page.slider(key="beta").set_value(0.5).run()
    assert not page.warning


def test_a_changed_beta_asks_for_its_run_and_stands_in_the_url(open_page):
    page, pool = open_page()
    page.slider(key="beta").set_value(1.0).run()
    assert pool.asked[-1][0] == Comparison(shared=Recipe(beta=1.0)).recipes
    assert query_of(page)["beta"] == "1"


def test_new_start_and_new_data_change_their_own_seeds(open_page):
    page, pool = open_page()
    press(page, "New start")
    assert (query_of(page)["init_seed"], query_of(page)["data_seed"]) == ("1", "0")
    press(page, "New data")
    assert query_of(page)["seed"] == "1"
    assert {recipe.data_seed for recipe in pool.asked[-1][0]} == {1}


def test_same_start_again_asks_for_nothing_new(open_page):
    page, pool = open_page()
    before = pool.asked[-1][0]
    press(page, "Same start again")
    assert pool.asked[-1][0] == before
    assert page.session_state["replay"] == 1


def test_a_damaged_run_and_a_full_queue_are_said(open_page):
    page, _ = open_page(notes=["The saved run is damaged. It is trained again."])
    assert "It is trained again." in page.warning[0].value
    page, _ = open_page(error="64 runs wait to be trained.")
    assert page.error[0].value == "64 runs wait to be trained."


def test_curves_and_table_come_with_the_records(open_page, monkeypatch):
    from ammix_viz.recording import record

    recipes = Comparison(("ce", "am_mixup"), Recipe(epochs=2, imbalance=200)).recipes
    for _ in record(recipes):
        pass
    monkeypatch.setattr(curves, "READY", "replay")  # as in a session's second page
    page, _ = open_page({"methods": "ce,am_mixup", "epochs": "2", "imbalance": "200"})
    page.run()
    figure = page.get("plotly_chart")[0]
    assert "AM-mixup" in figure.proto.spec
    table = page.dataframe[0].value
    assert table["Method"].tolist() == ["Cross entropy", "AM-mixup"]
    assert table["λ, share of the own row"][0] == 1
