"""Training against a re-derivation with autograd, one run at a time, no stack, no epoch tensors."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ammix_viz.datasets.table import load_dataset
from ammix_viz.methods.sampling import draw_batches, draw_pairs, draw_rates
from ammix_viz.networks import stacked_mlp
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.contrastive import contrast
from ammix_viz.training.cross_entropy import cross_entropy, cross_entropy_gradient
from ammix_viz.training.loop import train

SMALL = Recipe(epochs=3, imbalance=200, batch_size=100, lr=0.05)
METHODS = [
    *(replace(SMALL, method=name) for name in ("ce", "mixup", "manifold", "am_mixup")),
    replace(SMALL, method="am_mixup", beta=1.2),
    replace(SMALL, method="manifold", site="random"),
    replace(SMALL, method="am_mixup", site="random", batch_seed=3),
    replace(SMALL, method="mixup", alpha=0.3, data_seed=1, init_seed=2),
    *(replace(SMALL, method=name, pairs="partner") for name in ("mixup", "manifold", "am_mixup")),
    replace(SMALL, method="am_mixup", pairs="partner", site="random"),
    replace(SMALL, method="am_mixup", lam_mode="fixed", one_sided="off"),
    replace(SMALL, method="ama", clean="off", lam_mode="random"),
    replace(SMALL, method="ama", clean="off", lam_mode="random", lam_per="row"),
    replace(SMALL, method="mixup", lam_per="row"),
    replace(SMALL, method="manifold", site="random", alpha=0.3, lam_per="row", batch_seed=2),
]
WITH_CLEAN = [
    replace(SMALL, method="ama", lr=0.02, beta=0.67),
    replace(SMALL, method="ama", lr=0.02, beta=0.67, pairs="partner", one_sided="off"),
    replace(SMALL, method="ama_mixup", lr=0.02, beta=0.67, batch_seed=1),
    replace(SMALL, method="am_mixup", lr=0.02, clean="on"),
    replace(SMALL, method="ama_mixup", lr=0.02, lam_per="row"),
]
DOUBLED = [
    replace(SMALL, method="ama", lr=0.02, site="random"),
    replace(SMALL, method="ama_mixup", lr=0.02, site="random", batch_seed=5),
]
SUPCON = [replace(SMALL, method="supcon"), replace(SMALL, method="supcon", batch_seed=2)]
DECAYED = [
    replace(SMALL, method="ce", weight_decay=0.05),
    replace(SMALL, method="am_mixup", weight_decay=0.05, batch_seed=1),
]
BY_BATCH = [
    replace(SMALL, method="am_mixup", beta=1.2, lam_update="batch"),
    replace(SMALL, method="am_mixup", site="random", lam_update="batch", batch_seed=3),
    replace(SMALL, method="am_mixup", one_sided="off", pairs="partner", lam_update="batch"),
]
BY_BATCH_WITH_CLEAN = [
    replace(SMALL, method="ama", lr=0.02, lam_update="batch"),
    replace(SMALL, method="am_mixup", clean="on", lr=0.02, lam_update="batch"),
]
BY_BATCH_DOUBLED = [
    replace(SMALL, method="ama", lr=0.02, site=site, lam_update="batch", one_sided="off")
    for site in ("random", "input")
]
VALIDATED = [
    replace(SMALL, method="am_mixup", v_acc="validation"),
    replace(SMALL, method="am_mixup", v_acc="validation", beta=1.0, batch_seed=4),
]
UPDATED = BY_BATCH + BY_BATCH_WITH_CLEAN + BY_BATCH_DOUBLED + VALIDATED
EVERY = UPDATED + DECAYED + METHODS + WITH_CLEAN + DOUBLED


def network_of(recipe):
    """The same start as a plain list of (weight, bias) that autograd follows."""
    layers = stacked_mlp.init([recipe.init_seed], 4, torch.float64, "cpu")
    pairs = zip(layers.weight, layers.bias, strict=True)
    return [(w[0].clone().requires_grad_(), b[0].clone().requires_grad_()) for w, b in pairs]


def forward(layers, rows, site=-1, mixed=None):
    """The logits, or features where the classifier is left out; `mixed` changes the rows."""
    hidden = mixed(rows) if site == 0 else rows
    for level, (weight, bias) in enumerate(layers):
        hidden = hidden @ weight + bias
        if level < 2:
            hidden = hidden.relu()
        if site == level + 1:
            hidden = mixed(hidden)
    return hidden


def parts_of(recipe):
    """Mode of λ, one-sided label, pairs and clean term, straight from the tables of the papers."""
    parts = {"lam_mode": "asymptotic", "one_sided": "on", "pairs": "even", "clean": "off"}
    if recipe.method in ("mixup", "manifold"):
        parts |= {"lam_mode": "random", "one_sided": "off"}
    if recipe.method.startswith("ama"):
        parts["clean"] = "on"
    return {
        name: v if getattr(recipe, name) == "default" else getattr(recipe, name)
        for name, v in parts.items()
    }


def random_lam(recipe, step, rates, place):
    """λ of a step, or the column of those of its rows."""
    return rates.lam[step] if recipe.lam_per == "step" else torch.tensor(rates.lam[place])[:, None]


def rates_of(recipe, step, rates, place, v_acc):
    """Site, λ and weight of the first sample's label of the pairs."""
    if recipe.method == "ce":
        return -1, 1.0, 1.0
    parts = parts_of(recipe)
    site = rates.site[step] if recipe.site == "random" else 3
    site = 0 if recipe.method == "mixup" or recipe.site == "input" else site
    random, asymptotic = random_lam(recipe, step, rates, place), math.exp(-recipe.beta * v_acc)
    lam = {"random": random, "fixed": 0.51, "asymptotic": asymptotic}[parts["lam_mode"]]
    return site, lam, 1.0 * (lam >= 0.5) if parts["one_sided"] == "on" else lam


def step_loss(recipe, layers, rows, targets, batch, step, epoch, v_acc, rates):
    """The objective of one step: mixed inputs, pairs, and the clean rows where they count."""
    place = batch.slices[step]
    other = torch.tensor(batch.partner[place] - place.start)
    if recipe.method == "ama_mixup":
        lam = random_lam(recipe, step, rates, place)
        rows, targets = (lam * part + (1 - lam) * part[other] for part in (rows, targets))
    site, lam, weight = rates_of(recipe, step, rates, place, v_acc)
    first, second = torch.arange(len(rows)), other
    if recipe.method != "ce" and parts_of(recipe)["pairs"] == "even":
        first, second = epoch_pairs(recipe, epoch, batch, place, rates)

    def mixed(h):
        return lam * h[first] + (1 - lam) * h[second]

    log_p = forward(layers, rows, site, mixed).log_softmax(1)
    pair_targets = weight * targets[first] + (1 - weight) * targets[second]
    pair_targets = pair_targets if site >= 0 else targets
    loss = -(pair_targets * log_p).sum(1).mean()
    if recipe.method != "ce" and parts_of(recipe)["clean"] == "on":
        loss = loss - (targets * forward(layers, rows).log_softmax(1)).sum(1).mean()
    return loss


def epoch_pairs(recipe, epoch, batch, place, rates):
    labels = load_dataset(recipe).train_labels[batch.order]
    if recipe.method == "ama_mixup":
        share = rates.lam if recipe.lam_per == "row" else rates.lam[batch.step]
        labels = np.where(share >= 0.5, labels, labels[batch.partner])
    pairs = draw_pairs(recipe.batch_seed, epoch, labels, batch.step)
    return (torch.tensor(each[place] - place.start) for each in pairs)


def has_clean_features(recipe, rates, step):
    """Whether the 2-D features of the unmixed rows of a step are computed."""
    site = {"last": 3, "input": 0, "random": rates.site[step]}[recipe.site]
    return site == 3 or parts_of(recipe)["clean"] == "on"


def plain_training(recipe, lams=None):
    """Yield features of all points after each epoch, v_acc, and the classifier.

    `lams` is filled with λ = exp(-β·v_acc) before each step.
    """
    points = load_dataset(recipe)
    inputs, labels = torch.tensor(points.train), torch.tensor(points.train_labels)
    layers = network_of(recipe)
    parameters = [p for pair in layers for p in pair]
    optimiser = torch.optim.SGD(
        parameters, recipe.lr, momentum=0.9, weight_decay=recipe.weight_decay
    )
    v_acc, size = 0.0, len(inputs)
    for epoch in range(recipe.epochs):
        batches = draw_batches(recipe.batch_seed, epoch, size, recipe.batch_size)
        rows = size if recipe.lam_per == "row" else None
        rates = draw_rates(recipe.batch_seed, epoch, len(batches.slices), recipe.alpha, rows=rows)
        right = seen = 0
        for step, rows in enumerate(batches.slices):
            index = batches.order[rows]
            if lams is not None:
                lams.append(math.exp(-recipe.beta * v_acc))
            with torch.no_grad():
                answers = forward(layers, inputs[index]).argmax(1)
            targets = torch.eye(4, dtype=torch.float64)[labels[index]]
            optimiser.zero_grad()
            step_loss(
                recipe, layers, inputs[index], targets, batches, step, epoch, v_acc, rates
            ).backward()
            optimiser.step()
            if recipe.lam_update == "batch" and has_clean_features(recipe, rates, step):
                right, seen = right + int((answers == labels[index]).sum()), seen + len(index)
                v_acc = float(np.float32(right / seen))  # as counted during steps
        with torch.no_grad():
            everything = torch.cat([inputs, torch.tensor(points.test)])
            features = forward(layers[:3], everything)
            weight, bias = layers[3]
            logits = features[:size] @ weight + bias
            if recipe.v_acc == "validation":
                answers = (features[size:] @ weight + bias).argmax(1)
                v_acc = (answers.numpy() == points.test_labels).mean()
            elif recipe.lam_update == "epoch" or not seen:
                v_acc = (logits.argmax(1) == labels).double().mean().item()
            yield features, v_acc, weight.T.clone()


@pytest.mark.parametrize(
    "recipe", EVERY, ids=lambda r: f"{r.method}-{r.site}-{r.lam_mode}-{r.lam_per}-{r.beta}"
)
def test_a_run_equals_a_plain_loop_with_autograd(recipe):
    ours = [s for s in train([recipe], torch.float64) if s.epoch in (1, 2, 3)]
    for snapshot, (features, v_acc, weight) in zip(ours, plain_training(recipe), strict=True):
        torch.testing.assert_close(snapshot.features[0], features, rtol=1e-8, atol=1e-9)
        torch.testing.assert_close(snapshot.weight[0], weight, rtol=1e-8, atol=1e-9)
        if recipe.method not in ("ce", "mixup", "manifold") and recipe.lam_mode == "default":
            assert snapshot.lam[0] == pytest.approx(math.exp(-recipe.beta * v_acc))


STACKS = [METHODS, WITH_CLEAN, DOUBLED, SUPCON, DECAYED]
STACKS += [BY_BATCH, BY_BATCH_WITH_CLEAN, BY_BATCH_DOUBLED, VALIDATED]


@pytest.mark.parametrize(
    "stack",
    STACKS,
    ids=lambda s: f"{s[0].step_kind}-{s[0].lam_update}-{s[0].v_acc}-{s[0].weight_decay}",
)
def test_a_run_gives_the_same_bits_whatever_it_is_stacked_with(stack):
    together, again = ([*train(stack)][-1].features for _ in range(2))
    assert torch.equal(together, again)
    for run, recipe in enumerate(stack):
        assert torch.equal([*train([recipe])][-1].features[0], together[run])


@pytest.mark.parametrize("recipe", UPDATED, ids=lambda r: f"{r.method}-{r.site}-{r.v_acc}")
def test_a_snapshot_has_the_lam_of_its_next_step(recipe):
    lams = []
    list(plain_training(recipe, lams))
    snapshots = [s for s in train([recipe], torch.float64) if s.step < len(lams)]
    assert len(snapshots) == 7
    for snapshot in snapshots:
        assert snapshot.lam[0] == pytest.approx(lams[snapshot.step], rel=1e-6)
    in_epoch = {float(s.lam[0]) for s in snapshots if s.epoch < 1}
    assert len(in_epoch) > 1 if recipe.lam_update == "batch" else in_epoch == {1.0}


def contrastive_loss(features, labels):
    """The supervised contrastive loss as the paper writes it, anchor by anchor."""
    unit = features / features.norm(dim=1, keepdim=True)
    losses = []
    for i in range(len(unit)):
        others = [a for a in range(len(unit)) if a != i]
        positives = [p for p in others if labels[p] == labels[i]]
        if positives:
            total = sum((unit[i] @ unit[a] / 0.1).exp() for a in others)
            logs = [((unit[i] @ unit[p] / 0.1).exp() / total).log() for p in positives]
            losses.append(-sum(logs) / len(positives))
    return sum(losses) / len(losses)


def test_the_contrastive_loss_and_its_gradient_agree_with_the_plain_one():
    rng = np.random.default_rng(1)
    features = torch.tensor(rng.normal(size=(2, 9, 2)), requires_grad=True)
    labels = torch.tensor([[0, 0, 0, 1, 1, 2, 2, 2, 3], [3, 1, 1, 1, 1, 1, 1, 1, 0]])
    targets = torch.eye(4, dtype=torch.float64)[labels]
    loss, gradient = contrast(features.detach(), targets)
    plain = torch.stack([contrastive_loss(f, own) for f, own in zip(features, labels, strict=True)])
    torch.testing.assert_close(loss, plain)
    torch.testing.assert_close(gradient, torch.autograd.grad(plain.sum(), features)[0])


def test_a_batch_without_positives_has_zero_loss_and_gradient():
    features = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    loss, gradient = contrast(features, torch.eye(2)[None])
    assert loss.tolist() == [0]
    assert gradient.abs().max() == 0
    assert contrast(features[:, :1], torch.ones(1, 1, 1))[0].tolist() == [0]


def test_supcon_trains_the_encoder_and_then_only_the_classifier():
    recipe = replace(SMALL, method="supcon", epochs=2, lr=0.02)
    snapshots = list(train([recipe]))
    assert [s.epoch for s in snapshots if s.epoch >= 1] == [6, 12, 13, 14]
    start, encoded, end = snapshots[0], snapshots[-3], snapshots[-1]
    assert torch.equal(start.weight, encoded.weight)
    assert not torch.equal(start.features, encoded.features)
    assert torch.equal(encoded.features, end.features)
    assert not torch.equal(encoded.weight, end.weight)
    assert end.loss[0] < snapshots[-2].loss[0]


def test_supcons_encoder_equals_a_plain_loop_with_autograd():
    recipe = replace(SMALL, method="supcon", epochs=1, lr=0.02)
    points = load_dataset(recipe)
    inputs, labels = torch.tensor(points.train), torch.tensor(points.train_labels)
    layers = network_of(recipe)[:3]
    parameters = [p for pair in layers for p in pair]
    optimiser = torch.optim.SGD(
        parameters, recipe.lr, momentum=0.9, weight_decay=recipe.weight_decay
    )
    for epoch in range(6):
        batches = draw_batches(recipe.batch_seed, epoch, len(inputs), recipe.batch_size)
        for rows in batches.slices:
            index = batches.order[rows]
            optimiser.zero_grad()
            unit = torch.nn.functional.normalize(forward(layers, inputs[index]), dim=1)
            likeness = (unit @ unit.T / 0.1).fill_diagonal_(-1e9)
            same = (labels[index][:, None] == labels[index]).double().fill_diagonal_(0)
            count = same.sum(1)
            mean = (same * likeness.log_softmax(1)).sum(1) / count.clamp_min(1)
            (-mean.sum() / (count > 0).sum()).backward()
            optimiser.step()
    (ours,) = (s for s in train([recipe], torch.float64) if s.epoch == 6)
    expected = forward(layers, inputs).detach()
    torch.testing.assert_close(ours.features[0, : len(inputs)], expected, rtol=1e-7, atol=1e-8)


def test_methods_start_from_the_same_weights_and_points():
    start = next(iter(train(METHODS[:4])))
    assert start.step == 0
    for run in range(1, 4):
        assert torch.equal(start.features[0], start.features[run])


@pytest.mark.parametrize("seed", ["data_seed", "init_seed", "batch_seed"])
def test_each_seed_changes_only_what_it_controls(seed):
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
    with pytest.raises(ValueError, match="weight_decay"):
        next(train([SMALL, replace(SMALL, weight_decay=0)]))


def test_a_missing_device_is_named():
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
    torch.testing.assert_close(cross_entropy_gradient(logits.detach(), targets, 5), gradient)
