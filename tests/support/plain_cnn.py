"""CNN-Vis2D written with `torch.nn.functional`, for autograd to follow."""

from torch.nn import functional


def parameters_of(network):
    """Copies that autograd follows, by name."""
    return {name: own.clone().requires_grad_() for name, own in network.weights.items()}


def moments_of(network):
    """Copies of the running moments, a pair for each batch norm."""
    sizes = [32, 64, 128] + [2] * network.feature_norm
    return [pair.clone() for pair in network.running.split(sizes, dim=1)]


def normed(weights, moments, name, rows, training):
    mean, variance = moments
    scale, shift = weights[f"scale{name}"], weights[f"shift{name}"]
    return functional.batch_norm(rows, mean, variance, scale, shift, training, 0.1, 1e-5)


def features_of(weights, moments, rows, mixed=None, training=True):
    """Features behind site 4, and before it; `mixed` is {site: what happens to rows there}."""
    mixed = mixed or {}
    for level in range(3):
        rows = functional.conv2d(rows, weights[f"kernel{level}"].permute(0, 3, 1, 2), padding=1)
        rows = normed(weights, moments[level], level, rows, training)
        rows = functional.max_pool2d(functional.relu(rows), 2)
        rows = mixed.get(level + 1, lambda own: own)(rows)
    flat = rows.permute(0, 2, 3, 1).flatten(1)
    clean = functional.linear(flat, weights["feature"].T, weights["feature_bias"])
    if len(moments) == 4:
        clean = normed(weights, moments[3], "", clean, training)
    return mixed.get(4, lambda own: own)(clean), clean


def logits_of(weights, features, head=0):
    return functional.linear(
        features, weights[f"head{head}"][0].T, weights[f"head_bias{head}"][0, 0]
    )
