"""What is derived from the table of metrics, so that a new one is an entry and its computation."""

import subprocess
import sys

import pytest

from ammix_viz.metrics.table import METRICS, curves, fields_of, headlines, recorded, title_of
from ammix_viz.player.metric_rows import metric_rows
from ammix_viz.runs.format import record_dtype
from ammix_viz.studies.sweeps.sweep import METRICS as OF_SWEEPS


def test_every_metric_is_in_a_record_once_and_with_coarse_classes_twice():
    one, two = record_dtype(4, 10).names, record_dtype(4, 10, 2).names
    for name, metric in recorded().items():
        for field in fields_of(name):
            assert one.count(field) == 1
            assert record_dtype(4, 10)[field].shape == ((4,) if metric.per_class else ())
            of_classifier = metric.per_split or metric.per_class
            assert (f"coarse.{field}" in two) == of_classifier


def test_the_player_shows_the_headlines_and_says_what_they_are():
    rows = metric_rows()
    assert [row["name"] for row in rows] == list(headlines())
    assert all(row["label"] and row["help"].endswith(".") for row in rows)
    symbols = {row["name"]: row["symbol"] for row in rows if row["symbol"]}
    assert symbols == {"A": "A", "U": "U", "U1": "U", "D_relative": "D", "lam": "λ"}
    balance = next(row for row in rows if row["name"] == "margin_balance")
    assert (balance["better"], balance["perSplit"], balance["ofClassifier"]) == (1, True, True)


def test_charts_and_tables_have_each_number_once():
    assert "D_centroid" in curves()
    assert "U_raw" not in curves()
    assert "U_raw" in recorded()


def test_u_of_k_neighbours_exists_only_in_runs_that_ask_for_it():
    assert [name for name in recorded() if name[0] == "U"] == ["U", "U1", "U_raw", "U1_raw"]
    assert set(recorded(3)) - set(recorded()) == {"U3", "U3_raw"}
    fields = set(record_dtype(4, 10, 2, neighbors=3).names) - set(record_dtype(4, 10, 2).names)
    of_each = {f"{split}.{name}" for split in ("train", "test") for name in ("U3", "U3_raw")}
    assert fields == of_each | {f"coarse.{field}" for field in of_each}
    (row,) = (row for row in metric_rows(3) if row["name"] == "U3")
    assert (row["symbol"], row["subscript"]) == ("U", "3")


def test_a_sweep_offers_every_metric_of_a_split_that_is_one_number():
    assert "test.margin_balance" in OF_SWEEPS
    assert not {"test.margin", "lam", "test.lam"} & set(OF_SWEEPS)
    assert title_of("test.margin_balance") == "Margin balance (test)"


@pytest.mark.parametrize("name", METRICS)
def test_titles_are_distinct(name):
    assert [metric.title for metric in METRICS.values()].count(METRICS[name].title) == 1


def test_the_table_and_the_public_functions_load_no_torch():
    code = "import ammix_viz.metrics.table, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
