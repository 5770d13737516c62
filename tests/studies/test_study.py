"""Parts and rows of studies: which runs they are, with which seeds."""

import pytest

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.exports import as_json, as_table
from ammix_viz.studies.quick_look import quick_look
from ammix_viz.studies.results import read_results, results_manifest
from ammix_viz.studies.study import Part, Row, methods
from ammix_viz.studies.table import STUDIES, study_of

SHARED = Recipe(lr=0.05)


def test_rows_of_methods_are_the_runs_of_a_comparison():
    part = Part("", methods(("ce", "ama")), SHARED)
    comparison = Comparison(("ce", "ama"), SHARED, seeds=3)
    assert list(part.recipes(3).values()) == list(comparison.by_variant.values())
    assert part.titles == {"ce": "Cross entropy", "ama": "AMA"}
    assert part.settings(3) == Comparison(("ce", "ama"), SHARED, seeds=3).query()


def test_a_row_that_is_a_variant_differs_in_its_changes_only():
    part = Part("", {"fixed": Row("λ = 0.51", {"lam_mode": "fixed", "site": "random"})}, SHARED)
    (recipe,) = part.recipes(1)["fixed"]
    assert recipe.key == Recipe(lr=0.05, lam_mode="fixed", site="random").key
    assert part.settings(1)["rows"] == {"fixed": {"lam_mode": "fixed", "site": "random"}}
    assert part.settings(1)["methods"] == "am_mixup"


EVERY = [(name, data) for name, entry in STUDIES.items() for data in entry.data]


@pytest.mark.parametrize(("name", "data"), EVERY)
def test_all_parts_of_a_study_have_its_seeds(name, data):
    study = study_of(name, data)
    for part in study.parts:
        for recipes in part.recipes(3).values():
            seeds = [(r.data_seed, r.init_seed, r.batch_seed) for r in recipes]
            assert seeds == [(seed,) * 3 for seed in study.seeds(3)]


@pytest.mark.parametrize("name", ["amm-fig2", "amm-fig3", "ama-mixup", "amm-table7", "ama-table5"])
def test_runs_on_images_begin_above_the_seeds_on_which_settings_were_chosen(name):
    for data in STUDIES[name].data:
        first = 0 if data == "gaussian" else 10
        assert study_of(name, data).seeds(3) == range(first, first + 3)


def test_files_name_the_true_seeds():
    study = study_of("amm-table7", "digits_lt")
    results = read_results(study, 2)
    assert as_json(results)["seeds"] == [10, 11]
    assert results_manifest(results, 0.0, 0)["seeds"] == [10, 11]
    assert results_manifest(results, 0.0, 0)["settings"]["seed"] == "10"
    table = as_table(results)
    assert set(table["seed"]) == {10, 11}
    assert list(table["row"].unique()) == list(study.rows)


@pytest.mark.parametrize("name", ["amm-table7", "ama-table5"])
def test_ablations_name_every_setting_that_they_exchange(name):
    """So that another default of a method does not change what a row is."""
    rows = study_of(name).parts[0].rows
    for row in rows.values():
        if row.changes.get("method") != "ce":
            assert {"lam_mode", "one_sided", "site"} <= set(row.changes)
            assert "default" not in row.changes.values()


def test_the_full_method_of_an_ablation_is_the_method():
    (am_mixup,) = study_of("amm-table7").parts[0].recipes(1)["am_mixup"]
    assert am_mixup.key == Recipe().key
    (ama,) = study_of("ama-table5").parts[0].recipes(1)["ama"]
    assert ama.key == Recipe(method="ama").key


def test_a_quick_look_keeps_rows_that_are_variants():
    quick = quick_look(study_of("amm-table7"), {"epochs": 1}, ("am_mixup", "two_sided"))
    assert list(quick.parts[0].recipes(1)) == ["two_sided", "am_mixup"]
    assert [claim.sentence for claim in quick.claims] == [
        "At the last layer, one-sided labels give a higher accuracy."
    ]
    assert list(quick.tables[0].published) == ["two_sided", "am_mixup"]
