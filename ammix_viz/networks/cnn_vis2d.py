"""CNN-Vis2D, one run: parameters, forward pass and its hand-derived gradient (AMM A.1).

Three blocks of a 3×3 convolution, batch norm, ReLU and 2×2 max pool; then linear to the 2-D
feature, and linear classifiers on it. Activations lie channels-last in memory.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from ammix_viz.networks.blocks import EPSILON, Block, FirstBlock, Layer, look
from ammix_viz.networks.mixing import Mixing, mix, unmix

WIDTHS = (32, 64, 128)
MOMENTUM = 0.1
"""Of batch norm's running moments, as in `torch.nn.BatchNorm2d`."""

NAMES = ("kernel", "scale", "shift")
"""Of a block's parameters."""


class Cnn:
    """CNN-Vis2D with a classifier for each number of classes; a leading axis of one run.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of the images.
    heads : sequence of int
        Classes of each classifier.
    seed : int
        Of the initial weights.
    dtype, device
        Of the parameters.
    init : {"uniform", "he"}
        Weights uniform within ±1/√fan-in, as `torch.nn` draws them, or normal of variance
        2 / fan-in.
    feature_norm : bool
        Whether a batch norm follows the 2-D feature.

    Attributes
    ----------
    flat, gradient : Tensor of shape (P,)
        Parameters and their gradient: blocks, feature, classifiers.
    running : Tensor
        Moments that batch norm uses to evaluate: means and variances, block by block.
    head : int
        The classifier that `classify` and `backward` are about.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        heads: Sequence[int],
        seed: int,
        dtype: torch.dtype,
        device: str,
        init: str = "uniform",
        feature_norm: bool = False,
    ) -> None:
        self.shape, self.heads, self.feature_norm, self.head = shape, heads, feature_norm, 0
        self.shapes = self._shapes()
        size = sum(math.prod(each) for each in self.shapes.values())
        self.flat = torch.zeros(size, dtype=dtype, device=device)
        self.gradient = torch.zeros_like(self.flat)
        self.weights, self.gradients = self._views(self.flat), self._views(self.gradient)
        moments = sum(WIDTHS) + 2 * feature_norm
        self.running = torch.stack([torch.zeros(moments), torch.ones(moments)]).to(self.flat)
        self.layers, self._gradients = (
            [Layer(*(each[f"{n}{level}"] for n in NAMES)) for level in range(len(WIDTHS))]
            for each in (self.weights, self.gradients)
        )
        self._draw(torch.Generator().manual_seed(seed), init)

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every parameter; kernels are (out, 3, 3, in)."""
        channels, height, width = self.shape
        shapes: dict[str, tuple[int, ...]] = {}
        for level, (into, out) in enumerate(zip((channels, *WIDTHS), WIDTHS, strict=False)):
            shapes |= {f"kernel{level}": (out, 3, 3, into), f"scale{level}": (out,)}
            shapes |= {f"shift{level}": (out,)}
        flat = WIDTHS[-1] * (height // 8) * (width // 8)
        shapes |= {"feature": (flat, 2), "feature_bias": (2,)}
        if self.feature_norm:
            shapes |= {"scale": (2,), "shift": (2,)}
        for index, classes in enumerate(self.heads):
            shapes |= {f"head{index}": (1, 2, classes), f"head_bias{index}": (1, 1, classes)}
        return shapes

    def _views(self, flat: Tensor) -> dict[str, Tensor]:
        sizes = [math.prod(shape) for shape in self.shapes.values()]
        parts = zip(self.shapes.items(), flat.split(sizes), strict=True)
        return {name: part.view(shape) for (name, shape), part in parts}

    def _draw(self, generator: torch.Generator, init: str) -> None:
        for name, weight in self.weights.items():
            if name.startswith("scale"):
                weight.fill_(1)
            elif not name.startswith("shift"):
                source = self.weights[name.replace("_bias", "")]
                fan_in = math.prod(source.shape[1:]) if "kernel" in name else source.shape[-2]
                weight.copy_(_drawn(weight.shape, fan_in, init, "bias" in name, generator))

    @property
    def encoder(self) -> slice:
        """Where the encoder's parameters lie in `flat`; those of the classifiers follow."""
        of_heads = (math.prod(s) for name, s in self.shapes.items() if name.startswith("head"))
        return slice(0, self.flat.numel() - sum(of_heads))

    @property
    def classifier(self) -> slice:
        """Where the parameters of the classifier in use lie."""
        sizes = [2 * classes + classes for classes in self.heads]
        start = self.encoder.stop + sum(sizes[: self.head])
        return slice(start, start + sizes[self.head])

    # Forward.

    def encode(self, rows: Tensor, mixings: Mapping[int, Mixing]) -> Tensor:
        """Encode a batch (B, C, H, W), mixing rows behind a block or the feature.

        Returns
        -------
        features : Tensor of shape (1, M, 2)
            What goes to the classifier. `clean` holds the features before they are mixed.
        """
        self.mixings, self.blocks = mixings, []
        for level, layer in enumerate(self.layers):
            block = Block(rows, layer) if level else FirstBlock(rows, layer)
            self._run(_channels(level), block.mean, block.variance, block.count)
            self.blocks.append(block)
            rows = block.activated
            if level + 1 in mixings:
                rows = _mixed(rows, mixings[level + 1])
        self.flattened = _flattened(rows)
        weights = self.weights
        features = torch.addmm(weights["feature_bias"], self.flattened, weights["feature"])
        self.clean = self._normalised(features)[None]
        site = len(WIDTHS) + 1
        self.features = mix(self.clean, mixings[site]) if site in mixings else self.clean
        return self.features

    def _run(self, channels: slice, mean: Tensor, variance: Tensor, count: int) -> None:
        moments = torch.stack([mean, variance * (count / max(count - 1, 1))])
        self.running[:, channels].lerp_(moments, MOMENTUM)

    def _normalised(self, features: Tensor) -> Tensor:
        """Apply the batch norm on the feature (N, 2), if there is one."""
        if not self.feature_norm:
            return features
        variance, mean = torch.var_mean(features, 0, correction=0)
        self._run(slice(-2, None), mean, variance, len(features))
        self.feature_deviation = (variance + EPSILON).sqrt()
        self.feature_normal = (features - mean) / self.feature_deviation
        return self.feature_normal * self.weights["scale"] + self.weights["shift"]

    def classify(self, features: Tensor) -> Tensor:
        """Return the logits (1, N, K) of features (1, N, 2), the classes outermost in memory."""
        weight, bias = self.weight_and_bias
        return torch.baddbmm(bias.mT, weight.mT, features.mT).mT

    @property
    def weight_and_bias(self) -> tuple[Tensor, Tensor]:
        """The classifier in use, (1, 2, K) and (1, 1, K)."""
        return self.weights[f"head{self.head}"], self.weights[f"head_bias{self.head}"]

    # Backward.

    def backward(self, at_logits: Tensor) -> None:
        """Fill `gradient` with the loss's gradient, given that for the logits."""
        self.backward_classifier(self.features, at_logits)
        at_features = at_logits @ self.weight_and_bias[0].mT
        site = len(WIDTHS) + 1
        if site in self.mixings:
            at_features = unmix(at_features, self.mixings[site], self.clean.shape[1])
        self.backward_features(at_features)

    def backward_classifier(self, features: Tensor, at_logits: Tensor) -> None:
        """Fill the classifier's part of `gradient`."""
        torch.bmm(features.mT, at_logits, out=self.gradients[f"head{self.head}"])
        torch.sum(at_logits, 1, keepdim=True, out=self.gradients[f"head_bias{self.head}"])

    def backward_features(self, at_features: Tensor) -> None:
        """Fill the encoder's part of `gradient`, given the gradient for features (1, N, 2)."""
        delta = at_features[0]
        if self.feature_norm:
            delta = self._backward_norm(delta)
        torch.mm(self.flattened.T, delta, out=self.gradients["feature"])
        torch.sum(delta, 0, out=self.gradients["feature_bias"])
        delta = delta @ self.weights["feature"].T
        for level in reversed(range(len(WIDTHS))):
            block = self.blocks[level]
            if level + 1 in self.mixings:
                delta = delta.view(1, len(delta), -1)
                delta = unmix(delta, self.mixings[level + 1], len(block.activated))[0]
            delta = _as_images(delta, block.activated)
            delta = block.backward(delta, self._gradients[level])
            delta = _flattened(delta) if level else delta

    def _backward_norm(self, delta: Tensor) -> Tensor:
        normal, count = self.feature_normal, len(delta)
        at_shift, at_scale = delta.sum(0), (delta * normal).sum(0)
        self.gradients["shift"].copy_(at_shift)
        self.gradients["scale"].copy_(at_scale)
        slope = self.weights["scale"] / self.feature_deviation
        return slope * (delta - at_shift / count - normal * (at_scale / count))

    # Evaluation.

    def look(self, rows: Tensor) -> Tensor:
        """Return the features (B, 2) of images (B, C, H, W), batch norm at its running moments."""
        for level, layer in enumerate(self.layers):
            rows = look(rows, layer, self.running[:, _channels(level)])
        weight, bias = self.weights["feature"], self.weights["feature_bias"]
        features = torch.addmm(bias, _flattened(rows), weight)
        if not self.feature_norm:
            return features
        mean, variance = self.running[:, -2:]
        normal = (features - mean) / (variance + EPSILON).sqrt()
        return normal * self.weights["scale"] + self.weights["shift"]


def _drawn(
    shape: Sequence[int], fan_in: int, init: str, bias: bool, generator: torch.Generator
) -> Tensor:
    if init == "he":
        normal = torch.randn(shape, generator=generator, dtype=torch.float64)
        return normal * (0 if bias else (2 / fan_in) ** 0.5)
    uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
    return (2 * uniform - 1) * fan_in**-0.5


def _channels(level: int) -> slice:
    """Return where a block's moments lie in `running`."""
    start = sum(WIDTHS[:level])
    return slice(start, start + WIDTHS[level])


def _flattened(rows: Tensor) -> Tensor:
    """Return images (B, C, H, W) as (B, H·W·C), as they lie in memory."""
    return rows.permute(0, 2, 3, 1).reshape(len(rows), -1)


def _as_images(rows: Tensor, like: Tensor) -> Tensor:
    """Return rows (B, H·W·C) as images (B, C, H, W) of the same form as others."""
    _, channels, height, width = like.shape
    return rows.reshape(-1, height, width, channels).permute(0, 3, 1, 2)


def _mixed(rows: Tensor, mixing: Mixing) -> Tensor:
    return _as_images(mix(_flattened(rows)[None], mixing)[0], rows)
