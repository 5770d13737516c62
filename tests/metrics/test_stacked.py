"""The metrics of stacked runs, against numbers worked out by hand and the public functions."""

import math

import numpy as np
import pytest
import torch

from ammix_viz.metrics import (
    alignment,
    d_max,
    d_relative,
    neighborhood_uniformity,
    uniformity,
)
from ammix_viz.metrics.distances import alignments, diameters, margins, plane_share
from ammix_viz.metrics.stacked import calibration_error, margin_balance, measure
from ammix_viz.metrics.table import recorded

CLASSES = np.repeat(np.arange(4), [50, 25, 10, 5])


def test_alignment_of_many_points_in_blocks_equals_the_public_one(monkeypatch):
    features = torch.randn(2, 90, 2, generator=torch.Generator().manual_seed(0)).double()
    monkeypatch.setattr("ammix_viz.metrics.distances.BLOCK_PAIRS", 100)
    found = alignments(features, torch.tensor([50, 25, 10, 5]))
    assert found.tolist() == pytest.approx([alignment(own, CLASSES) for own in features])


def test_d_max_of_stacked_runs():
    angle = np.linspace(0, 2 * np.pi, 1610, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    line = np.stack([np.linspace(0, 3, 1610), np.linspace(0, 4, 1610)], 1)
    stacked = torch.tensor(np.stack([circle, 3 * circle, line, 0 * line])).float()
    assert diameters(stacked).tolist() == pytest.approx([2.0, 6.0, 5.0, 0.0], rel=1e-5)


def test_wide_features_are_measured_as_the_public_functions_do(monkeypatch):
    monkeypatch.setattr("ammix_viz.metrics.distances.PRODUCT_PAIRS", 1000)
    generator = torch.Generator().manual_seed(0)
    features = 50 + torch.randn(2, 90, 64, generator=generator)
    weight, bias = torch.randn(2, 4, 64, generator=generator), torch.zeros(2, 4)
    measured = measure(features, torch.tensor(CLASSES), weight, bias)
    for run, own in enumerate(features):
        expected = {
            "D_max": d_max(own),
            "A": alignment(own, CLASSES),
            "U": uniformity(own, CLASSES),
            "U1": neighborhood_uniformity(own, CLASSES),
            "D_relative": d_relative(own, CLASSES),
            "accuracy": 100
            * float(((own @ weight[run].T).argmax(1) == torch.tensor(CLASSES)).double().mean()),
        }
        found = {name: float(measured[name][run]) for name in expected}
        assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("margin", "balance"),
    [
        ((2.0, 2.0, 2.0), 1.0),
        ((4.0, 1.0, 2.0), 0.25),
        ((4.0, -1.0, 2.0), -0.25),
        ((1.0, -3.0), -3.0),
        ((-1.0, -3.0), -3.0),  # no centre on its side: still below 0
        ((-2.0, -2.0), -1.0),
        ((0.0, -3.0), -1e6),
        ((0.0, 0.0), 0.0),
    ],
)
def test_margin_balance_by_hand(margin, balance):
    found = margin_balance(torch.tensor([margin, (5.0,) * len(margin)]))
    assert found.tolist() == pytest.approx([balance, 1.0])


def test_balanced_accuracy_counts_a_lost_rare_class_as_much_as_any():
    # One feature, and the line between the classes at 0: all 99 of class 0 are on the right side,
    # the only one of class 1 is not.
    features = torch.tensor([[[-1.0, 0.0]] * 100])
    labels = torch.tensor([0] * 99 + [1])
    weight = torch.tensor([[(-1.0, 0.0), (1.0, 0.0)]])
    measured = measure(features, labels, weight, torch.zeros(1, 2))
    assert measured["accuracy"].tolist() == pytest.approx([99])
    assert measured["balanced_accuracy"].tolist() == pytest.approx([50])


def test_balanced_accuracy_needs_no_class_counts_of_the_full_split():
    generator = torch.Generator().manual_seed(4)
    features = torch.randn(2, 90, 2, generator=generator)
    weight, bias = torch.randn(2, 4, 2, generator=generator), torch.randn(2, 4, generator=generator)
    measured = measure(features, torch.tensor(CLASSES), weight, bias, totals=(5000, 800, 100, 20))
    predicted = (features @ weight.mT + bias[:, None]).argmax(-1).numpy()
    expected = [
        100 * np.mean([(own[k == CLASSES] == k).mean() for k in range(4)]) for own in predicted
    ]
    assert measured["balanced_accuracy"].tolist() == pytest.approx(expected, rel=1e-5)


def test_margin_balance_is_that_of_the_recorded_margins():
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(6, 90, 2, generator=generator)
    weight, bias = torch.randn(6, 4, 2, generator=generator), torch.randn(6, 4, generator=generator)
    measured = measure(features, torch.tensor(CLASSES), weight, bias)
    for margin, balance in zip(
        measured["margin"].tolist(), measured["margin_balance"].tolist(), strict=True
    ):
        assert balance == pytest.approx(min(margin) / abs(max(margin)), rel=1e-6)


def test_every_metric_of_a_split_is_measured_in_its_shape():
    features = torch.randn(3, 90, 2, generator=torch.Generator().manual_seed(2))
    measured = measure(features, torch.tensor(CLASSES), torch.randn(3, 4, 2), torch.zeros(3, 4))
    expected = {n: (3, 4) if m.per_class else (3,) for n, m in recorded().items() if m.per_split}
    assert {name: tuple(value.shape) for name, value in measured.items()} == expected


def test_u_of_two_neighbours_by_hand():
    # Classes at the corners of a rectangle, each 3, 4 and 5 from the others; then on a circle.
    corners = [(0.5, 0.5), (3.5, 0.5), (0.5, 4.5), (3.5, 4.5)]
    angles = [math.pi * third / 3 for third in (0, 1, 3, 5)]
    circle = [(2 * math.cos(angle), 2 * math.sin(angle)) for angle in angles]
    features = torch.tensor([corners, circle], dtype=torch.float64)
    zeros = torch.zeros(2, 4, 2, dtype=torch.float64), torch.zeros(2, 4, dtype=torch.float64)
    found = measure(features, torch.arange(4), *zeros, neighbors=2)
    assert found["U1_raw"][0] == pytest.approx(3)
    assert found["U2_raw"][0] == pytest.approx(3.5)
    assert found["U1"][1] == pytest.approx((3 + math.sqrt(3)) / 4)
    assert found["U2"][1] == pytest.approx((1 + math.sqrt(3)) / 2)


def test_margin_is_the_signed_distance_to_the_nearest_line():
    # The line between the classes is x = 1.
    weight, bias = torch.tensor([(-2.0, 0.0), (2.0, 0.0)]), torch.tensor([4.0, 0.0])
    centres = torch.tensor([(-2.0, 7.0), (0.5, 0.0)])
    assert margins(centres, weight, bias).tolist() == pytest.approx([3.0, -0.5])


def test_plane_share_is_the_share_of_directions_won():
    weight = torch.tensor(np.random.default_rng(3).normal(size=(5, 4, 2)))
    angle = torch.linspace(0, 2 * math.pi, 200_001, dtype=torch.float64)[:-1]
    directions = torch.stack([angle.cos(), angle.sin()])
    winners = (weight @ directions).argmax(1)
    counted = torch.stack([(winners == k).double().mean(-1) for k in range(4)], -1)
    torch.testing.assert_close(plane_share(weight), counted, atol=1e-4, rtol=0)


def test_calibration_error_by_hand():
    confidence = torch.tensor([[0.9, 0.9, 0.61, 0.62]])
    right = torch.tensor([[1.0, 0.0, 1.0, 1.0]])
    # Bin of 0.9: |1 - 1.8| = 0.8; bin of 0.61 and 0.62: |2 - 1.23| = 0.77; over 4 points.
    assert calibration_error(confidence, right).item() == pytest.approx((0.8 + 0.77) / 4)


def test_measure_of_stacked_runs_equals_one_run_at_a_time():
    rng = np.random.default_rng(4)
    features = torch.tensor(rng.normal(size=(3, 90, 2)))
    labels = torch.tensor(CLASSES)
    weight, bias = torch.tensor(rng.normal(size=(3, 4, 2))), torch.tensor(rng.normal(size=(3, 4)))
    measured = measure(features, labels, weight, bias)
    for run in range(3):
        own, classes = features[run].numpy(), labels.numpy()
        logits = own @ weight[run].numpy().T + bias[run].numpy()
        right = logits.argmax(1) == classes
        assert measured["accuracy"][run] == pytest.approx(100 * right.mean())
        for k in range(4):
            expected = 100 * right[classes == k].mean()
            assert measured["per_class_accuracy"][run, k] == pytest.approx(expected)
        assert measured["A"][run] == pytest.approx(alignment(own, classes))
        assert measured["U"][run] == pytest.approx(uniformity(own, classes))
        assert measured["U1_raw"][run] == pytest.approx(
            neighborhood_uniformity(own, classes, normalize=False)
        )
        assert measured["D_relative"][run] == pytest.approx(d_relative(own, classes))


def test_metrics_of_a_subset_estimate_those_of_all_samples():
    rng = np.random.default_rng(8)
    counts, totals = [4, 4, 2], (4, 20, 30)  # each of the sample stands for 1, 5 and 15
    labels = torch.tensor(np.repeat(np.arange(3), counts))
    features = torch.tensor(rng.normal(size=(1, 10, 2)))
    weight, bias = torch.tensor([[(1.0, 0), (-1, 1), (0, -1)]]), torch.zeros(1, 3)
    weight, bias = weight.double(), bias.double()
    every = torch.tensor(np.repeat(np.arange(10), np.repeat([1, 5, 15], counts)))
    sample = measure(features, labels, weight, bias, totals)
    whole = measure(features[:, every], labels[every], weight, bias)
    plain = measure(features, labels, weight, bias)
    for name in ("accuracy", "per_class_accuracy", "calibration_error", "A", "U", "D_relative"):
        torch.testing.assert_close(sample[name], whole[name], msg=name)
    for name in ("accuracy", "calibration_error"):
        assert float(sample[name]) != pytest.approx(float(plain[name]))
    right = sample["per_class_accuracy"][0].tolist()
    expected = sum(own * total for own, total in zip(right, totals, strict=True)) / 54
    assert float(sample["accuracy"]) == pytest.approx(expected)
