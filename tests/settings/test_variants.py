"""Panels that vary a setting: the parameter `vary`, and the runs of each panel."""

import pytest

from ammix_viz.settings.axis import VARIABLE, Axis
from ammix_viz.settings.comparison import Comparison, read_query
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.table import SETTINGS
from ammix_viz.settings.variants import MOST_PANELS, Variant

BETAS = Axis("beta", (0, 0.34, 0.67, 1))


def test_a_link_that_varies_beta_has_a_panel_of_am_mixup_for_each_value():
    comparison, notes = read_query({"vary": "beta:0,0.34,0.67,1"})
    assert notes == []
    assert comparison == Comparison(("am_mixup",), vary=BETAS)
    assert comparison.recipes == tuple(Recipe(beta=value) for value in (0, 0.34, 0.67, 1))
    titles = [variant.title for variant in comparison.variants]
    assert titles == ["AM-mixup, β 0", "AM-mixup, β 0.34", "AM-mixup, β 0.67", "AM-mixup, β 1"]


def test_a_method_that_does_not_read_the_setting_has_one_panel():
    comparison, notes = read_query({"vary": "beta:0,1", "methods": "ce,am_mixup"})
    assert notes == []
    assert comparison.variants == (
        Variant("ce"),
        Variant("am_mixup", "beta", 0),
        Variant("am_mixup", "beta", 1),
    )
    assert comparison.recipes[0] == Recipe(method="ce").canonical


def test_runs_are_those_of_the_same_settings_without_vary():
    varied = Comparison(("am_mixup",), Recipe(epochs=7), 2, vary=BETAS)
    for value, runs in zip(BETAS.values, varied.by_variant.values(), strict=True):
        alone = Comparison(("am_mixup",), Recipe(epochs=7, beta=value), 2)
        assert [run.key for run in runs] == [
            run.key for run in alone.by_variant[Variant("am_mixup")]
        ]


@pytest.mark.parametrize("name", VARIABLE)
def test_a_comparison_is_restored_from_its_url_whatever_it_varies(name):
    values = SETTINGS[name].values
    data = "digits" if SETTINGS[name].read_by in ("images", "network") else "gaussian"
    query = {"data": data, "vary": f"{name}:{','.join(map(str, values))}"}
    comparison, notes = read_query(query)
    assert notes == []
    assert len(comparison.variants) == len(values)
    assert name not in comparison.query()
    again, notes = read_query(comparison.query())
    assert notes == []
    assert again.recipes == comparison.recipes
    assert again.variants == comparison.variants


FORM = (
    "it must be SETTING:VALUE,VALUE,…, such as beta:0,0.34,0.67,1. The panels compare the methods."
)


@pytest.mark.parametrize(
    ("given", "values", "said"),
    [
        (
            "beta:0,9,warm,1",
            (0, 1),
            [
                "beta is 9; it must be a number from 0 to 1.5. It is left out.",
                'beta is "warm"; it must be a number from 0 to 1.5. It is left out.',
            ],
        ),
        ("beta:0.5,0.50,1", (0.5, 1), []),
        (
            "lr:.01,.02,.03,.04,.05,.06,.07,.08,.080",
            (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08),
            [],
        ),
        (
            "lr:.01,.02,.03,.04,.05,.06,.07,.08,.09",
            (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08),
            ["lr has 9 values; the first 8 are used."],
        ),
    ],
)
def test_what_is_not_allowed_is_left_out_and_the_rest_kept(given, values, said):
    comparison, notes = read_query({"vary": given, "methods": "am_mixup"})
    assert comparison.vary.values == values
    assert notes == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("beta", [f'vary is "beta"; {FORM}']),
        ("beta:", [f"vary has no value of beta; {FORM}"]),
        (
            "betta:0,1",
            [
                f'The setting of vary is "betta"; it must be one of {", ".join(VARIABLE)}. Did you '
                "mean beta? The panels compare the methods."
            ],
        ),
    ],
)
def test_without_a_setting_and_values_the_panels_compare_the_methods(given, said):
    comparison, notes = read_query({"vary": given})
    assert comparison == Comparison()
    assert notes == said


def test_the_methods_can_be_named_as_what_varies():
    assert read_query({"vary": "method"}) == (Comparison(), [])


def test_a_setting_that_no_method_reads_is_not_varied():
    comparison, notes = read_query({"vary": "beta:0,1", "methods": "ce"})
    assert comparison == Comparison(("ce",))
    assert notes == ["beta is not read by ce; it changes nothing. The panels compare the methods."]


def test_more_panels_than_there_is_space_for_are_counted_and_left_out():
    comparison = Comparison(
        ("ce", "mixup", "manifold"), vary=Axis("lr", (0.01, 0.02, 0.03, 0.04, 0.05, 0.06))
    )
    assert len(comparison.recipes) == len(comparison.by_variant) == MOST_PANELS
    assert comparison.left_out == 2


@pytest.mark.parametrize(
    ("variant", "title"),
    [
        (Variant("ce"), "Cross entropy"),
        (Variant("ce", "imbalance", 50.0), "Cross entropy, imbalance 50"),
        (Variant("ce", "imbalance", "paper"), "Cross entropy, imbalance: paper"),
        (Variant("ama", "site", "random"), "AMA, mixing layer: random layer"),
    ],
)
def test_a_title_says_method_setting_and_value(variant, title):
    assert variant.title == title
