"""Values over seeds, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from ammix_viz.runs.seed_stats import SeedStats, band, best_medians, ends, summarize, wins

FIELDS = np.dtype([("epoch", "f4"), ("train.A", "f4"), ("margin", "f4", (2,))])


def history_of(*values):
    rows = [(i, value, (value, -value)) for i, value in enumerate(values)]
    return np.array(rows, FIELDS)


def test_mean_and_sample_deviation_by_hand():
    assert summarize([2, 4, 9]) == SeedStats(5.0, pytest.approx(math.sqrt(13)), 3)
    assert str(summarize([2, 4, 9])) == "5.0 ± 3.6"


def test_numbers_are_written_out():
    assert str(SeedStats(1304.4, 412.3, 9)) == "1304 ± 412"
    assert str(SeedStats(98.25, 0.5, 9)) == "98.25 ± 0.50"
    assert str(SeedStats(-0.0016044, 0.0163, 9)) == "-0.002 ± 0.016"
    assert str(SeedStats(0.000123456, 0.0, 9)) == "0.0001235 ± 0"


def test_one_value_has_no_deviation_and_none_has_no_mean():
    assert str(summarize([1.5])) == "1.5"
    assert str(summarize([])) == "–"
    assert summarize([math.nan, 3.0]) == summarize([3.0])


def test_a_band_is_the_median_and_the_quartiles_of_the_seeds_that_are_that_far():
    runs = [
        history_of(0, 10),
        history_of(1, 20),
        history_of(2, 30),
        history_of(3, 40),
        history_of(4),
    ]
    found = band(runs, "train.A")
    assert found.median.tolist() == [2, 25]
    assert found.low.tolist() == [1, 17.5]
    assert found.high.tolist() == [3, 32.5]
    assert found.epoch.tolist() == [0, 1]
    assert band(runs, "margin", 1).median.tolist() == [-2, -25]


def test_a_record_that_no_seed_has_a_value_for_is_a_gap():
    found = band([history_of(np.nan, 1), history_of(np.nan, 3)], "train.A")
    assert math.isnan(found.median[0])
    assert found.median[1] == 2
    assert np.isnan(band([history_of(np.nan)], "train.A").median).all()
    assert band([history_of()], "train.A") is None


def test_wins_count_only_seeds_in_which_every_method_ended():
    ce = [row for value in (1, 5, 3, 9) for row in history_of(value)]
    ama = [history_of(2)[0], history_of(5)[0], history_of(4)[0], None]
    assert wins({"ce": ce, "ama": ama}, "train.A", 1) == ({"ce": 1, "ama": 3}, 3)
    assert wins({"ce": ce, "ama": ama}, "train.A", -1) == ({"ce": 3, "ama": 1}, 3)


def test_a_run_that_is_not_on_disk_has_no_end():
    from ammix_viz.settings.recipe import Recipe

    assert ends({"ce": [Recipe(method="ce")]}) == {"ce": [None]}


ENDS = np.dtype([("test.U", "f4"), ("test.per_class_accuracy", "f4", (2,))])


def ends_of(values, rare):
    """Return one record a seed: a value, and the accuracy of the second of two classes."""
    return [np.array((v, (90, r)), ENDS)[()] for v, r in zip(values, rare, strict=True)]


def test_the_best_median_is_not_that_of_one_lucky_seed_nor_of_a_method_that_lost_a_class():
    found = {
        "lucky": ends_of([1, 1, 9], [50, 50, 50]),
        "steady": ends_of([2, 2, 2], [50, 50, 50]),
        "lost": ends_of([5, 5, 5], [50, 0, 50]),
    }
    assert best_medians(found, "test.U", 1, "test") == {"steady"}
    assert best_medians(found, "test.U", -1, "test") == {"lucky"}


def test_all_in_a_tie_or_a_method_without_a_value_is_no_best_median():
    tie = {"a": ends_of([1, 2], [9, 9]), "b": ends_of([2, 1], [9, 9])}
    assert best_medians(tie, "test.U", 1, "test") == set()
    lacking = {"a": ends_of([1], [9]), "b": [None], "c": ends_of([2], [9])}
    assert best_medians(lacking, "test.U", 1, "test") == set()
    all_lost = {"a": ends_of([1], [0]), "b": ends_of([2], [0])}
    assert best_medians(all_lost, "test.U", 1, "test") == set()
