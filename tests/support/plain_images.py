"""A run on images as a plain loop, to compare the training with."""

import math
from types import SimpleNamespace

import numpy as np
import torch
from support.plain_cnn import build, features_of, logits_of, moments_of, parameters_of

from ammix_viz.datasets.table import load_dataset
from ammix_viz.methods.sampling import draw_batches, draw_crops, draw_pairs, draw_rates


def shared(first, second, lam):
    """λ · first + (1 - λ) · second, with one λ or one a row."""
    lam = torch.as_tensor(lam).view(-1, *(1 for _ in first.shape[1:]))
    return lam * first + (1 - lam) * second


class PlainRun:
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
