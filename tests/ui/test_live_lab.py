"""The page of the live lab: what it asks for at each setting, URL and click."""

import pytest
from support.notices import texts
from support.page_scripts import press, query_of

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.presets import PRESETS
from ammix_viz.settings.recipe import Recipe

AGAIN = "This page asks again every few seconds."


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
