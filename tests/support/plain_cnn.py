"""CNN-Vis2D written with `torch.nn.functional`, for autograd to follow."""

import torch
from torch.nn import functional

from ammix_viz.networks.cnn_vis2d import cnn_vis2d
from ammix_viz.networks.protocol import Spec

NAMES = {
    "feature": "encoder.feature.weight",
    "feature_bias": "encoder.feature.bias",
    "hidden": "encoder.hidden.weight",
    "hidden_bias": "encoder.hidden.bias",
    "scale": "encoder.norm.scale",
    "shift": "encoder.norm.shift",
    "head0": "heads.0.weight",
    "head_bias0": "heads.0.bias",
    "head1": "heads.1.weight",
    "head_bias1": "heads.1.bias",
}
for level in range(3):
    NAMES |= {
        f"kernel{level}": f"encoder.blocks.{level}.kernel",
        f"bias{level}": f"encoder.blocks.{level}.bias",
        f"scale{level}": f"encoder.blocks.{level}.norm.scale",
        f"shift{level}": f"encoder.blocks.{level}.norm.shift",
    }
NORMS = [*(f"encoder.blocks.{level}.norm" for level in range(3)), "encoder.norm"]


def build(shape, heads, seed, dtype=torch.float64, **settings):
    """CNN-Vis2D that is about to learn everything."""
    network = cnn_vis2d(Spec(shape, tuple(heads), 5, (seed,), dtype, settings=settings))
    network.begin("all", 0)
    return network


def views_of(network):
    """The network's parameters, by short names."""
    state = network.state()
    return {name: state[own] for name, own in NAMES.items() if own in state}


def parameters_of(network):
    """Copies that autograd follows, by name."""
    return {name: own.clone().requires_grad_() for name, own in views_of(network).items()}


def moments_of(network):
    """Copies of the running moments, a pair for each batch norm."""
    state = network.state()
    return [
        torch.stack([state[f"{name}.mean"], state[f"{name}.variance"]])
        for name in NORMS
        if f"{name}.mean" in state
    ]


def normed(weights, moments, name, rows, training):
    mean, variance = moments
    scale, shift = weights[f"scale{name}"], weights[f"shift{name}"]
    return functional.batch_norm(rows, mean, variance, scale, shift, training, 0.1, 1e-5)


def features_of(weights, moments, rows, mixed=None, training=True, pooled=True):
    """Features behind site 4, and before it; `mixed` is {site: what happens to rows there}."""
    mixed = mixed or {}
    for level in range(3):
        kernel = weights[f"kernel{level}"]
        rows = functional.conv2d(rows, kernel, weights.get(f"bias{level}"), padding=1)
        if f"scale{level}" in weights:
            rows = normed(weights, moments[level], level, rows, training)
        rows = functional.max_pool2d(functional.relu(rows), 2)
        rows = mixed.get(level + 1, lambda own: own)(rows)
    flat = rows.mean((2, 3)) if pooled else rows.permute(0, 2, 3, 1).flatten(1)
    if "hidden" in weights:
        flat = functional.relu(functional.linear(flat, weights["hidden"], weights["hidden_bias"]))
    clean = functional.linear(flat, weights["feature"], weights["feature_bias"])
    if "scale" in weights:
        clean = normed(weights, moments[-1], "", clean, training)
    return mixed.get(4, lambda own: own)(clean), clean


def logits_of(weights, features, head=0):
    return functional.linear(features, weights[f"head{head}"], weights[f"head_bias{head}"])
