"""The page of sweeps: its controls, its URL, and what it trains."""

from support.notices import texts
from support.page_scripts import FakePool, damage, live, press, query_of
from support.training import train

from ammix_viz.settings.axis import Axis
from ammix_viz.studies.sweeps.sweep import Sweep, grid


def test_a_sweep_stands_in_its_url_and_begins_when_asked_to(open_page):
    asked = {"x": "beta=0,1", "y": "imbalance=50", "methods": "ama", "seeds": "1", "epochs": "2"}
    page, pool = open_page(asked, "sweep")
    assert query_of(page) == asked | {"metric": "test.accuracy", "data": "gaussian"}
    assert pool.asked == []
    press(page, "Train 2 runs")
    assert [r.beta for r in pool.asked[-1][0]] == [0, 1]
    assert page.code[0].value == (
        "python -m ammix_viz sweep --methods ama --x beta=0,1 --y imbalance=50 --seeds 1 --epochs 2"
    )


def test_a_sweep_that_is_not_allowed_is_refused_in_a_sentence(open_page):
    page, _ = open_page({"x": "beta=0", "y": "lr=0.1", "metric": "nonsense"}, "sweep")
    assert texts(page.warning)[0].startswith('metric is "nonsense"; it must be one of')
    page.text_input(key="sweep_x_values").set_value("0, 7").run()
    assert texts(page.error)[0] == "beta is 7; it must be a number from 0 to 1.5."
    page.text_input(key="sweep_x_values").set_value("0").run()
    page.selectbox(key="sweep_y").set_value("beta").run()
    assert texts(page.error)[0] == "Both axes are beta; they must be two settings."


def test_a_sweeps_heatmap_has_what_has_ended(open_page):
    asked = {"x": "beta=0,1", "y": "imbalance=200", "methods": "ce,ama", "epochs": "2"}
    sweep = Sweep(
        ("ce", "ama"), Axis("beta", (0, 1)), Axis("imbalance", (200,)), 1, (("epochs", 2),)
    )
    train(sweep.recipes)
    page, _ = open_page(asked | {"seeds": "1"}, "sweep")
    assert page.button == []
    figure = page.get("plotly_chart")[0]
    value = grid(sweep, "ama", "test.accuracy").mean[0, 1]
    assert f"{value:.4g}" in figure.proto.spec


def test_the_sweep_follows_a_changed_url_and_keeps_its_controls_usable(open_page):
    asked = {"x": "beta=0,1", "y": "imbalance=50", "methods": "ama", "seeds": "1", "epochs": "2"}
    page, _ = open_page(asked, "sweep")
    page.query_params.update({"x": "lr=0.1,0.2", "methods": "ce"})
    page.run()
    assert page.text_input(key="sweep_x_values").value == "0.1, 0.2"
    assert page.pills[0].value == ["ce"]
    page.query_params["y"] = "lr=0.1"
    page.run()
    assert texts(page.error) == ["Both axes are lr; they must be two settings."]
    page.selectbox(key="sweep_y").set_value("beta").run()
    assert not page.error
    assert query_of(page)["y"].startswith("beta=")


def test_a_damaged_run_of_a_sweep_is_named_and_not_counted(open_page):
    asked = {"x": "beta=0,1", "y": "imbalance=200", "methods": "ama", "epochs": "1", "seeds": "1"}
    sweep = Sweep(("ama",), Axis("beta", (0, 1)), Axis("imbalance", (200,)), 1, (("epochs", 1),))
    train(sweep.recipes)
    why = damage(sweep.recipes[0].key)
    page, pool = open_page(asked, "sweep")
    assert texts(page.warning) == [f"{why} It counts as not trained."]
    press(page, "Train 1 run")
    assert sweep.recipes[0] in pool.asked[-1][0]


def test_stop_stops_runs_now_that_nobody_displays_or_keeps(open_page):
    asked = {"x": "beta=0,1", "y": "imbalance=50", "methods": "ama", "seeds": "1", "epochs": "2"}
    pool = FakePool()
    first, second = Sweep(
        ("ama",), Axis("beta", (0, 1)), Axis("imbalance", (50,)), 1, (("epochs", 2),)
    ).recipes
    live(pool, [first, second], "queued")
    pool.kept_runs = {second.key: second}
    page, _ = open_page(asked, "sweep", pool=pool)
    press(page, "Train 2 runs")
    assert page.get("progress")[0].proto.text == (
        "0 of 2 runs finished, waiting, number 2 in the queue, starts in about 2 min"
    )
    press(page, "Stop")
    assert pool.cancelled == [({first.key}, True)]
    assert [button.label for button in page.button] == ["Train 2 runs"]
