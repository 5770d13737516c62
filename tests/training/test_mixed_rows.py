"""The mixed rows that snapshots carry are those of the step that follows them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from ammix_viz.datasets.table import load_dataset
from ammix_viz.networks.stacked_mlp import init
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train
from ammix_viz.training.mixed_rows import spread_over_pairs

MANIFOLD = Recipe(method="manifold", epochs=2)


def snapshots(recipe, **settings):
    return [each for each in train([replace(recipe, **settings)], torch.float64) if each]


def plain_features(points, seed):
    """Features of points by a new toy network for four classes, layer after layer."""
    layers = init([seed], 4, torch.float64, "cpu")
    rows = torch.from_numpy(points)
    for level in range(3):
        rows = rows @ layers.weight[level][0] + layers.bias[level][0]
        rows = rows.relu() if level < 2 else rows
    return rows.numpy()


def test_each_pair_of_classes_comes_before_any_comes_again():
    labels = np.array([[0, 0, 1, 0, 2, 0, 1], [1, 1, 0, 2, 2, 1, 2]])  # 01 01 10 02 22 01 12
    assert spread_over_pairs(labels, 6).tolist() == [0, 3, 4, 6, 1, 2]
    assert spread_over_pairs(labels, 100).tolist() == [0, 3, 4, 6, 1, 2, 5]
    assert spread_over_pairs(labels[:, :0], 6).tolist() == []


@pytest.mark.parametrize("method", ["am_mixup", "ama"])
def test_features_mixed_last_are_the_mix_of_their_parents_features(method):
    found = snapshots(MANIFOLD, method=method, epochs=3)
    for snapshot in found[:-1]:
        (rows,), features = snapshot.mixed, snapshot.features[0].numpy()
        assert rows.site == 3
        ones = rows.lam[:, None] * features[rows.parents[:, 0]]
        others = (1 - rows.lam[:, None]) * features[rows.parents[:, 1]]
        np.testing.assert_allclose(rows.features, ones + others, rtol=1e-5, atol=1e-6)
    assert found[0].mixed[0].features.shape == (64, 2)
    assert len(found[-1].mixed[0].features) > 0  # those of the last step


def test_features_of_mixed_inputs_are_those_of_the_mixed_points():
    recipe = replace(MANIFOLD, method="mixup")
    rows = snapshots(recipe)[0].mixed[0]
    points, lam = load_dataset(recipe).train, rows.lam[:, None]
    mixed = lam * points[rows.parents[:, 0]] + (1 - lam) * points[rows.parents[:, 1]]
    assert rows.site == 0
    np.testing.assert_allclose(rows.features, plain_features(mixed, recipe.init_seed), rtol=1e-5)


def test_inputs_that_are_mixed_first_are_known_by_their_partners():
    recipe = replace(MANIFOLD, method="ama_mixup")
    rows = snapshots(recipe)[0].mixed[0]
    points, share = load_dataset(recipe).train, rows.partner_lam[..., None]
    inputs = share * points[rows.parents] + (1 - share) * points[rows.partners]
    ends = plain_features(inputs.reshape(-1, 2), recipe.init_seed).reshape(inputs.shape)
    lam = rows.lam[:, None]
    mixed = lam * ends[:, 0] + (1 - lam) * ends[:, 1]
    np.testing.assert_allclose(rows.features, mixed, rtol=1e-5)
    assert rows.partner_lam.min() < 1


@pytest.mark.parametrize("method", ["mixup", "manifold", "am_mixup", "ama"])
def test_the_gradient_is_that_of_the_cross_entropy_at_the_row(method):
    recipe = replace(MANIFOLD, method=method)
    labels = torch.from_numpy(load_dataset(recipe).train_labels)
    for snapshot in snapshots(recipe)[:-1]:
        rows = snapshot.mixed[0]
        features = torch.from_numpy(rows.features).double().requires_grad_()
        logits = features @ snapshot.weight[0].T + snapshot.bias[0]
        first, second = (functional.one_hot(labels[p], 4) for p in rows.parents.T)
        weight = torch.from_numpy(rows.label_weight)[:, None]
        goal = weight * first + (1 - weight) * second
        functional.cross_entropy(logits, goal, reduction="sum").backward()
        np.testing.assert_allclose(rows.gradient, features.grad, rtol=1e-4, atol=1e-5)


def test_one_sided_labels_change_sides_when_lam_falls_below_half():
    rows = [each.mixed[0] for each in snapshots(MANIFOLD, method="am_mixup", beta=1.3, epochs=4)]
    weight, lam = (
        np.concatenate([getattr(each, name) for each in rows]) for name in ("label_weight", "lam")
    )
    assert set(weight.tolist()) == {0.0, 1.0}
    np.testing.assert_array_equal(weight, lam >= 0.5)


def test_every_pair_of_classes_of_the_step_is_among_them():
    recipe = replace(MANIFOLD, method="ama", imbalance=1)
    labels = load_dataset(recipe).train_labels
    for snapshot in snapshots(recipe):
        pairs = np.sort(labels[snapshot.mixed[0].parents], axis=1)
        assert len(np.unique(pairs, axis=0)) == 6


@pytest.mark.parametrize("method", ["ce", "supcon"])
def test_methods_that_mix_nothing_have_no_mixed_rows(method):
    assert {snapshot.mixed for snapshot in snapshots(MANIFOLD, method=method)} == {(None,)}


def test_lam_by_row_gives_each_mixed_row_its_share():
    rows = snapshots(MANIFOLD, method="mixup", lam_per="row")[0].mixed[0]
    assert len(np.unique(rows.lam)) > 60
    np.testing.assert_array_equal(rows.lam, rows.label_weight)
