"""Training against a re-derivation with autograd, one run at a time, no stack, no epoch tensors."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ammix_viz import data, models
from ammix_viz.draws import draw_batches, draw_rates
from ammix_viz.objective import cross_entropy, cross_entropy_gradient
from ammix_viz.recipe import READS, Recipe
from ammix_viz.training import train

SMALL = Recipe(epochs=3, imbalance=200, batch_size=100, lr=0.05)
METHODS = [
    *(replace(SMALL, method=name) for name in READS),
    replace(SMALL, method="am_mixup", beta=1.2),
    replace(SMALL, method="manifold", site="random"),
    replace(SMALL, method="am_mixup", site="random", batch_seed=3),
    replace(SMALL, method="mixup", alpha=0.3, data_seed=1, init_seed=2),
]


def network_of(recipe):
    """The same start as a plain list of (weight, bias) that autograd follows."""
    layers = models.init([recipe.init_seed], 4, torch.float64, "cpu")
    pairs = zip(layers.weight, layers.bias, strict=True)
    return [(w[0].clone().requires_grad_(), b[0].clone().requires_grad_()) for w, b in pairs]


def mixed_forward(layers, rows, other, lam, site):
    hidden = lam * rows + (1 - lam) * rows[other] if site == 0 else rows
    for level, (weight, bias) in enumerate(layers):
        hidden = hidden @ weight + bias
        if level < 2:
            hidden = hidden.relu()
        if site == level + 1:
            hidden = lam * hidden + (1 - lam) * hidden[other]
    return hidden


def rates_of(recipe, step, rates, v_acc):
    """Site, λ and weight of the own label, straight from the table of methods."""
    site = rates.site[step] if recipe.site == "random" else 3
    if recipe.method == "ce":
        return -1, 1.0, 1.0
    if recipe.method == "am_mixup":
        lam = math.exp(-recipe.beta * v_acc)
        return site, lam, 1.0 if lam >= 0.5 else 0.0
    return (0 if recipe.method == "mixup" else site), rates.lam[step], rates.lam[step]


def plain_training(recipe):
    """Yield features of all points after each epoch, v_acc, and the classifier."""
    points = data.load(recipe)
    inputs, labels = torch.tensor(points.train), torch.tensor(points.train_labels)
    layers = network_of(recipe)
    parameters = [p for pair in layers for p in pair]
    optimiser = torch.optim.SGD(parameters, recipe.lr, momentum=0.9, weight_decay=5e-4)
    v_acc, size = 0.0, len(inputs)
    for epoch in range(recipe.epochs):
        batches = draw_batches(recipe.batch_seed, epoch, size, recipe.batch_size)
        rates = draw_rates(recipe.batch_seed, epoch, len(batches.slices), recipe.alpha)
        for step, rows in enumerate(batches.slices):
            index = batches.order[rows]
            other = torch.tensor(batches.partner[rows] - rows.start)
            site, lam, own = rates_of(recipe, step, rates, v_acc)
            log_p = mixed_forward(layers, inputs[index], other, lam, site).log_softmax(1)
            one_hot = torch.eye(4, dtype=torch.float64)[labels[index]]
            target = own * one_hot + (1 - own) * one_hot[other]
            optimiser.zero_grad()
            (-(target * log_p).sum(1).mean()).backward()
            optimiser.step()
        with torch.no_grad():
            everything = torch.cat([inputs, torch.tensor(points.test)])
            features = mixed_forward(layers[:3], everything, None, 1, -1)
            weight, bias = layers[3]
            logits = features[:size] @ weight + bias
            v_acc = (logits.argmax(1) == labels).double().mean().item()
            yield features, v_acc, weight.T.clone()


@pytest.mark.parametrize("recipe", METHODS, ids=lambda r: f"{r.method}-{r.site}-{r.beta}")
def test_a_run_equals_a_plain_loop_with_autograd(recipe):
    ours = [s for s in train([recipe], torch.float64) if s.epoch in (1, 2, 3)]
    for snapshot, (features, v_acc, weight) in zip(ours, plain_training(recipe), strict=True):
        torch.testing.assert_close(snapshot.features[0], features, rtol=1e-8, atol=1e-9)
        torch.testing.assert_close(snapshot.weight[0], weight, rtol=1e-8, atol=1e-9)
        if recipe.method == "am_mixup":
            assert snapshot.lam[0] == pytest.approx(math.exp(-recipe.beta * v_acc))


@pytest.mark.parametrize("run", range(len(METHODS)))
def test_a_stacked_run_equals_itself_alone(run):
    *_, stacked = train(METHODS, torch.float64)
    *_, alone = train([METHODS[run]], torch.float64)
    torch.testing.assert_close(stacked.features[run], alone.features[0], rtol=1e-9, atol=1e-10)
    assert stacked.loss[run] == pytest.approx(alone.loss[0])
    assert stacked.lam[run] == pytest.approx(alone.lam[0])


def test_the_same_recipe_gives_the_same_bits_whatever_it_is_stacked_with():
    first, again, larger = (
        [*train(METHODS[:count])][-1].features for count in (3, 3, len(METHODS))
    )
    assert torch.equal(first, again)
    assert torch.equal(first, larger[:3])
    for run, recipe in enumerate(METHODS):
        assert torch.equal([*train([recipe])][-1].features[0], larger[run])


def test_methods_start_from_the_same_weights_and_points():
    start = next(iter(train(METHODS[:4])))
    assert start.step == 0
    for run in range(1, 4):
        assert torch.equal(start.features[0], start.features[run])


@pytest.mark.parametrize("seed", ["data_seed", "init_seed", "batch_seed"])
def test_each_seed_changes_what_it_is_for(seed):
    recipe = replace(SMALL, method="ce")
    (one, *_, one_end), (two, *_, two_end) = (
        list(train([r])) for r in (recipe, replace(recipe, **{seed: 7}))
    )
    assert torch.equal(one.features, two.features) == (seed == "batch_seed")
    assert torch.equal(one.weight, two.weight) == (seed != "init_seed")
    assert not torch.equal(one_end.features, two_end.features)


def test_lam_starts_at_one_and_flips_the_label_past_one_half():
    snapshots = list(train([replace(SMALL, method="am_mixup", beta=1.5)]))
    assert snapshots[0].lam[0] == 1
    assert [s.lam[0] for s in snapshots if s.epoch < 1] == [1.0] * 5
    assert snapshots[-1].lam[0] < 0.5


def test_snapshots_come_early_and_at_each_epochs_end():
    steps = [s.step for s in train([replace(SMALL, method="ce")])]
    assert steps == [0, 1, 2, 4, 8, 13, 26, 39]  # 1204 points in batches of 100


def test_a_run_that_goes_non_finite_stops_and_its_neighbours_go_on_untouched():
    wild = Recipe(method="ce", batch_size=16, lr=0.1, epochs=2, init_seed=1)
    tame = [replace(wild, method="mixup"), replace(wild, method="manifold")]
    *_, together = train([tame[0], wild, tame[1]])
    *_, apart = train(tame)
    assert list(together.failures) == [1]
    assert together.failures[1].startswith("Training went non-finite at step ")
    assert together.failures[1].endswith(
        "(epoch 1): lr 0.1 is too high for batch_size 16 here. "
        "Try a smaller lr, such as 0.02, or a larger batch_size."
    )
    assert torch.equal(together.features[[0, 2]], apart.features)


def test_training_ends_when_every_run_has_failed():
    snapshots = list(train([Recipe(method="ce", batch_size=16, lr=1, epochs=50)]))
    assert snapshots[-1].failures
    assert snapshots[-1].epoch < 5


def test_runs_of_different_settings_share_no_stack():
    with pytest.raises(ValueError, match="Runs in one stack share"):
        next(train([SMALL, replace(SMALL, lr=0.01)]))


def test_a_device_that_is_not_there_is_named():
    if torch.cuda.is_available():
        pytest.skip("this machine has it")
    with pytest.raises(ValueError, match="device is cuda; this machine has cpu"):
        next(train([replace(SMALL, device="cuda")]))


def test_cross_entropy_and_its_gradient_agree_with_autograd():
    rng = np.random.default_rng(0)
    logits = torch.tensor(rng.normal(size=(2, 5, 4)), requires_grad=True)
    targets = torch.tensor(rng.dirichlet(np.ones(4), size=(2, 5)))
    loss = cross_entropy(logits, targets)
    expected = -(targets * logits.log_softmax(-1)).sum(-1)
    torch.testing.assert_close(loss, expected)
    (gradient,) = torch.autograd.grad(expected.mean(-1).sum(), logits)
    torch.testing.assert_close(cross_entropy_gradient(logits.detach(), targets), gradient)


def test_an_epoch_shows_each_point_once_and_pairs_within_batches():
    batches = draw_batches(3, 7, 1610, 101)
    assert sorted(batches.order) == list(range(1610))
    for rows in batches.slices:
        assert sorted(batches.partner[rows]) == list(range(rows.start, rows.stop))
    np.testing.assert_array_equal(batches.partner[batches.inverse], np.arange(1610))
    assert len(batches.slices) == 16


def test_shares_follow_their_distribution():
    drawn = np.concatenate([draw_rates(0, epoch, 16, 0.2).lam for epoch in range(400)])
    assert drawn.mean() == pytest.approx(0.5, abs=0.02)
    assert drawn.var() == pytest.approx(1 / (4 * (2 * 0.2 + 1)), abs=0.01)
