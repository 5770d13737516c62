"""The losses for other training loops, against plain loops and against the training of runs."""

import math
import re

import numpy as np
import pytest
import torch
from torch import nn

from ammix_viz.methods.sampling import draw_pairs
from ammix_viz.networks.mixing import Mixing, mix, unmix
from ammix_viz.training.cross_entropy import cross_entropy_gradient, mixed_targets, one_hot
from ammix_viz.training.losses import (
    am_mixup_loss,
    ama_loss,
    asymptotic_lam,
    class_unbiased_pairs,
    mixup_loss,
    permuted_pairs,
    supcon_loss,
)

ROWS, WIDTH, CLASSES = 12, 7, 3
MIXING = [am_mixup_loss, mixup_loss, ama_loss]


@pytest.fixture
def batch():
    rng = torch.Generator().manual_seed(0)
    features = torch.randn(ROWS, WIDTH, generator=rng, dtype=torch.float64, requires_grad=True)
    return features, torch.tensor([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2])


@pytest.fixture
def classifier():
    torch.manual_seed(1)
    return nn.Linear(WIDTH, CLASSES, dtype=torch.float64)


def seeded(seed=3):
    return torch.Generator().manual_seed(seed)


def plain_loss(features, labels, classifier, lam, weight, pairs):
    """One pair after the other, as the papers write it."""
    losses = []
    for i, j in zip(*(rows.tolist() for rows in pairs), strict=True):
        logits = classifier(lam * features[i] + (1 - lam) * features[j])
        log_p = [logits[k] - torch.logsumexp(logits, 0) for k in range(CLASSES)]
        losses.append(-weight * log_p[labels[i]] - (1 - weight) * log_p[labels[j]])
    return sum(losses) / len(losses)


def gradients(loss, features, classifier):
    return torch.autograd.grad(loss, [features, classifier.weight, classifier.bias])


@pytest.mark.parametrize("lam", [1.0, 0.71, 0.5, 0.49, 0.0])
def test_am_mixup_gives_the_label_of_the_nearer_side(batch, classifier, lam):
    pairs = permuted_pairs(batch[1], seeded())
    loss = am_mixup_loss(*batch, classifier, lam, generator=seeded())
    plain = plain_loss(*batch, classifier, lam, 1 if lam >= 0.5 else 0, pairs)
    assert loss.item() == pytest.approx(plain.item(), rel=1e-12)
    both = zip(*(gradients(each, batch[0], classifier) for each in (loss, plain)), strict=True)
    assert all(torch.allclose(ours, theirs, rtol=1e-10, atol=1e-14) for ours, theirs in both)


def test_mixup_mixes_labels_as_it_mixes_rows(batch, classifier):
    pairs = permuted_pairs(batch[1], seeded())
    loss = mixup_loss(*batch, classifier, 0.3, generator=seeded())
    assert loss.item() == pytest.approx(
        plain_loss(*batch, classifier, 0.3, 0.3, pairs).item(), rel=1e-12
    )


def test_mixup_takes_inputs_of_any_shape_with_a_whole_network():
    torch.manual_seed(0)
    images, labels = torch.randn(4, 1, 3, 3), torch.tensor([0, 1, 0, 1])
    network = nn.Sequential(nn.Conv2d(1, 2, 2), nn.Flatten(), nn.Linear(8, 2))
    pairs = permuted_pairs(labels, seeded())
    logits = network(0.6 * images + 0.4 * images[pairs[1]])
    both = (
        nn.functional.cross_entropy(logits, labels),
        nn.functional.cross_entropy(logits, labels[pairs[1]]),
    )
    loss = mixup_loss(images, labels, network, 0.6, pairs)
    assert loss.item() == pytest.approx(0.6 * both[0].item() + 0.4 * both[1].item(), rel=1e-5)


def test_ama_adds_the_cross_entropy_of_clean_rows_to_that_of_pairs_of_two_classes(
    batch, classifier
):
    pairs = class_unbiased_pairs(batch[1], seeded())
    everyone = (torch.arange(ROWS),) * 2
    plain = plain_loss(*batch, classifier, 1, 1, everyone)
    plain += plain_loss(*batch, classifier, 0.6, 1, pairs)
    loss = ama_loss(*batch, classifier, 0.6, generator=seeded())
    assert loss.item() == pytest.approx(plain.item(), rel=1e-12)


@pytest.mark.parametrize("lam", [0.71, 0.42])
def test_the_loss_and_gradient_of_am_mixup_are_those_that_runs_are_trained_with(
    batch, classifier, lam
):
    features, labels = batch
    pairs = [
        torch.from_numpy(rows) for rows in draw_pairs(0, 4, labels.numpy(), np.zeros(ROWS, int))
    ]
    mixing = Mixing(*pairs, torch.full((1, ROWS, 1), lam, dtype=torch.float64))
    weight = torch.full((1, ROWS), float(lam >= 0.5), dtype=torch.float64)
    once = one_hot(labels[None], CLASSES, torch.float64)
    targets = mixed_targets(once, *(rows[None] for rows in pairs), weight)
    with torch.no_grad():
        rows = mix(features[None], mixing)
        at_logits = cross_entropy_gradient(classifier(rows), targets, ROWS)
        by_hand = unmix(at_logits @ classifier.weight, mixing, ROWS)[0]
    loss = am_mixup_loss(features, labels, classifier, lam, tuple(pairs))
    (ours,) = torch.autograd.grad(loss, [features])
    assert torch.allclose(ours, by_hand, rtol=1e-12, atol=1e-15)


def plain_supcon(features, labels, temperature):
    unit, losses = nn.functional.normalize(features), []
    for i in range(len(labels)):
        others = [a for a in range(len(labels)) if a != i]
        products = {a: unit[i] @ unit[a] / temperature for a in others}
        total = torch.logsumexp(torch.stack([*products.values()]), 0)
        positives = [total - products[a] for a in others if labels[a] == labels[i]]
        losses += [sum(positives) / len(positives)] if positives else []
    return sum(losses) / len(losses)


@pytest.mark.parametrize("temperature", [0.1, 0.5])
def test_supcon_agrees_with_a_plain_loop(batch, temperature):
    features, labels = batch[0], batch[1].clone()
    labels[0] = 9  # alone of its class: no anchor
    loss, plain = (
        supcon_loss(features, labels, temperature),
        plain_supcon(features, labels, temperature),
    )
    assert loss.item() == pytest.approx(plain.item(), rel=1e-12)
    ours, theirs = (torch.autograd.grad(3 * each, features)[0] for each in (loss, plain))
    assert torch.allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_pairs_of_two_classes_take_each_class_as_often():
    labels = torch.tensor([0] * 900 + [1] * 90 + [2] * 10)
    first, second = class_unbiased_pairs(labels, seeded())
    assert (labels[first] != labels[second]).all()
    for rows in (first, second):
        assert labels[rows].bincount().tolist() == pytest.approx([333, 333, 333], abs=60)


def test_in_a_batch_of_one_class_a_row_is_paired_with_itself():
    first, second = class_unbiased_pairs(torch.zeros(5, dtype=torch.int32))
    assert torch.equal(first, second)


@pytest.mark.parametrize("pairs_of", [permuted_pairs, class_unbiased_pairs])
def test_pairs_are_repeated_by_their_generator_alone(batch, pairs_of):
    torch.manual_seed(0)
    once, again, other = (pairs_of(batch[1], seeded(seed))[1].tolist() for seed in (3, 3, 4))
    assert once == again != other


def test_lam_falls_with_accuracy_as_in_the_paper():
    assert asymptotic_lam(0.34, 0) == 1
    assert asymptotic_lam(0.34, 0.9) == pytest.approx(0.736387, abs=1e-6)
    assert asymptotic_lam(math.log(2), 1) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("beta", "accuracy", "sentence"),
    [
        (-1, 0.5, "beta is -1; it must be a finite number from 0."),
        (math.nan, 0.5, "beta is nan; it must be a finite number from 0."),
        (0.34, 93.0, "accuracy is 93.0; it must be from 0 to 1."),
    ],
)
def test_lam_of_an_invalid_beta_or_accuracy_is_refused(beta, accuracy, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        asymptotic_lam(beta, accuracy)


GOOD = torch.zeros(4, WIDTH, dtype=torch.float64)
ZEROS = torch.zeros(4, dtype=torch.int64)
BAD_BATCHES = [
    (GOOD.numpy(), ZEROS, "features is ndarray; it must be a tensor of floating point."),
    (
        GOOD.int(),
        ZEROS,
        "features is a tensor of torch.int32; it must be a tensor of floating point.",
    ),
    (GOOD[0], ZEROS, "features has shape (7,); it must be (N, d), N ≥ 1."),
    (GOOD[:0], ZEROS[:0], "features has shape (0, 7); it must be (N, d), N ≥ 1."),
    (GOOD, ZEROS[:3], "There are 3 labels for 4 features."),
    (GOOD, ZEROS[None], "labels has shape (1, 4); it must be (N,), N ≥ 1."),
    (GOOD, ["cat"] * 4, "labels is list; it must be a tensor of integers."),
    (GOOD, ZEROS.float(), "labels is a tensor of torch.float32; it must be a tensor of integers."),
    (GOOD, ZEROS - 1, "labels has a -1; classes are numbered from 0."),
]


@pytest.mark.parametrize(("features", "labels", "sentence"), BAD_BATCHES)
@pytest.mark.parametrize("loss", [*MIXING, supcon_loss])
def test_an_invalid_batch_is_refused(loss, features, labels, sentence, classifier):
    more = () if loss is supcon_loss else (classifier, 0.7)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss(features, labels, *more)


BAD_MIXES = [
    ({"lam": 1.2}, "lam is 1.2; it must be from 0 to 1."),
    ({"lam": math.nan}, "lam is nan; it must be from 0 to 1."),
    ({"labels": ZEROS + 3}, "labels has a 3; the classifier has 3 classes, numbered from 0."),
    (
        {"classifier": lambda rows: rows.sum(1)},
        "classifier gives shape (4,) for 4 rows; it must be (4, K).",
    ),
    ({"pairs": (ZEROS, ZEROS + 4)}, "pairs has a row that is not from 0 to 3."),
    (
        {"pairs": (ZEROS, ZEROS[:2])},
        "pairs must be two int64 tensors of the same shape (M,), M ≥ 1.",
    ),
    (
        {"pairs": ([0], [1])},
        "pairs must be two int64 tensors of the same shape (M,), M ≥ 1.",
    ),
]


@pytest.mark.parametrize(("bad", "sentence"), BAD_MIXES)
@pytest.mark.parametrize("loss", MIXING)
def test_an_invalid_lam_or_pair_is_refused(loss, bad, sentence, classifier):
    given = {"features": GOOD, "labels": ZEROS, "classifier": classifier, "lam": 0.7} | bad
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss(**given)


@pytest.mark.parametrize("temperature", [0, -1, math.inf])
def test_a_temperature_that_is_not_above_0_is_refused(temperature):
    with pytest.raises(ValueError, match=f"^temperature is {temperature}; it must be a finite"):
        supcon_loss(GOOD, ZEROS, temperature)


def test_contrast_takes_rows_of_numbers_only():
    with pytest.raises(ValueError, match=r"^features has shape \(4, 7, 1\); it must be"):
        supcon_loss(GOOD[..., None], ZEROS)
