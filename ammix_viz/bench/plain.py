"""What a person would write first: one method a run, plain PyTorch, no metrics and no files."""

import math

import torch
from torch import nn
from torch.nn import functional

from ammix_viz.datasets.table import load_dataset
from ammix_viz.settings.recipe import Recipe


def train(recipe: Recipe) -> nn.Module:
    """Train one run of the toy the usual way and return its network."""
    points = load_dataset(recipe)
    inputs = torch.from_numpy(points.train).float()
    labels = torch.from_numpy(points.train_labels)
    encoder = nn.Sequential(
        nn.Linear(2, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 2)
    )
    network = nn.Sequential(encoder, nn.Linear(2, 4))
    optimiser = torch.optim.SGD(network.parameters(), lr=recipe.lr, momentum=0.9, weight_decay=5e-4)
    v_acc = 0.0
    for _ in range(recipe.epochs):
        right = torch.zeros(())
        for index in torch.randperm(len(inputs)).split(recipe.batch_size):
            optimiser.zero_grad()
            loss, logits = _loss(network, inputs[index], labels[index], recipe, v_acc)
            loss.backward()
            optimiser.step()
            right += (logits.argmax(1) == labels[index]).sum()
        v_acc = float(right) / len(inputs)
    return network


def _loss(
    network: nn.Sequential, rows: torch.Tensor, labels: torch.Tensor, recipe: Recipe, v_acc: float
) -> tuple[torch.Tensor, torch.Tensor]:
    encoder, classifier = network
    if recipe.method == "ce":
        logits = classifier(encoder(rows))
        return functional.cross_entropy(logits, labels), logits
    other = torch.randperm(len(rows))
    lam = float(torch.distributions.Beta(recipe.alpha, recipe.alpha).sample())
    label_share = lam
    if recipe.method == "am_mixup":
        lam = math.exp(-recipe.beta * v_acc)
        label_share = float(lam >= 0.5)
    if recipe.method == "mixup":
        features = encoder(lam * rows + (1 - lam) * rows[other])
    else:
        features = encoder(rows)
        features = lam * features + (1 - lam) * features[other]
    logits = classifier(features)
    first = functional.cross_entropy(logits, labels)
    second = functional.cross_entropy(logits, labels[other])
    return label_share * first + (1 - label_share) * second, logits
