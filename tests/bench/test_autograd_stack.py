"""What benchmarks compare the hand-derived gradient with computes the same."""

from dataclasses import replace

import pytest
import torch

from ammix_viz.bench.autograd_stack import by_autograd
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train

RECIPE = Recipe(imbalance=200, epochs=1, batch_size=100, lr=0.02)
STACKS = {
    "single": [replace(RECIPE, method=m) for m in ("ce", "mixup", "manifold", "am_mixup")],
    "doubled": [replace(RECIPE, method="ama", site="random", init_seed=seed) for seed in (1, 2)],
    "contrastive": [replace(RECIPE, method="supcon")],
}


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_by_autograd_trains_as_the_hand_derived_gradient_does(name):
    expected = [*train(STACKS[name], torch.float64)][-1]
    with by_autograd():
        own = [*train(STACKS[name], torch.float64)][-1]
    assert not torch.equal(own.features, expected.features)  # other sums, so other last digits
    torch.testing.assert_close(own.features, expected.features, rtol=1e-7, atol=1e-8)
    torch.testing.assert_close(own.weight, expected.weight, rtol=1e-7, atol=1e-8)
