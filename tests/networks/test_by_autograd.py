"""A network that is any module, by autograd, against the stacked MLP, whose gradient is by hand."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from ammix_viz.networks import stacked_mlp
from ammix_viz.networks.by_autograd import ByAutograd
from ammix_viz.networks.table import NETWORKS, Entry
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train

RECIPE = Recipe(imbalance=200, epochs=2, batch_size=100, lr=0.02)


class ToyEncoder(nn.Module):
    """2-128-64-2, with ReLU between."""

    def __init__(self, spec, start):
        super().__init__()
        self.layers = nn.ModuleList(
            start.linear(*own) for own in ((spec.shape[0], 128), (128, 64), (64, 2))
        )

    def forward(self, rows, mix_at):
        for site, layer in enumerate(self.layers[:-1], 1):
            rows = mix_at(site, torch.relu(layer(rows)))
        return self.layers[-1](rows)


def toy_by_autograd(spec):
    """The toy MLP as a module that starts where the stacked one does."""
    network = ByAutograd(ToyEncoder, spec)
    layers = stacked_mlp.init(spec.seeds, *spec.heads, spec.dtype, spec.device)
    names = [*(f"encoder.layers.{level}" for level in range(3)), "heads.0"]
    for name, weight, bias in zip(names, layers.weight, layers.bias, strict=True):
        network.state()[f"{name}.weight"].copy_(weight[0].T)
        network.state()[f"{name}.bias"].copy_(bias[0, 0])
    return network


@pytest.mark.parametrize(
    "recipe",
    [
        replace(RECIPE, method="ce"),
        replace(RECIPE, method="am_mixup", site="random", init_seed=3),
        replace(RECIPE, method="ama", site="random", weight_decay=0.05),
        replace(RECIPE, method="ama_mixup"),
        replace(RECIPE, method="supcon", epochs=1),
    ],
    ids=lambda recipe: recipe.method,
)
def test_a_module_behind_the_protocol_trains_as_the_hand_derived_gradient_does(recipe, monkeypatch):
    expected = list(train([recipe], torch.float64))
    entry = Entry("Toy MLP by autograd", "points", 4, toy_by_autograd)
    monkeypatch.setitem(NETWORKS, "mlp", entry)
    snapshots = list(train([recipe], torch.float64))
    assert len(snapshots) == len(expected) > 3
    for own, by_hand in zip(snapshots, expected, strict=True):
        for name in ("features", "weight", "bias"):
            torch.testing.assert_close(
                getattr(own, name), getattr(by_hand, name), rtol=1e-7, atol=1e-8
            )
        assert own.loss == pytest.approx(by_hand.loss)


def test_runs_of_a_network_that_is_not_stacked_train_one_by_one(monkeypatch):
    seeds = [replace(RECIPE, init_seed=seed) for seed in (0, 1)]
    assert seeds[0].stack == seeds[1].stack
    monkeypatch.setitem(NETWORKS, "mlp", Entry("One", "points", 4, toy_by_autograd))
    assert seeds[0].stack != seeds[1].stack
    with pytest.raises(ValueError, match="Runs in one stack share"):
        next(train(seeds))
