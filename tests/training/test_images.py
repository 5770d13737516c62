"""Training on images against a plain loop with autograd; what is seen of it, and recorded."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from support.plain_cnn import build, features_of, logits_of, moments_of, parameters_of
from support.small_cifar import write_cifar

from ammix_viz.datasets import digits, image_set
from ammix_viz.datasets.image_set import image_loader
from ammix_viz.datasets.table import DATASETS, load_dataset
from ammix_viz.methods.sampling import draw_batches, draw_crops, draw_pairs, draw_rates
from ammix_viz.metrics import (
    alignment,
    d_max,
    d_relative,
    neighborhood_uniformity,
    uniformity,
)
from ammix_viz.runs import disk, reader
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training import image_batches, schedule
from ammix_viz.training.loop import train

GREY = Recipe(
    data="digits_lt", imbalance=4, epochs=2, batch_size=20, lr=0.05, warmup=0, method="ce"
)
COLOUR = replace(GREY, data="mini_cifar_lt", imbalance=6, batch_size=14)
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


def few_digits():
    """The first 14 and 3 images of each digit."""
    images, parts = digits.read(), {}
    for split, count in (("train", 14), ("test", 3)):
        labels = getattr(images, f"{split}_labels")
        first = np.concatenate([np.flatnonzero(labels == k)[:count] for k in range(10)])
        parts |= {split: getattr(images, split)[first], f"{split}_labels": labels[first]}
    return replace(images, **parts)


@pytest.fixture(autouse=True)
def small_sets(tmp_path, monkeypatch):
    """Train on a few images, on one core."""
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "data"))
    write_cifar(tmp_path / "data", 4)
    for name in ("digits", "digits_lt", "digits_coarse"):
        entry = DATASETS[name]
        few = replace(entry, load=image_loader(few_digits, entry.coarse))
        monkeypatch.setitem(DATASETS, name, few)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def snapshots_of(recipe, dtype=torch.float64):
    return [snapshot for snapshot in train([recipe], dtype) if snapshot]


def ends_of(snapshots, of=lambda snapshot: snapshot):
    return [of(s) for s in snapshots if s.epoch == int(s.epoch) and s.epoch > 0]


def shared(first, second, lam):
    """λ · first + (1 - λ) · second, with one λ or one a row."""
    lam = torch.as_tensor(lam).view(-1, *(1 for _ in first.shape[1:]))
    return lam * first + (1 - lam) * second


class Plain:
    """A run on images as a plain loop: one network, autograd, torch's SGD."""

    def __init__(self, recipe):
        self.recipe, self.own = recipe, load_dataset(recipe)
        both = np.concatenate([self.own.train, self.own.test]).astype(float)
        self.pixels, self.size = (
            np.concatenate([self.own.train, self.own.test]),
            len(self.own.train),
        )
        self.everything = self.standardised(both)
        names = [each for each in (self.own.coarse_names, self.own.class_names) if each]
        start = build(
            tuple(self.everything.shape[1:]),
            [len(each) for each in names],
            recipe.init_seed,
            init=recipe.init,
            feature_norm=recipe.feature_norm,
        )
        self.weights, self.moments = parameters_of(start), moments_of(start)
        self.v_acc, self.epoch, self.head = 0.0, 0, 0

    def standardised(self, pixels):
        return torch.tensor((pixels - self.own.mean) / self.own.std).permute(0, 3, 1, 2)

    def rows_of(self, order):
        """The images at these places of an epoch, one after the other cropped and flipped."""
        if self.recipe.augment == "off":
            return self.everything[order]
        side = self.pixels.shape[1]
        margin = {8: 1, 32: 4}[side]
        corners, flips = draw_crops(self.recipe.batch_seed, self.epoch, len(order), margin)
        rows = []
        for index, (down, right), flip in zip(order, corners, flips, strict=True):
            edge = ((margin, margin), (margin, margin), (0, 0))
            wide = np.pad(self.pixels[index], edge)
            crop = wide[down : down + side, right : right + side]
            rows.append(crop[:, ::-1] if flip and crop.shape[-1] == 3 else crop)
        return self.standardised(np.stack(rows).astype(float))

    def rate(self, step, per_epoch):
        """The learning rate of a stage's step, from 0: it rises, at most over three tenths of the
        stage, and is a fifth from each of three shares on."""
        whole = self.recipe.epochs * per_epoch
        passed = sum(10 * (step + 1) > tenths * whole for tenths in (3, 6, 8))
        warm = min(10 * self.recipe.warmup, 3 * self.recipe.epochs) * per_epoch / 10
        return self.recipe.lr * 0.2**passed * (min(1, (step + 1) / warm) if warm else 1)

    def random_lam(self, rates, step, place):
        """λ of a step, or those of its rows."""
        per_row = self.recipe.lam_per == "row"
        return torch.tensor(rates.lam[place] if per_row else rates.lam[step])

    def cells(self, rates, step, place):
        """Site, λ, weight of the own label, even pairs and clean, as in the first table."""
        recipe = self.recipe
        site = {"last": 4, "random": rates.site[step], "input": 0}[recipe.site]
        if recipe.method == "ce":
            return None, 1.0, 1.0, False, False
        even = recipe.pairs != "partner"
        if recipe.method in ("mixup", "manifold"):
            site = 0 if recipe.method == "mixup" else site
            lam = self.random_lam(rates, step, place)
            return site, lam, lam, even, False
        lam, ama = math.exp(-recipe.beta * self.v_acc), recipe.method.startswith("ama")
        return site, lam, float(lam >= 0.5), even, ama

    def loss(self, batches, rates, step, rows, labels):
        """The objective of a step; note how many clean rows are classified right."""
        place = batches.slices[step]
        classes = len(self.weights[f"head_bias{self.head}"])
        targets = torch.eye(classes, dtype=torch.float64)[labels[place]]
        other = torch.tensor(batches.partner[place] - place.start)
        rows, mixed_inputs = rows[place], self.recipe.method == "ama_mixup"
        per_row = self.recipe.lam_per == "row"
        if mixed_inputs:
            rows, targets = (
                shared(part, part[other], self.random_lam(rates, step, place))
                for part in (rows, targets)
            )
        site, lam, own, unbiased, beside = self.cells(rates, step, place)
        first, second = torch.arange(len(rows)), other
        if unbiased:
            counted = labels.numpy()
            if mixed_inputs:
                larger = (rates.lam if per_row else rates.lam[batches.step]) >= 0.5
                counted = np.where(larger, counted, counted[batches.partner])
            drawn = draw_pairs(self.recipe.batch_seed, self.epoch, counted, batches.step)
            first, second = (torch.tensor(each[place] - place.start) for each in drawn)
        mixed_targets = shared(targets[first], targets[second], own)

        def mix(h):
            return shared(h[first], h[second], lam)

        def mix_second_half(h):
            return torch.cat([h[: len(rows)], mix(h[: len(rows)])])

        if site is None:
            features, clean = features_of(self.weights, self.moments, rows)
            mixed_targets = targets
        elif not beside:
            start = mix(rows) if site == 0 else rows
            features, clean = features_of(self.weights, self.moments, start, {site: mix})
        elif self.recipe.site == "last":
            both = {4: mix_second_half}
            features, clean = features_of(self.weights, self.moments, rows, both)
        else:
            twice = torch.cat([rows, mix(rows) if site == 0 else rows])
            inside = {site: mix_second_half}
            features, clean = features_of(self.weights, self.moments, twice, inside)
        logits = logits_of(self.weights, features, self.head).log_softmax(1)
        if beside:
            mixed_targets = torch.cat([targets, mixed_targets])
        loss = -(mixed_targets * logits).sum() / len(rows)
        if not mixed_inputs and (site in (None, 4) or (beside and self.recipe.site != "last")):
            answers = logits_of(self.weights, clean[: len(rows)], self.head).argmax(1)
            self.right += int((answers == labels[place]).sum())
            self.seen += len(rows)
        return loss

    def train_stage(self, labels):
        """Train encoder and classifier; yield at the end of each epoch."""
        recipe, moving = self.recipe, [w for n, w in self.weights.items() if n[:4] != "head"]
        moving += [self.weights[f"{name}{self.head}"] for name in ("head", "head_bias")]
        sgd = torch.optim.SGD(moving, 1, momentum=0.9, weight_decay=recipe.weight_decay)
        for epoch in range(recipe.epochs):
            batches = draw_batches(recipe.batch_seed, self.epoch, self.size, recipe.batch_size)
            steps = len(batches.slices)
            each = self.size if recipe.lam_per == "row" else None
            rates = draw_rates(recipe.batch_seed, self.epoch, steps, recipe.alpha, 5, each)
            rows, own = self.rows_of(batches.order), labels[batches.order]
            self.right = self.seen = 0
            for step in range(steps):
                sgd.param_groups[0]["lr"] = self.rate(epoch * steps + step, steps)
                sgd.zero_grad()
                self.loss(batches, rates, step, rows, own).backward()
                sgd.step()
                if recipe.lam_update == "batch" and self.seen:
                    self.v_acc = self.right / self.seen
            if recipe.v_acc == "validation":
                self.v_acc = self.test_accuracy()
            else:
                self.v_acc = self.right / self.seen if self.seen else self.accuracy(labels)
            self.epoch += 1
            yield self.state()

    def train_classifier(self, labels):
        """Train a classifier on the features of the frozen encoder, by plain cross entropy."""
        recipe, rows = self.recipe, self.evaluated()[: self.size]
        moving = [self.weights[f"{name}{self.head}"] for name in ("head", "head_bias")]
        sgd = torch.optim.SGD(moving, 1, momentum=0.9, weight_decay=recipe.weight_decay)
        for epoch in range(recipe.epochs):
            batches = draw_batches(recipe.batch_seed, self.epoch, self.size, recipe.batch_size)
            for step, place in enumerate(batches.slices):
                index = batches.order[place]
                steps = len(batches.slices)
                sgd.param_groups[0]["lr"] = self.rate(epoch * steps + step, steps)
                sgd.zero_grad()
                logits = logits_of(self.weights, rows[index], self.head)
                torch.nn.functional.cross_entropy(logits, labels[index]).backward()
                sgd.step()
            self.epoch += 1
            yield self.state()

    def accuracy(self, labels):
        """The share of training images that the network in evaluation mode classifies right."""
        logits = logits_of(self.weights, self.evaluated()[: self.size], self.head)
        return float((logits.argmax(1) == labels).double().mean())

    def test_accuracy(self):
        """The share of test images that the network in evaluation mode classifies right."""
        logits = logits_of(self.weights, self.evaluated()[self.size :], self.head)
        labels = self.own.test_labels
        if self.own.coarse_names and self.head == 0:
            labels = np.array(self.own.coarse_of)[labels]
        return float((logits.argmax(1).numpy() == labels).mean())

    def evaluated(self):
        with torch.no_grad():
            return features_of(self.weights, self.moments, self.everything, training=False)[0]

    def state(self):
        heads = [
            self.weights[name].detach().clone()
            for name in ("head0", "head1")
            if name in self.weights
        ]
        return SimpleNamespace(features=self.evaluated(), heads=heads, v_acc=self.v_acc)

    def run(self):
        fine = torch.tensor(self.own.train_labels)
        if not self.own.coarse_names:
            yield from self.train_stage(fine)
            return
        yield from self.train_stage(torch.tensor(self.own.coarse_of)[fine])
        self.head = 1
        yield from self.train_classifier(fine)


@pytest.mark.parametrize("name", RECIPES)
def test_a_run_on_images_equals_a_plain_loop_with_autograd(name):
    recipe = RECIPES[name]
    snapshots = ends_of(snapshots_of(recipe))
    expected = list(Plain(recipe).run())
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
    plain = Plain(recipe)
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


def test_all_images_are_evaluated_after_one_epoch_after_each_fifth_and_at_a_stages_end(monkeypatch):
    monkeypatch.setattr(image_set, "DISPLAYED_TRAIN", 20)
    recipe = replace(COLOUR, data="mini_cifar_coarse", epochs=7)
    snapshots = snapshots_of(recipe, torch.float32)
    assert [s.epoch for s in snapshots if s.full_eval] == [1, 5, 7, 10, 14]
    sizes = {len(s.features[0]) for s in snapshots if s.full_eval}
    assert sizes == {len(load_dataset(recipe).labels)}
    assert {len(s.features[0]) for s in snapshots if not s.full_eval} == {
        len(load_dataset(recipe).displayed)
    }


def test_where_no_batch_is_clean_training_accuracy_is_that_of_the_displayed_images(monkeypatch):
    monkeypatch.setattr(image_set, "DISPLAYED_TRAIN", 20)
    recipe = replace(COLOUR, method="ama_mixup", epochs=3)
    own, snapshots = load_dataset(recipe), ends_of(snapshots_of(recipe, torch.float32))
    assert own.counts == (20, 11, 6, 3)
    assert [snapshot.full_eval for snapshot in snapshots] == [True, False, True]
    for snapshot in snapshots:
        labels = own.train_labels if snapshot.full_eval else own.train_labels[own.sampled[0]]
        features = snapshot.features[0, : len(labels)]
        right = (features @ snapshot.weight[0].T + snapshot.bias[0]).argmax(1).numpy() == labels
        by_class = [right[labels == k].mean() * own.counts[k] for k in range(4)]
        v_acc = sum(by_class) / 40
        assert v_acc > 0
        if snapshot.epoch < 3:
            assert snapshot.lam[0] == pytest.approx(math.exp(-recipe.beta * v_acc))


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


def recorded(recipe):
    """Header and records of a run, and the snapshots that they are of."""
    list(record([recipe]))
    with reader.Run(recipe.key) as run:
        return run.header, run.records(), snapshots_of(recipe, torch.float32)


def check_split(own, features, labels, weight, bias, totals=None):
    """Compare the metrics `own`, by name, with those of the features."""
    features, weight, bias = (each.double().numpy() for each in (features, weight, bias))
    right = (features @ weight.T + bias).argmax(1) == labels
    classes = [right[labels == k].mean() for k in range(len(bias))]
    accuracy = right.mean()
    if totals is not None:
        accuracy = sum(c * n for c, n in zip(classes, totals, strict=True)) / sum(totals)
    expected = {
        "accuracy": 100 * accuracy,
        "A": alignment(features, labels),
        "U": uniformity(features, labels),
        "U1": neighborhood_uniformity(features, labels),
        "U_raw": uniformity(features, labels, normalize=False),
        "D_max": d_max(features),
        "D_relative": d_relative(features, labels),
    }
    for name, value in expected.items():
        assert own[name] == pytest.approx(value, rel=1e-3, abs=1e-4), name
    assert own["per_class_accuracy"] == pytest.approx(100 * np.array(classes))


def test_full_evaluations_measure_all_images_and_others_estimate_them(monkeypatch):
    monkeypatch.setattr(image_set, "DISPLAYED_TRAIN", 30)
    monkeypatch.setattr(image_set, "DISPLAYED_TEST", 10)
    recipe = replace(COLOUR, data="mini_cifar_coarse", method="am_mixup", epochs=2, lr=0.02)
    header, records, snapshots = recorded(recipe)
    own = load_dataset(recipe)
    assert own.counts == (20, 11, 6, 3)
    assert header["totals"] == {"train": [20, 11, 6, 3], "test": [4, 4, 4, 4]}
    assert header["images"] == [32, 32]
    assert header["coarse"] == {"class_names": ["vehicles", "animals"], "of": [0, 0, 1, 1]}
    assert header["labels"] == own.labels[own.displayed].tolist()
    assert header["train_points"] == own.displayed_train
    assert [s["name"] for s in header["stages"]] == ["coarse", "fine"]
    assert header["records"] == len(records) == len(snapshots)
    assert header["full_evals"] == [i for i, s in enumerate(snapshots) if s.full_eval]
    assert 0 < len(header["full_evals"]) < len(records)
    of = np.array(own.coarse_of)
    for index, (row, snapshot) in enumerate(zip(records, snapshots, strict=True)):
        whole = index in header["full_evals"]
        labels = own.labels if whole else own.labels[own.displayed]
        cut = len(own.train) if whole else own.displayed_train
        heads = {"": (snapshot.weight, snapshot.bias), "coarse.": snapshot.coarse}
        for before, (weight, bias) in heads.items():
            np.testing.assert_array_equal(row[f"{before}weight"], weight[0])
            np.testing.assert_array_equal(row[f"{before}bias"], bias[0])
            for split, rows in (("train", slice(0, cut)), ("test", slice(cut, None))):
                prefix = f"{before}{split}."
                values = {n[len(prefix) :]: row[n] for n in row.dtype.names if n.startswith(prefix)}
                totals = np.array(header["totals"][split])
                if before:
                    totals = [totals[of == 0].sum(), totals[of == 1].sum()]
                classes = of[labels[rows]] if before else labels[rows]
                check_split(
                    values,
                    snapshot.features[0, rows],
                    classes,
                    weight[0],
                    bias[0],
                    None if whole else totals,
                )
        seen = snapshot.features[0][own.displayed] if whole else snapshot.features[0]
        np.testing.assert_allclose(
            row["features"] * row["scale"], seen, atol=float(seen.abs().max()) / 32767
        )


def test_a_run_that_displays_all_images_has_no_totals():
    header, records, snapshots = recorded(replace(GREY, epochs=1))
    assert header["images"] == [8, 8]
    assert not {"totals", "full_evals", "coarse"} & header.keys()
    assert not any(name.startswith("coarse.") for name in records.dtype.names)
    assert len(header["labels"]) == len(snapshots[0].features[0])
