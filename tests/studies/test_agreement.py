"""Agreement with a published table, on results made by hand."""

import itertools
import math

import numpy as np
import pytest

from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.agreement import agreement, lowest_share, order_agreement
from ammix_viz.studies.results import PartResults
from ammix_viz.studies.study import Part, Table, methods
from ammix_viz.studies.table import study_of

ROWS = ("ce", "mixup", "manifold", "am_mixup")
TABLE = Table(
    "A table",
    {"Accuracy": "accuracy", "U": "U"},
    dict(zip(ROWS, ((42, 1.0), (59, 1.4), (65, 1.6), (67, 1.5)), strict=True)),
)


def record(accuracy, u):
    return np.array((accuracy, u), [("accuracy", float), ("U", float)])[()]


def results(**ends):
    seeds = len(ends["ce"])
    part = Part("A part", methods(ends), Recipe())
    failures = {name: [""] * seeds for name in ends}
    return PartResults(part, part.recipes(seeds), ends, failures)


def test_order_agreement_is_the_mean_over_columns_of_concordant_minus_discordant_pairs():
    seed = dict(
        zip(ROWS, (record(50, 1.0), record(60, 1.4), record(55, 1.6), record(70, 1.5)), strict=True)
    )
    # Accuracy: one of six pairs is swapped, so (5 - 1) / 6; U has the published order.
    assert order_agreement(TABLE, seed) == pytest.approx((4 / 6 + 1) / 2)
    reversed_order = {row: record(-a, -u) for row, (a, u) in TABLE.published.items()}
    assert order_agreement(TABLE, reversed_order) == -1


def test_a_seed_counts_only_if_every_published_row_has_ended():
    found = results(
        ce=[record(50, 1), record(70, 1), record(50, 1)],
        mixup=[record(60, 1.4), record(60, 1.4), None],
        manifold=[record(61, 1.6), record(61, 1.6), record(61, 1.6)],
        am_mixup=[record(62, 1.5), record(62, 1.5), record(62, 1.5)],
    )
    found.failures["mixup"][2] = "It diverged."
    compared = agreement(found, TABLE)
    assert (compared.lowest, compared.lowest_in, compared.complete) == ("ce", 1, 2)
    assert (compared.failed, compared.missing) == (1, 0)
    assert compared.order.count == 2
    # With seed 1, CE is first in accuracy: three pairs are swapped, and τ is 0.
    assert compared.order.mean == pytest.approx((1 + (0 + 1) / 2) / 2)
    assert compared.values["mixup"].mean == 60
    # CE is lowest for two of its three seeds, whichever seeds the others have.
    assert compared.lowest_share == pytest.approx(2 / 3)


def test_runs_that_were_not_trained_are_missing_and_leave_no_share():
    compared = agreement(
        results(ce=[record(50, 1)], mixup=[None], manifold=[None], am_mixup=[None]), TABLE
    )
    assert (compared.missing, compared.complete, compared.order.count) == (3, 0, 0)
    assert math.isnan(compared.lowest_share)


def test_the_unpaired_share_equals_a_count_over_all_choices_of_seeds():
    values = {"a": [1.0, 4.0, 2.5], "b": [2.0, 3.0], "c": [2.5, 5.0, 1.5, 3.5]}
    choices = list(itertools.product(*values.values()))
    expected = sum(a < b and a < c for a, b, c in choices) / len(choices)
    assert lowest_share("a", values) == pytest.approx(expected)


def test_the_search_varies_every_reading_once_and_compares_with_all_columns_of_table_2():
    study = study_of("amm-search")
    shared = [part.shared for part in study.parts]
    varied = {(r.lr, r.epochs, r.feature_layer, r.pairs, r.batch_norm) for r in shared}
    assert len(varied) == len(shared) == 2 * 3 * 2 * 2
    assert {r.warmup for r in shared if r.lr == 0.1} == {0}
    seeds = [recipe.init_seed for recipe in study.recipes(3)]
    assert seeds == sorted(seeds)  # the first seed of each reading is trained first
    assert list(study.search.columns) == [
        "Test accuracy, %",
        "U",
        "U1",
        "Many, %",
        "Median, %",
        "Few, %",
    ]
    assert study.search.published["am_mixup"] == (66.90, 1.4477, 0.9024, 97.00, 96.00, 37.30)
    ama = [part.recipes(1)["ama"][0] for part in study.parts]
    assert {(r.beta, r.resolved("pairs")) for r in ama} == {(0.67, "even")}
