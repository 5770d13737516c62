import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ammix_viz.metrics import functions
from ammix_viz.metrics.distances import diameters, margins, plane_share
from ammix_viz.metrics.functions import (
    alignment,
    calibration_error,
    d_centroid,
    d_max,
    d_relative,
    neighborhood_uniformity,
    uniformity,
)

# Two classes: a 3-4-5 pair, and a pair 2 apart.
POINTS = np.array([(0.0, 0.0), (3.0, 4.0), (10.0, 0.0), (10.0, 2.0)])
LABELS = np.array([0, 0, 1, 1])
CLOUD = np.random.default_rng(0).normal(size=(90, 2)) * (3, 1) + (5, -2)
CLASSES = np.random.default_rng(1).permutation(np.repeat(np.arange(4), [50, 25, 10, 5]))


def length(a, b):
    return math.dist(a.tolist(), b.tolist())


def loop_alignment(features, labels):
    inside = []
    for label in np.unique(labels):
        own = features[labels == label]
        inside.append(sum(length(a, b) for a in own for b in own) / len(own) ** 2)
    return sum(inside) / len(inside)


def loop_centres(features, labels, normalize):
    centres = [features[labels == k].mean(0) for k in np.unique(labels)]
    return [c / math.hypot(*c) for c in centres] if normalize else centres


def test_alignment_by_hand():
    # Class 0: (0 + 5 + 5 + 0) / 4; class 1: (0 + 2 + 2 + 0) / 4.
    assert alignment(POINTS, LABELS) == pytest.approx((2.5 + 1.0) / 2)


def test_uniformity_and_distances_by_hand():
    assert uniformity(POINTS, LABELS, normalize=False) == pytest.approx(math.hypot(8.5, 1))
    cosine = (1.5 * 10 + 2 * 1) / (2.5 * math.sqrt(101))
    assert uniformity(POINTS, LABELS) == pytest.approx(math.sqrt(2 - 2 * cosine))
    assert d_max(POINTS) == pytest.approx(math.hypot(10, 2))
    assert d_centroid(POINTS, LABELS) == pytest.approx(math.hypot(8.5, 1))
    assert d_relative(POINTS, LABELS) == pytest.approx(math.hypot(8.5, 1) / math.hypot(10, 2))


def test_four_classes_on_a_cross_have_the_papers_largest_uniformity():
    cross = np.array([(1.0, 0), (0, 1), (-1, 0), (0, -1)])
    assert uniformity(cross, np.arange(4)) == pytest.approx((2 * math.sqrt(2) + 2) / 3)
    assert neighborhood_uniformity(cross, np.arange(4)) == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize("normalize", [True, False])
def test_metrics_equal_plain_loops(normalize):
    assert alignment(CLOUD, CLASSES) == pytest.approx(loop_alignment(CLOUD, CLASSES))
    centres = loop_centres(CLOUD, CLASSES, normalize)
    pairs = [length(a, b) for a, b in itertools.permutations(centres, 2)]
    assert uniformity(CLOUD, CLASSES, normalize) == pytest.approx(sum(pairs) / len(pairs))
    for k in (1, 2, 3):
        near = [sorted(length(a, b) for b in centres)[1 : k + 1] for a in centres]
        expected = sum(map(sum, near)) / (4 * k)
        assert neighborhood_uniformity(CLOUD, CLASSES, k, normalize) == pytest.approx(expected)


def test_alignment_in_blocks_equals_the_whole(monkeypatch):
    features = np.random.default_rng(2).normal(size=(700, 3))
    labels = np.repeat([0, 1], [650, 50])
    whole = loop_alignment(features[::7], labels[::7])
    monkeypatch.setattr("ammix_viz.metrics.distances.BLOCK_PAIRS", 5000)
    assert alignment(features[::7], labels[::7]) == pytest.approx(whole)
    distances = np.linalg.norm(features[:650, None] - features[None, :650], axis=-1).mean()
    other = np.linalg.norm(features[650:, None] - features[None, 650:], axis=-1).mean()
    assert alignment(features, labels) == pytest.approx((distances + other) / 2)


@settings(deadline=None, max_examples=150)
@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 60), st.just(2)),
        elements=st.floats(-1e4, 1e4, allow_nan=False),
    )
)
def test_d_max_is_exact_for_any_points(points):
    expected = max(length(a, b) for a in points for b in points)
    assert d_max(points) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_d_max_of_a_circle_and_of_stacked_runs():
    angle = np.linspace(0, 2 * np.pi, 1610, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    assert d_max(circle) == pytest.approx(2, rel=1e-5)
    stacked = torch.tensor(np.stack([circle, 3 * circle]))
    torch.testing.assert_close(diameters(stacked), torch.tensor([2.0, 6.0]).double())


def test_tensors_and_float32_are_taken_too():
    as_tensor = alignment(torch.tensor(POINTS, dtype=torch.float32), torch.tensor(LABELS))
    assert isinstance(as_tensor, float)
    assert as_tensor == pytest.approx(1.75)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: alignment(POINTS, np.array([0, 0, 2, 2])), "Class 1 has no samples."),
        (
            lambda: uniformity(POINTS, np.zeros(4, int)),
            "There is one class only; a distance between classes needs two.",
        ),
        (
            lambda: alignment(POINTS * math.nan, LABELS),
            "features has values that are not finite.",
        ),
        (
            lambda: neighborhood_uniformity(POINTS, LABELS, k=2),
            "k is 2; it must be a whole number from 1 to 1.",
        ),
        (
            lambda: uniformity(np.array([(1.0, 1), (-1, -1), (2, 2)]), np.array([0, 0, 1])),
            "A class centre lies at the origin, so that it has no direction.",
        ),
        (
            lambda: d_relative(np.ones((4, 2)), LABELS),
            "D_relative is not defined: all features are the same point.",
        ),
        (
            lambda: alignment(POINTS, LABELS[:3]),
            "labels must be 4 whole numbers from 0, one a feature.",
        ),
        (
            lambda: d_max(np.zeros((0, 2))),
            "features has shape (0, 2); it must be (N, d), N ≥ 1.",
        ),
    ],
)
def test_what_has_no_value_is_an_error_that_says_so(call, sentence):
    with pytest.raises(ValueError, match=r"\.$") as error:
        call()
    assert str(error.value) == sentence


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
    labels = torch.tensor(np.sort(CLASSES))
    weight, bias = torch.tensor(rng.normal(size=(3, 4, 2))), torch.tensor(rng.normal(size=(3, 4)))
    measured = functions.measure(features, labels, weight, bias)
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


def test_a_sample_is_measured_as_what_it_lets_one_expect_of_all():
    rng = np.random.default_rng(8)
    counts, totals = [4, 4, 2], (4, 20, 30)  # each of the sample stands for 1, 5 and 15
    labels = torch.tensor(np.repeat(np.arange(3), counts))
    features = torch.tensor(rng.normal(size=(1, 10, 2)))
    weight, bias = torch.tensor([[(1.0, 0), (-1, 1), (0, -1)]]), torch.zeros(1, 3)
    weight, bias = weight.double(), bias.double()
    every = torch.tensor(np.repeat(np.arange(10), np.repeat([1, 5, 15], counts)))
    sample = functions.measure(features, labels, weight, bias, totals)
    whole = functions.measure(features[:, every], labels[every], weight, bias)
    plain = functions.measure(features, labels, weight, bias)
    for name in ("accuracy", "per_class_accuracy", "calibration_error", "A", "U", "D_relative"):
        torch.testing.assert_close(sample[name], whole[name], msg=name)
    for name in ("accuracy", "calibration_error"):
        assert float(sample[name]) != pytest.approx(float(plain[name]))
    right = sample["per_class_accuracy"][0].tolist()
    expected = sum(own * total for own, total in zip(right, totals, strict=True)) / 54
    assert float(sample["accuracy"]) == pytest.approx(expected)
