"""Training on images against a plain loop with autograd."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from support.plain_cnn import features_of
from support.plain_images import PlainRun
from support.small_image_runs import COLOUR, GREY, ends_of, snapshots_of

from ammix_viz.datasets.table import load_dataset
from ammix_viz.methods.sampling import draw_batches
from ammix_viz.runs import disk, reader
from ammix_viz.runs.recording import record
from ammix_viz.training import image_batches, schedule

pytestmark = pytest.mark.usefixtures("small_sets")

COARSE = replace(GREY, data="digits_coarse")

RECIPES = {
    "ce": GREY,
    "ce in colour, flipped": replace(COLOUR, augment="on"),
    "ce warmed up, he, normed": replace(GREY, warmup=1, init="he", feature_norm="on", epochs=4),
    "ce, without weight decay": replace(GREY, weight_decay=0),
    "mixup, cropped": replace(GREY, method="mixup", alpha=0.4, augment="on"),
    "mixup, λ per row": replace(COLOUR, method="mixup", lam_per="row", augment="on"),
    "manifold at random, λ per row": replace(
        GREY, method="manifold", site="random", lam_per="row", init_seed=2
    ),
    "manifold": replace(GREY, method="manifold", data_seed=1),
    "manifold at random": replace(GREY, method="manifold", site="random", init_seed=2),
    "am_mixup": replace(GREY, method="am_mixup", epochs=3),
    "am_mixup, flipped labels": replace(GREY, method="am_mixup", beta=1.5, batch_seed=4),
    "am_mixup at random": replace(GREY, method="am_mixup", beta=1.0, site="random", epochs=3),
    "am_mixup, random partners": replace(COLOUR, method="am_mixup", pairs="partner"),
    "mixup, random partners": replace(GREY, method="mixup", pairs="partner"),
    "ama": replace(GREY, method="ama"),
    "ama at random": replace(GREY, method="ama", site="random", warmup=2),
    "am_mixup, λ by batch": replace(COLOUR, method="am_mixup", lam_update="batch"),
    "am_mixup at random, λ by batch": replace(
        GREY, method="am_mixup", site="random", lam_update="batch", epochs=3
    ),
    "ama of inputs, λ by batch": replace(GREY, method="ama", site="input", lam_update="batch"),
    "am_mixup, validated": replace(GREY, method="am_mixup", v_acc="validation", epochs=3),
    "coarse ama, validated": replace(COARSE, method="ama", v_acc="validation"),
    "ama_mixup": replace(GREY, method="ama_mixup", augment="on"),
    "ama_mixup, λ per row": replace(GREY, method="ama_mixup", lam_per="row"),
    "ama_mixup at random": replace(COLOUR, method="ama_mixup", site="random", batch_seed=1),
    "coarse am_mixup": replace(COARSE, method="am_mixup", feature_norm="on", weight_decay=0.05),
    "coarse ama in colour": replace(COLOUR, data="mini_cifar_coarse", method="ama", warmup=1),
}
OF_CELLS = ("am_mixup", "ama", "ama_mixup")


@pytest.mark.parametrize("name", RECIPES)
def test_a_run_on_images_equals_a_plain_loop_with_autograd(name):
    recipe = RECIPES[name]
    snapshots = ends_of(snapshots_of(recipe))
    expected = list(PlainRun(recipe).run())
    assert [s.epoch for s in snapshots] == list(range(1, len(expected) + 1))
    for snapshot, plain in zip(snapshots, expected, strict=True):
        close = {"rtol": 1e-6, "atol": 1e-7}
        if snapshot.full_eval:
            torch.testing.assert_close(snapshot.features[0], plain.features, **close)
        torch.testing.assert_close(snapshot.weight[0], plain.heads[-1], **close)
        if len(plain.heads) > 1:
            torch.testing.assert_close(snapshot.coarse[0][0], plain.heads[0], **close)
        if recipe.method in OF_CELLS and snapshot.epoch < recipe.epochs:
            assert snapshot.lam[0] == pytest.approx(math.exp(-recipe.beta * plain.v_acc))
    assert snapshots[-1].full_eval


def test_supcon_on_images_contrasts_as_a_plain_loop_does_and_then_only_classifies():
    recipe = replace(GREY, method="supcon", epochs=1, lr=0.02)
    plain = PlainRun(recipe)
    moving = [weight for name, weight in plain.weights.items() if name[:4] != "head"]
    sgd = torch.optim.SGD(moving, 1, momentum=0.9, weight_decay=recipe.weight_decay)
    for epoch in range(6):
        batches = draw_batches(recipe.batch_seed, epoch, plain.size, recipe.batch_size)
        steps = len(batches.slices)
        for step, place in enumerate(batches.slices):
            index = batches.order[place]
            taken = (epoch * steps + step + 1) / (6 * steps)
            sgd.param_groups[0]["lr"] = 0.02 * 0.2 ** sum(taken > s for s in (0.3, 0.6, 0.8))
            sgd.zero_grad()
            features, _ = features_of(plain.weights, plain.moments, plain.everything[index])
            unit = torch.nn.functional.normalize(features, dim=1)
            likeness = (unit @ unit.T / 0.1).fill_diagonal_(-1e9)
            labels = torch.tensor(plain.own.train_labels[index])
            same = (labels[:, None] == labels).double().fill_diagonal_(0)
            count = same.sum(1)
            mean = (same * likeness.log_softmax(1)).sum(1) / count.clamp_min(1)
            (-mean.sum() / (count > 0).sum()).backward()
            sgd.step()
    snapshots = snapshots_of(recipe)
    ours = next(s for s in snapshots if s.epoch == 6)
    torch.testing.assert_close(ours.features[0], plain.evaluated(), rtol=1e-5, atol=1e-6)
    assert torch.equal(ours.weight, snapshots[0].weight)
    assert torch.equal(ours.features, snapshots[-1].features)
    assert not torch.equal(ours.weight, snapshots[-1].weight)


def test_the_fine_stage_moves_the_fine_classifier_alone():
    recipe = replace(COARSE, method="am_mixup", epochs=2)
    ends = ends_of(snapshots_of(recipe))
    coarse, fine = ends[:2], ends[2:]
    assert torch.equal(coarse[0].weight, coarse[1].weight)
    assert not torch.equal(coarse[0].features, coarse[1].features)
    for snapshot in fine:
        assert torch.equal(snapshot.features, coarse[1].features)
        assert torch.equal(snapshot.coarse[0], coarse[1].coarse[0])
        assert torch.equal(snapshot.coarse[1], coarse[1].coarse[1])
        assert snapshot.lam.tolist() == [1]
        for name, own in coarse[1].state.items():
            if name.endswith((".mean", ".variance")):
                np.testing.assert_array_equal(snapshot.state[name], own)
    assert not torch.equal(fine[0].weight, coarse[1].weight)


@pytest.mark.parametrize("like", [GREY, COLOUR, COARSE], ids=lambda r: r.data)
def test_methods_on_images_share_initial_weights_and_batches(like, monkeypatch):
    seen = {}

    def watched(images, pixels):
        seen[method].append(pixels.numpy().tobytes())
        return original(images, pixels)

    original = image_batches.ImageTensor.standardised
    monkeypatch.setattr(image_batches.ImageTensor, "standardised", watched)
    ends, first = {}, None
    for method in ("ce", "mixup", "manifold", "am_mixup", "ama", "ama_mixup", "supcon"):
        seen[method] = []
        recipe = replace(like, method=method, epochs=1, augment="on", lr=0.01)
        start, *_, ends[method] = snapshots_of(recipe, torch.float32)
        first = first or start
        assert torch.equal(start.features, first.features), method
        assert torch.equal(start.weight, first.weight), method
    assert len(seen["ce"]) > 4
    for method in ends.keys() - {"supcon"}:  # which has more epochs
        assert seen[method] == seen["ce"], method
    assert seen["supcon"][:3] == seen["ce"][:3]
    assert len({end.weight.numpy().tobytes() for end in ends.values()}) >= 6


@pytest.mark.parametrize("seed", ["data_seed", "init_seed", "batch_seed"])
def test_each_seed_of_a_run_on_images_changes_only_what_it_controls(seed):
    recipe = replace(GREY, epochs=1)
    other = replace(recipe, **{seed: 7})
    (one, *_, one_end), (two, *_, two_end) = (
        snapshots_of(r, torch.float32) for r in (recipe, other)
    )
    assert torch.equal(one.features, two.features) == (seed == "batch_seed")
    assert torch.equal(one.weight, two.weight) == (seed != "init_seed")
    assert not torch.equal(one_end.features, two_end.features)
    kept = [load_dataset(r).train for r in (recipe, other)]
    assert kept[0].shape == kept[1].shape
    assert np.array_equal(*kept) == (seed != "data_seed")


def test_the_learning_rate_falls_to_a_fifth_thrice_and_rises_first_where_asked_to():
    recipe = replace(GREY, epochs=10, lr=0.1, warmup=2)
    (stage,) = schedule.stages(recipe)
    rates = {
        epoch: schedule.learning_rate(recipe, stage, epoch)
        for epoch in (0.5, 1, 2, 3, 3.01, 6, 6.01, 8, 8.01, 10)
    }
    expected = (0.025, 0.05, 0.1, 0.1, 0.02, 0.02, 0.004, 0.004, 0.0008, 0.0008)
    assert list(rates.values()) == pytest.approx(list(expected))
    assert schedule.learning_rate(replace(recipe, warmup=0), stage, 0.5) == pytest.approx(0.1)
    for longer in (3, 5, 50):
        own = replace(recipe, warmup=longer)
        assert schedule.learning_rate(own, stage, 1.5) == pytest.approx(0.05)
        assert schedule.learning_rate(own, stage, 3) == pytest.approx(0.1)
        assert schedule.learning_rate(own, stage, 3.01) == pytest.approx(0.02)


def test_runs_on_images_give_the_same_bits_each_time():
    recipe = replace(COLOUR, method="ama", augment="on", epochs=1)
    one, two = (snapshots_of(recipe, torch.float32)[-1] for _ in range(2))
    assert torch.equal(one.features, two.features)
    assert torch.equal(one.weight, two.weight)


def test_a_run_on_images_that_goes_non_finite_fails_with_a_sentence_and_leaves_no_checkpoint():
    wild = replace(GREY, lr=1, batch_size=2, epochs=20)
    list(record([wild]))
    end = reader.finished(wild.key)
    assert end.state == "failed"
    assert end.why.endswith(
        (
            "lr 1 is too high for batch_size 2 here. "
            "Try a smaller lr, such as 0.02, or a larger batch_size.",
            "has no value. Try a smaller lr or another start.",
        )
    )
    assert not disk.path(wild.key, ".ckpt").exists()
