import itertools
import math
import time

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import pdist
from threadpoolctl import threadpool_limits

from ammix_viz.metrics import (
    alignment,
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


@pytest.mark.parametrize("width", [1, 3, 40])
def test_distances_in_blocks_equal_plain_loops(monkeypatch, width):
    rng = np.random.default_rng(2)
    features = rng.normal(size=(120, width)) + 100
    labels = rng.permutation(np.repeat([0, 1], [100, 20]))
    monkeypatch.setattr("ammix_viz.metrics.pairwise.BLOCK_PAIRS", 1500)
    expected = loop_alignment(features, labels)
    assert alignment(features, labels) == pytest.approx(expected, rel=1e-12)
    largest = max(length(a, b) for a in features for b in features)
    assert d_max(features) == pytest.approx(largest, rel=1e-12)


def test_features_that_nearly_coincide_keep_their_digits():
    """Two tight groups far apart: a matrix product alone would lose 1e-9 beside 1e3."""
    rng = np.random.default_rng(6)
    features = np.repeat([[0.0], [1e3]], [30, 30], 0) + 1e-9 * rng.normal(size=(60, 40))
    features[1] = features[0]
    for labels in (np.repeat([0, 1], 30), np.zeros(60, int)):
        expected = loop_alignment(features, labels)
        assert alignment(features, labels) == pytest.approx(expected, rel=1e-12)


def seconds(call):
    times = []
    for _ in range(3):
        started = time.process_time()
        with threadpool_limits(1):
            call()
        times.append(time.process_time() - started)
    return min(times)


def test_wide_features_take_no_longer_than_scipys_pdist():
    wide = np.random.default_rng(7).normal(size=(1000, 512))
    labels = np.repeat([0, 1], 500)
    scipys = seconds(lambda: (pdist(wide[:500]).sum(), pdist(wide[500:]).sum()))
    assert seconds(lambda: alignment(wide, labels)) < 2 * scipys
    assert seconds(lambda: d_relative(wide, labels)) < 2 * seconds(lambda: pdist(wide).max())


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


def test_d_max_of_a_circle_and_of_points_on_a_line():
    angle = np.linspace(0, 2 * np.pi, 1610, endpoint=False)
    assert d_max(np.stack([np.cos(angle), np.sin(angle)], 1)) == pytest.approx(2, rel=1e-9)
    steps = np.random.default_rng(5).permutation(np.arange(100.0))
    assert d_max(np.stack([3 * steps, 4 * steps], 1)) == pytest.approx(5 * 99)
    assert d_max(np.stack([0 * steps, -steps], 1)) == 99
    assert d_max(np.ones((7, 2))) == d_max(np.ones((1, 3))) == 0


def test_lists_tensors_and_data_frames_are_accepted():
    tensor = torch.tensor(POINTS, dtype=torch.float32, requires_grad=True)
    half = tensor.to(torch.bfloat16)
    frame = pd.DataFrame(POINTS, columns=["x", "y"], index=[3, 1, 2, 0])
    for features in (tensor, half, frame, POINTS.astype(int), POINTS.tolist()):
        for labels in (LABELS, torch.tensor(LABELS), pd.Series(LABELS), LABELS.astype(np.uint8)):
            value = alignment(features, labels)
            assert isinstance(value, float)
            assert value == pytest.approx(1.75)
    assert isinstance(d_max(tensor), float)
    assert isinstance(neighborhood_uniformity(tensor, LABELS), float)


def test_the_input_arrays_are_not_changed():
    features, labels = CLOUD.copy(), CLASSES.copy()
    alignment(features, labels)
    d_relative(features, labels)
    assert (features == CLOUD).all()
    assert (labels == CLASSES).all()


TEXT = np.array(["cat", "cat", "dog", "dog"])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: alignment(POINTS, np.array([0, 0, 2, 2])),
            "Class 1 has no samples; labels must be 0, 1, 2, … without gaps.",
        ),
        (
            lambda: alignment(POINTS, [1, 1, 2, 2**40]),
            "Class 0 has no samples; labels must be 0, 1, 2, … without gaps.",
        ),
        (
            lambda: alignment(POINTS, [-1, 0, 1, 2]),
            "labels holds -1; it must hold whole numbers from 0.",
        ),
        (
            lambda: alignment(POINTS, TEXT),
            "labels holds text; it must hold whole numbers from 0, one a class.",
        ),
        (
            lambda: alignment(POINTS, pd.Series(TEXT, dtype=object)),
            "labels holds objects; it must hold whole numbers from 0, one a class.",
        ),
        (
            lambda: alignment(POINTS, LABELS == 1),
            "labels holds booleans; it must hold whole numbers from 0, one a class.",
        ),
        (
            lambda: alignment(POINTS, LABELS.astype(float)),
            "labels holds floating-point numbers; it must hold whole numbers from 0, one a class.",
        ),
        (
            lambda: alignment(POINTS, LABELS[:3]),
            "labels has shape (3,); it must be (4,), one label a feature.",
        ),
        (
            lambda: alignment(POINTS, LABELS[:, None]),
            "labels has shape (4, 1); it must be (4,), one label a feature.",
        ),
        (
            lambda: uniformity(POINTS, np.zeros(4, int)),
            "There is one class only; a distance between classes needs two.",
        ),
        (
            lambda: alignment(POINTS * math.nan, LABELS),
            "features has values that are not finite.",
        ),
        (
            lambda: d_max(TEXT[:, None]),
            "features holds text; it must hold numbers.",
        ),
        (
            lambda: d_max(pd.DataFrame({"x": [1.0, 2.0], "name": ["a", "b"]})),
            "features holds objects; it must hold numbers.",
        ),
        (
            lambda: d_max(torch.tensor([[True, False]])),
            "features holds booleans; it must hold numbers.",
        ),
        (
            lambda: d_max([[1.0, 2.0], [3.0]]),
            "features is no array: its rows differ in length.",
        ),
        (
            lambda: neighborhood_uniformity(POINTS, LABELS, k=2),
            "k is 2; it must be a whole number from 1 to 1.",
        ),
        (
            lambda: neighborhood_uniformity(POINTS, LABELS, k=0.5),
            "k is 0.5; it must be a whole number from 1 to 1.",
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
            lambda: d_max(np.zeros((0, 2))),
            "features has shape (0, 2); it must be (N, d), N ≥ 1.",
        ),
        (
            lambda: d_max(np.zeros(5)),
            "features has shape (5,); it must be (N, d), N ≥ 1.",
        ),
    ],
)
def test_invalid_input_is_an_error_with_a_clear_message(call, sentence):
    with pytest.raises(ValueError, match=r"\.$") as error:
        call()
    assert str(error.value) == sentence
