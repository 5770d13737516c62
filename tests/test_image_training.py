"""Training on images against a plain loop with autograd; what is seen of it, and recorded."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from test_cnn import features_of, logits_of, moments_of, parameters_of
from test_images import write_cifar

from ammix_viz import data, images, runs
from ammix_viz.cnn import Cnn
from ammix_viz.draws import draw_batches, draw_crops, draw_pairs, draw_rates
from ammix_viz.metrics import (
    alignment,
    d_max,
    d_relative,
    neighborhood_uniformity,
    uniformity,
)
from ammix_viz.recipe import Recipe
from ammix_viz.recording import record
from ammix_viz.training import train

GREY = Recipe(data="digits_lt", imbalance=4, epochs=2, batch_size=20, lr=0.05, method="ce")
COLOUR = replace(GREY, data="mini_cifar_lt", imbalance=6, batch_size=14)
COARSE = replace(GREY, data="digits_coarse")

RECIPES = {
    "ce": GREY,
    "ce in colour, flipped": replace(COLOUR, augment="on"),
    "ce warmed up, he, normed": replace(GREY, warmup=1, init="he", feature_norm="on", epochs=3),
    "mixup, cropped": replace(GREY, method="mixup", alpha=0.4, augment="on"),
    "manifold": replace(GREY, method="manifold", data_seed=1),
    "manifold at random": replace(GREY, method="manifold", site="random", init_seed=2),
    "am_mixup": replace(GREY, method="am_mixup", epochs=3),
    "am_mixup, flipped labels": replace(GREY, method="am_mixup", beta=1.5, batch_seed=4),
    "am_mixup at random": replace(GREY, method="am_mixup", beta=1.0, site="random", epochs=3),
    "am_mixup, class-unbiased": replace(COLOUR, method="am_mixup", class_unbiased="on"),
    "ama": replace(GREY, method="ama"),
    "ama at random": replace(GREY, method="ama", site="random", warmup=2),
    "ama_mixup": replace(GREY, method="ama_mixup", augment="on"),
    "ama_mixup at random": replace(COLOUR, method="ama_mixup", site="random", batch_seed=1),
    "coarse am_mixup": replace(COARSE, method="am_mixup", feature_norm="on"),
    "coarse ama in colour": replace(COLOUR, data="mini_cifar_coarse", method="ama", warmup=1),
}
OF_CELLS = ("am_mixup", "ama", "ama_mixup")


def few_digits():
    """The first 14 and 3 images of each digit."""
    whole, parts = images._digits(), []
    for rows, labels, count in (
        (whole.train, whole.train_labels, 14),
        (whole.test, whole.test_labels, 3),
    ):
        first = np.concatenate([np.flatnonzero(labels == k)[:count] for k in range(10)])
        parts += [rows[first], labels[first]]
    return images.Whole(*parts)


@pytest.fixture(autouse=True)
def small_sets(tmp_path, monkeypatch):
    """Train on a few images, on one core."""
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "data"))
    write_cifar(tmp_path / "data", 4)
    few = replace(images.SOURCES["digits"], read=few_digits)
    monkeypatch.setitem(images.SOURCES, "digits", few)
    images.load.cache_clear()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    images.load.cache_clear()


def snapshots_of(recipe, dtype=torch.float64):
    return [snapshot for snapshot in train([recipe], dtype) if snapshot]


def ends_of(snapshots, of=lambda snapshot: snapshot):
    return [of(s) for s in snapshots if s.epoch == int(s.epoch) and s.epoch > 0]


class Plain:
    """A run on images as a plain loop: one network, autograd, torch's SGD."""

    def __init__(self, recipe):
        self.recipe, self.own = recipe, data.load(recipe)
        both = np.concatenate([self.own.train, self.own.test]).astype(float)
        self.pixels, self.size = np.concatenate([self.own.train, self.own.test]), len(
            self.own.train
        )
        self.everything = self.standardised(both)
        names = [each for each in (self.own.coarse_names, self.own.class_names) if each]
        start = Cnn(
            self.everything.shape[1:],
            [len(each) for each in names],
            recipe.init_seed,
            torch.float64,
            "cpu",
            recipe.init,
            recipe.feature_norm == "on",
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

    def rate(self, step, per_epoch, warmup=True):
        """The learning rate of a stage's step, from 0: a fifth from each of three shares on."""
        whole = self.recipe.epochs * per_epoch
        passed = sum(10 * (step + 1) > tenths * whole for tenths in (3, 6, 8))
        warm = self.recipe.warmup * per_epoch
        return self.recipe.lr * 0.2**passed * (min(1, (step + 1) / warm) if warm else 1)

    def cells(self, rates, step):
        """Site, λ, weight of the own label, class-unbiased and clean, as in the first table."""
        recipe = self.recipe
        site = rates.site[step] if recipe.site == "random" else 4
        if recipe.method in ("ce", "mixup"):
            return None, 1.0, 1.0, False, False
        if recipe.method == "manifold":
            return site, rates.lam[step], rates.lam[step], False, False
        lam, ama = math.exp(-recipe.beta * self.v_acc), recipe.method.startswith("ama")
        return site, lam, float(lam >= 0.5), ama or recipe.class_unbiased == "on", ama

    def loss(self, batches, rates, step, rows, labels):
        """The objective of a step; note how many clean rows are classified right."""
        place = batches.slices[step]
        classes = len(self.weights[f"head_bias{self.head}"][0, 0])
        targets = torch.eye(classes, dtype=torch.float64)[labels[place]]
        other = torch.tensor(batches.partner[place] - place.start)
        rows, mixed_inputs = rows[place], self.recipe.method in ("mixup", "ama_mixup")
        if mixed_inputs:
            lam = rates.lam[step]
            rows, targets = (lam * part + (1 - lam) * part[other] for part in (rows, targets))
        site, lam, own, unbiased, beside = self.cells(rates, step)
        first, second = torch.arange(len(rows)), other
        if unbiased:
            counted = labels.numpy()
            if mixed_inputs:
                larger = rates.lam[batches.step] >= 0.5
                counted = np.where(larger, counted, counted[batches.partner])
            drawn = draw_pairs(self.recipe.batch_seed, self.epoch, counted, batches.step)
            first, second = (torch.tensor(each[place] - place.start) for each in drawn)
        mixed_targets = own * targets[first] + (1 - own) * targets[second]

        def mix(h):
            return lam * h[first] + (1 - lam) * h[second]

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
        if not mixed_inputs and (site in (None, 4) or (beside and self.recipe.site == "random")):
            told = logits_of(self.weights, clean[: len(rows)], self.head).argmax(1)
            self.right += int((told == labels[place]).sum())
            self.seen += len(rows)
        return loss

    def train_stage(self, labels):
        """Train encoder and classifier; yield at the end of each epoch."""
        recipe, moving = self.recipe, [w for n, w in self.weights.items() if n[:4] != "head"]
        moving += [self.weights[f"{name}{self.head}"] for name in ("head", "head_bias")]
        sgd = torch.optim.SGD(moving, 1, momentum=0.9, weight_decay=5e-4)
        for epoch in range(recipe.epochs):
            batches = draw_batches(recipe.batch_seed, self.epoch, self.size, recipe.batch_size)
            steps = len(batches.slices)
            rates = draw_rates(recipe.batch_seed, self.epoch, steps, recipe.alpha, 5)
            rows, own = self.rows_of(batches.order), labels[batches.order]
            self.right = self.seen = 0
            for step in range(steps):
                sgd.param_groups[0]["lr"] = self.rate(epoch * steps + step, steps)
                sgd.zero_grad()
                self.loss(batches, rates, step, rows, own).backward()
                sgd.step()
            self.v_acc = self.right / self.seen if self.seen else self.v_acc
            self.epoch += 1
            yield self.state()

    def train_classifier(self, labels):
        """Train a classifier on the features of the frozen encoder, by plain cross entropy."""
        recipe, rows = self.recipe, self.looked()[: self.size]
        moving = [self.weights[f"{name}{self.head}"] for name in ("head", "head_bias")]
        sgd = torch.optim.SGD(moving, 1, momentum=0.9, weight_decay=5e-4)
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

    def looked(self):
        with torch.no_grad():
            return features_of(self.weights, self.moments, self.everything, training=False)[0]

    def state(self):
        heads = [
            self.weights[name][0].T.detach().clone() for name in ("head0", "head1")
            if name in self.weights
        ]
        return SimpleNamespace(features=self.looked(), heads=heads, v_acc=self.v_acc)

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
        if snapshot.whole:
            torch.testing.assert_close(snapshot.features[0], plain.features, **close)
        torch.testing.assert_close(snapshot.weight[0], plain.heads[-1], **close)
        if len(plain.heads) > 1:
            torch.testing.assert_close(snapshot.coarse[0][0], plain.heads[0], **close)
        if recipe.method in OF_CELLS and snapshot.epoch < recipe.epochs:
            assert snapshot.lam[0] == pytest.approx(math.exp(-recipe.beta * plain.v_acc))
    assert snapshots[-1].whole
