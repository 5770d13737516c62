"""The pages' scripts, run without a browser."""

import re
from dataclasses import replace
from html import escape

import pytest
from support.notices import texts
from support.page_scripts import FakePool, open_page_fixture, query_of  # noqa: F401

from ammix_viz.runs import disk, history
from ammix_viz.runs.recording import record
from ammix_viz.runs.seed_stats import summarize
from ammix_viz.settings.axis import Axis
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.presets import PRESETS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.variants import Variant
from ammix_viz.studies.papers.ama_fig2 import METHODS
from ammix_viz.studies.study import Part, methods
from ammix_viz.studies.sweeps.sweep import Sweep, grid
from ammix_viz.studies.table import STUDIES
from ammix_viz.ui import curves
from ammix_viz.ui.player import Played
from ammix_viz.workers.run_state import RunState

AGAIN = "This page asks again every few seconds."


def train(recipes):
    for recipe in recipes:
        for _ in record([recipe]):
            pass


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
    assert set(texts(page.warning)) == {
        'epochs is "many"; it must be a whole number from 1 to 2000. 100 is used.',
        "beta is 9; it must be a number from 0 to 1.5. 1.5 is used.",
    }
    assert query_of(page)["beta"] == "1.5"
    page.slider(key="beta").set_value(0.5).run()
    assert not page.warning


def test_a_link_that_varies_beta_asks_for_a_run_of_each_value(open_page):
    page, pool = open_page({"vary": "beta:0,0.34,2"})
    assert pool.asked[-1][0] == (Recipe(beta=0.0), Recipe(beta=0.34))
    assert texts(page.warning) == ["beta is 2; it must be a number from 0 to 1.5. It is left out."]
    assert page.text_input(key="vary_values").value == "0, 0.34"
    assert query_of(page)["vary"] == "beta:0,0.34"
    assert not [slider for slider in page.slider if slider.key == "beta"]


def test_a_setting_to_vary_is_chosen_with_its_values_and_a_method(open_page):
    page, pool = open_page()
    page.selectbox(key="vary").set_value("lr").run()
    assert pool.asked[-1][0] == tuple(Recipe(lr=value) for value in (0.01, 0.02, 0.05))
    page.text_input(key="vary_values").set_value("0.1, fast, 0.2").run()
    assert pool.asked[-1][0] == (Recipe(lr=0.1), Recipe(lr=0.2))
    assert texts(page.warning) == [
        'lr is "fast"; it must be a number from 0.0001 to 1. It is left out.'
    ]
    assert query_of(page)["vary"] == "lr:0.1,0.2"
    page.selectbox(key="vary").set_value("method").run()
    assert pool.asked[-1][0] == Comparison().recipes
    assert query_of(page) == Comparison().query()


def test_a_page_that_is_opened_from_the_menu_again_displays_what_it_displayed_last(open_page):
    page, pool = open_page({"beta": "1", "methods": "am_mixup", "data": "moons"})
    before = query_of(page)
    page.query_params.clear()
    page.run()
    assert query_of(page) == before
    assert pool.asked[-1][0] == Comparison(("am_mixup",), Recipe(beta=1.0, data="moons")).recipes


def test_the_imbalance_is_kept_while_another_one_is_varied_and_its_control_is_away(open_page):
    page, pool = open_page({"imbalance": "20", "methods": "ce"})
    page.selectbox(key="vary").set_value("imbalance").run()
    page.number_input(key="seeds").set_value(1).run()
    page.slider(key="noise").set_value(0.5).run()
    assert not page.exception
    assert [run.imbalance for run in pool.asked[-1][0]] == [10, 50, 200]
    page.selectbox(key="vary").set_value("method").run()
    assert not page.exception
    assert pool.asked[-1][0] == Comparison(("ce",), Recipe(imbalance=20, noise=0.5)).recipes


def test_a_setting_that_the_new_data_do_not_read_is_varied_no_longer(open_page):
    page, pool = open_page({"vary": "noise:0.5,1", "methods": "ce"})
    assert len(pool.asked[-1][0]) == 2
    page.selectbox(key="data").set_value("digits").run()
    assert page.selectbox(key="vary").value == "method"
    assert [recipe.data for recipe in pool.asked[-1][0]] == ["digits"]
    assert "noise is not read for digits; it changes nothing. The panels compare the methods." in (
        texts(page.warning)
    )


def test_more_panels_than_there_is_space_for_are_counted(open_page):
    values = "0.01,0.02,0.03,0.04,0.05,0.06"
    page, pool = open_page({"vary": f"lr:{values}", "methods": "ce,mixup,manifold"})
    assert len(pool.asked[-1][0]) == 16
    assert texts(page.warning) == ["The first 16 panels of 18 are displayed."]


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


def test_a_changed_beta_asks_for_its_run_and_stands_in_the_url(open_page):
    page, pool = open_page()
    page.slider(key="beta").set_value(1.0).run()
    assert pool.asked[-1][0] == Comparison(shared=Recipe(beta=1.0)).recipes
    assert query_of(page)["beta"] == "1"


def test_new_start_and_new_data_change_their_own_seeds(open_page):
    page, pool = open_page()
    press(page, "New weights")
    assert (query_of(page)["init_seed"], query_of(page)["data_seed"]) == ("1", "0")
    press(page, "New data")
    assert query_of(page)["seed"] == "1"
    assert {recipe.data_seed for recipe in pool.asked[-1][0]} == {1}


def test_same_start_again_asks_for_nothing_new(open_page):
    page, pool = open_page()
    before = pool.asked[-1][0]
    press(page, "Replay")
    assert pool.asked[-1][0] == before
    assert page.session_state["replay"] == 1


def test_a_damaged_run_and_a_full_queue_are_said(open_page):
    page, _ = open_page(notes=["The saved run is damaged. It is trained again."])
    assert "It is trained again." in texts(page.warning)[0]
    page, _ = open_page(error="64 runs wait to be trained.")
    assert texts(page.warning) == [f"64 runs wait to be trained. {AGAIN}"]


def test_a_page_that_was_refused_asks_again_and_goes_on(open_page):
    page, pool = open_page(error="64 runs wait to be trained.", refusals=1)
    assert pool.asked[-1][0] == Comparison().recipes
    assert not page.warning


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


def test_the_panels_show_the_seed_that_is_picked_and_all_seeds_are_trained(open_page, monkeypatch):
    page, pool = with_curves(open_page, monkeypatch, {"methods": "ce", "seeds": "3"})
    asked = Comparison(("ce",), Recipe(), seeds=3)
    assert pool.asked[0][0] == asked.at_seed(0)
    assert set(asked.by_variant[Variant("ce")]) in [set(recipes) for recipes, _ in pool.asked]
    page.slider(key="displayed").set_value(2).run()
    assert asked.at_seed(2) in [recipes for recipes, _ in pool.asked]
    assert query_of(page)["displayed"] == "2"


def test_with_ama_all_methods_get_its_beta_and_that_is_said(open_page):
    page, pool = open_page()
    page.pills[0].set_value(["am_mixup", "ama"]).run()
    assert [(r.method, r.beta) for r in pool.asked[-1][0]] == [("am_mixup", 0.67), ("ama", 0.67)]
    assert texts(page.warning)[0] == "Every method now uses β 0.67: the defaults with AMA."
    page.slider(key="beta").set_value(0.5).run()
    page.pills[0].set_value(["am_mixup"]).run()
    assert query_of(page)["beta"] == "0.5"  # what a person has set stays


def test_a_preset_sets_everything_and_is_known_again_by_its_settings(open_page):
    page, pool = open_page()
    assert page.button(key="open_gallery").label == "Start from: Four methods"
    page.button(key="open_gallery").click().run()
    page.button(key="preset_ama_fig2").click().run()
    assert PRESETS["ama_fig2"].comparison.recipes in [recipes for recipes, _ in pool.asked]
    assert query_of(page)["methods"] == "ce,supcon,ama"
    page.slider(key="beta").set_value(0.5).run()
    assert page.button(key="open_gallery").label == "Start from: Your settings"


def test_an_ablation_replaces_a_part_in_all_methods_that_let_it(open_page):
    _, pool = open_page({"methods": "ce,am_mixup", "one_sided": "off"})
    ce, am_mixup = pool.asked[-1][0]
    assert (ce.one_sided, am_mixup.one_sided) == ("default", "off")


@pytest.fixture
def small_study(monkeypatch):
    """Put a small version in the place of a paper's figure, and return it."""
    asked = Part("", methods(METHODS), Recipe(epochs=2, imbalance=200, lr=0.02))
    entry = STUDIES["ama-fig2"]
    small = replace(entry.make("gaussian"), parts=(asked,))
    monkeypatch.setitem(STUDIES, "ama-fig2", replace(entry, make=lambda data: small))
    return small


def damage(key):
    """Change one byte of the last record of a run."""
    content = bytearray(disk.path(key).read_bytes())
    content[-1] ^= 1
    disk.path(key).write_bytes(content)
    return f"The saved run {key} cannot be used: its content has changed."


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


def test_images_bring_settings_that_train(open_page):
    page, pool = open_page()
    page.selectbox(key="data").set_value("digits").run()
    recipes, _ = pool.asked[-1]
    (settings,) = {(r.data, r.epochs, r.lr, r.batch_size, r.warmup) for r in recipes}
    assert settings == ("digits", 40, 0.02, 128, 5)
    assert texts(page.warning)[0] == (
        "Every method now uses epochs 40, batch size 128, warm-up epochs 5: the defaults for this "
        "data. You can change them in the sidebar."
    )
    page.selectbox(key="data").set_value("gaussian").run()
    recipes, _ = pool.asked[-1]
    assert {(r.epochs, r.lr, r.batch_size) for r in recipes} == {(100, 0.02, 101)}


@pytest.mark.parametrize("script", ["live_lab", "coarse_to_fine"])
@pytest.mark.parametrize("query", [{}, {"data": "digits"}, {"keep": "true", "keep_training": "1"}])
def test_no_url_has_runs_trained_when_nobody_watches(open_page, script, query):
    _, pool = open_page(query, script)
    assert not any(options.get("keep") for _, options in pool.asked)


def live(pool, recipes, state="training"):
    pool.live |= {recipe.key: RunState(state, 2, wait=130) for recipe in recipes}


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


def test_every_request_says_which_session_it_comes_from(open_page):
    _, pool = open_page({"seeds": "2"})
    assert {options["session"] for _, options in pool.asked} == {"test session id"}


def test_a_setting_that_was_changed_stays_when_the_data_change(open_page):
    page, pool = open_page()
    page.number_input(key="epochs").set_value(7).run()
    page.selectbox(key="data").set_value("digits").run()
    assert {(r.epochs, r.lr) for r in pool.asked[-1][0]} == {(7, 0.02)}


def test_a_control_without_a_value_takes_the_one_before(open_page):
    page, pool = open_page({"one_sided": "off"})
    page.session_state["one_sided"] = None
    page.run()
    assert not page.exception
    assert {r.one_sided for r in pool.asked[-1][0] if r.method == "am_mixup"} == {"off"}


def test_after_an_interrupted_run_the_values_of_the_controls_are_sent_again(open_page):
    page, _ = open_page({"beta": "0.5"})
    sent = [page.slider(key="beta").proto.set_value]
    for interrupted in (False, True):
        page.session_state["controls_sent"] = not interrupted
        page.run()
        sent.append(page.slider(key="beta").proto.set_value)
    assert sent == [True, False, True]
    assert page.slider(key="beta").value == 0.5


def test_missing_images_are_said_and_digits_offered(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path))
    page, pool = open_page({"data": "mini_cifar_lt"})
    assert not pool.asked
    assert texts(page.info)[0].startswith(f"CIFAR-10 is not in {tmp_path}")
    press(page, "Use handwritten digits instead")
    assert {recipe.data for recipe in pool.asked[-1][0]} == {"digits"}


def test_a_factor_that_leaves_a_class_empty_is_said(open_page):
    page, pool = open_page({"data": "digits", "imbalance": "200"})
    assert not pool.asked
    assert texts(page.error)[0] == (
        "imbalance is 200; class 9 of digits would have no image. It must be at most 140, the "
        "images of the smallest class."
    )


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


def test_a_figure_on_digits_stands_in_its_url(open_page):
    page, _ = open_page({"figure": "amm-fig3", "data": "digits", "seeds": "2"}, "paper_figures")
    assert [button.label for button in page.button] == ["Train 24 runs"]
    assert page.code[0].value == "python -m ammix_viz reproduce amm-fig3 --seeds 2 --data digits"
    assert query_of(page) == {"figure": "amm-fig3", "data": "digits", "seeds": "2"}


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


def test_data_of_another_page_are_said(open_page):
    page, pool = open_page({"data": "digits_coarse"})
    assert {recipe.data for recipe in pool.asked[-1][0]} == {"gaussian"}
    assert texts(page.warning)[0] == "digits_coarse is on another page; gaussian is used here."
    page, _ = open_page({"x": "beta=0", "y": "lr=0.1", "data": "digits_coarse"}, "sweep")
    assert texts(page.warning)[0].startswith('data is "digits_coarse"; here it must be one of gau')


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (
            {"data": "cifar10_lt"},
            "cifar10_lt trains from the command line only; gaussian is used here.",
        ),
        (
            {"data": "digits", "network": "resnet32"},
            "With network resnet32, digits has 64-D features; only 2-D features can be displayed. "
            "Such runs are trained from the command line. The default network is used.",
        ),
    ],
)
def test_no_url_trains_a_run_whose_features_cannot_be_displayed(open_page, query, note):
    page, pool = open_page(query)
    assert texts(page.warning)[0] == note
    assert all(recipe.feature_width == 2 for own, _ in pool.asked for recipe in own)
    assert "resnet32" not in str(page.query_params)


def test_images_that_the_server_does_not_name_are_not_offered(open_page, monkeypatch):
    monkeypatch.delenv("AMMIX_IMAGES", raising=False)
    page, pool = open_page({"data": "custom"})
    assert {recipe.data for recipe in pool.asked[-1][0]} == {"gaussian"}
    assert texts(page.warning)[0] == "custom is not set up; gaussian is used here."
    assert "Your images" not in page.selectbox(key="data").options


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


class EmptyDisk(FakePool):
    """Has no run."""

    def state(self, key):
        return self.live.get(key, RunState("unknown"))


def test_training_that_takes_minutes_says_so_first_and_offers_less(open_page):
    page, pool = open_page({"seeds": "32", "epochs": "1000"}, pool=EmptyDisk())
    # 4 methods × 32 seeds × 1000 epochs of 1,610 points, at 10 µs each, on one or two cores.
    said = page.markdown[1].value
    assert said.startswith("Training **128 runs** of 1000 epochs on Gaussian toy takes **about ")
    assert 17 <= int(re.search(r"about (\d+) min", said)[1]) <= 34
    assert pool.asked == []
    fewer = next(button for button in page.button if "only" in button.label)
    fewer.click().run()
    assert pool.asked
    assert 25 <= int(query_of(page)["epochs"]) <= 60


def test_training_begins_once_a_person_has_agreed_or_if_it_goes_on_already(open_page):
    page, pool = open_page({"epochs": "2000", "seeds": "9"}, pool=EmptyDisk())
    assert pool.asked == []
    press(page, "Train")
    assert pool.asked
    other = EmptyDisk()
    other.live = {Comparison(shared=Recipe(epochs=2000)).recipes[0].key: RunState("training")}
    _, pool = open_page({"epochs": "2000", "seeds": "9"}, pool=other)
    assert pool.asked


def test_a_page_opens_with_its_example_in_training_but_not_from_a_link(open_page, small_study):
    page, pool = open_page({}, "paper_figures", pool=EmptyDisk())
    assert pool.asked
    assert [button.label for button in page.button] == ["Stop"]
    page, pool = open_page({"figure": "ama-fig2"}, "paper_figures", pool=EmptyDisk())
    assert pool.asked == []
