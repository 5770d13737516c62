"""The random draws of an epoch."""

import numpy as np
import pytest

from ammix_viz.methods.sampling import draw_batches, draw_pairs, draw_rates


def test_pairs_are_of_two_classes_each_as_likely_as_the_other():
    labels = np.repeat([0, 1, 2, 3], [60, 30, 8, 2])
    step = np.zeros(100, dtype=int)
    draws = [draw_pairs(0, epoch, labels, step) for epoch in range(300)]
    first, second = (np.concatenate(each) for each in zip(*draws, strict=True))
    assert (labels[first] != labels[second]).all()
    for places in (first, second):
        share = np.bincount(labels[places], minlength=4) / len(places)
        np.testing.assert_allclose(share, 0.25, atol=0.01)
    inside = np.bincount(first, minlength=100) / len(first)
    np.testing.assert_allclose(inside[98:], 1 / 8, atol=0.01)


def test_pairs_of_any_classes_draw_both_rows_evenly_and_independently():
    labels = np.repeat([0, 1, 2, 3], [60, 30, 8, 2])
    step = np.zeros(100, dtype=int)
    draws = [draw_pairs(0, epoch, labels, step, distinct=False) for epoch in range(300)]
    first, second = (np.concatenate(each) for each in zip(*draws, strict=True))
    table = np.zeros((4, 4))
    np.add.at(table, (labels[first], labels[second]), 1 / len(first))
    np.testing.assert_allclose(table, 1 / 16, atol=0.006)


def test_pairs_stay_in_their_batch_and_one_of_one_class_pairs_rows_with_themselves():
    labels, step = np.array([0, 0, 1, 1, 1, 0, 2]), np.array([0, 0, 1, 1, 1, 2, 2])
    first, second = draw_pairs(3, 1, labels, step)
    np.testing.assert_array_equal(step[first], step)
    np.testing.assert_array_equal(step[second], step)
    np.testing.assert_array_equal(first[:5], second[:5])
    assert {first[5], second[5]} == {5, 6}


def test_an_epoch_contains_each_point_once_and_pairs_within_batches():
    batches = draw_batches(3, 7, 1610, 101)
    assert sorted(batches.order) == list(range(1610))
    for rows in batches.slices:
        assert sorted(batches.partner[rows]) == list(range(rows.start, rows.stop))
    assert len(batches.slices) == 16


def test_lam_per_row_is_one_beta_number_a_row_beside_the_same_sites():
    by_step, by_row = (draw_rates(4, 1, 16, 0.2, rows=rows) for rows in (None, 1610))
    assert (by_step.lam.shape, by_row.lam.shape) == ((16,), (1610,))
    np.testing.assert_array_equal(by_step.site, by_row.site)
    assert len(np.unique(by_row.lam)) > 1500
    assert by_row.lam.mean() == pytest.approx(0.5, abs=0.04)
    assert by_row.lam.var() == pytest.approx(1 / (4 * (2 * 0.2 + 1)), abs=0.02)


def test_lam_follows_its_beta_distribution():
    drawn = np.concatenate([draw_rates(0, epoch, 16, 0.2).lam for epoch in range(400)])
    assert drawn.mean() == pytest.approx(0.5, abs=0.02)
    assert drawn.var() == pytest.approx(1 / (4 * (2 * 0.2 + 1)), abs=0.01)
