"""CNN-Vis2D, one run: parameters, forward pass and its hand-derived gradient (AMM A.1).

Three blocks of a 3×3 convolution, batch norm, ReLU and 2×2 max pool; then linear to the 2-D
feature, and linear classifiers on it. Activations lie channels-last in memory. Of each block, the
pool comes before batch norm and ReLU: where the scale γ is positive both are monotone, so that the
result is the same and a quarter of the work; where it is negative, the kernel's sign and γ's are
turned, which changes nothing either. Convolution, moments and pool run over a few images at a
time, so that the activations stay in cache.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from ammix_viz.objective import Mixing, mix, unmix

WIDTHS = (32, 64, 128)
EPSILON, MOMENTUM = 1e-5, 0.1
"""Of batch norm, as in `torch.nn.BatchNorm2d`."""

CACHE = 2**20
"""Numbers of an activation that are computed at a time, to stay in a core's cache."""

convolution_backward = torch.ops.aten.convolution_backward
pool_forward = torch.ops.aten.max_pool2d_with_indices.out
pool_backward = torch.ops.aten.max_pool2d_with_indices_backward


@dataclass
class _Block:
    """What the backward pass needs of a block's forward pass."""

    inputs: Sequence[Tensor]
    kernel: Tensor
    turn: Tensor
    outputs: list[Tensor]
    pooled: Tensor
    indices: Tensor
    mean: Tensor
    deviation: Tensor
    activated: Tensor


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
        self._memory: dict[tuple[int, int], tuple[Tensor, Tensor]] = {}
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
        for level in range(len(WIDTHS)):
            rows = self._block(level, rows)
            if level + 1 in mixings:
                rows = _mixed(rows, mixings[level + 1])
        self.flattened = rows.permute(0, 2, 3, 1).reshape(len(rows), -1)
        weights = self.weights
        features = torch.addmm(weights["feature_bias"], self.flattened, weights["feature"])
        self.clean = self._normalised(features)[None]
        site = len(WIDTHS) + 1
        self.features = mix(self.clean, mixings[site]) if site in mixings else self.clean
        return self.features

    def _block(self, level: int, rows: Tensor) -> Tensor:
        kernel, turn = self._turned(level)
        size = self._at_a_time(level)
        inputs, outputs, moments = rows.split(size), [], []
        pooled, indices = self._pools(level, len(rows))
        for part, *pools in zip(inputs, pooled.split(size), indices.split(size), strict=True):
            output = _convolved(part, kernel)
            moments.append(torch.batch_norm_update_stats(output, None, None, 0.0))
            pool_forward(
                output, [2, 2], [2, 2], [0, 0], [1, 1], False, out=pools[0], indices=pools[1]
            )
            outputs.append(output)
        count = len(rows) * outputs[0][0, 0].numel()
        mean, variance = _whole_moments(moments, [len(part) / len(rows) for part in inputs])
        self._run(_channels(level), mean * turn, variance, count)
        deviation = (variance + EPSILON).sqrt()
        slope = self.weights[f"scale{level}"] * turn / deviation
        shift = self.weights[f"shift{level}"] - slope * mean
        activated = torch.addcmul(_across(shift), pooled, _across(slope)).relu_()
        saved = (inputs, kernel, turn, outputs, pooled, indices, mean, deviation, activated)
        self.blocks.append(_Block(*saved))
        return activated

    def _pools(self, level: int, rows: int) -> tuple[Tensor, Tensor]:
        """Return memory for a block's pooled rows and where they come from, kept for each step."""
        if (level, rows) not in self._memory:
            _, height, width = self.shape
            shape = rows, height >> level + 1, width >> level + 1, WIDTHS[level]
            empty = self.flat.new_empty(shape).permute(0, 3, 1, 2)
            self._memory[level, rows] = empty, torch.empty_like(empty, dtype=torch.int64)
        return self._memory[level, rows]

    def _turned(self, level: int) -> tuple[Tensor, Tensor]:
        """Return a kernel (out, in, 3, 3) with the sign of its γ, and that sign."""
        turn = torch.where(self.weights[f"scale{level}"] < 0, -1.0, 1.0).to(self.flat)
        kernel = self.weights[f"kernel{level}"] * turn[:, None, None, None]
        return kernel.permute(0, 3, 1, 2), turn

    def _at_a_time(self, level: int) -> int:
        if self.flat.device.type != "cpu":
            return 2**30
        _, height, width = self.shape
        return max(1, CACHE // (WIDTHS[level] * (height >> level) * (width >> level)))

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
            activated = self.blocks[level].activated
            if level + 1 in self.mixings:
                delta = delta.view(1, len(delta), -1)
                delta = unmix(delta, self.mixings[level + 1], len(activated))[0]
            delta = self._backward_block(level, _as_images(delta, activated))

    def _backward_block(self, level: int, delta: Tensor) -> Tensor:
        """Return the gradient for a block's rows, flattened, given that for its result.

        Batch norm's slope goes into the kernel, so that no activation is multiplied by it.
        """
        block = self.blocks[level]
        delta = torch.ops.aten.threshold_backward(delta, block.activated, 0)
        count = sum(len(part) for part in block.outputs) * block.outputs[0][0, 0].numel()
        at_shift = delta.sum((0, 2, 3))
        at_scale = (delta * block.pooled).sum((0, 2, 3)) - block.mean * at_shift
        at_scale /= block.deviation
        self.gradients[f"shift{level}"].copy_(at_shift)
        self.gradients[f"scale{level}"].copy_(at_scale * block.turn)
        pull = -at_scale / (count * block.deviation)
        rest = -at_shift / count - pull * block.mean
        slope = self.weights[f"scale{level}"] * block.turn / block.deviation
        kernel = block.kernel * slope[:, None, None, None]
        size, parts, gradient = len(block.outputs[0]), [], 0
        for part, output, own, index in zip(
            block.inputs, block.outputs, delta.split(size), block.indices.split(size), strict=True
        ):
            own = pool_backward(own, output, [2, 2], [2, 2], [0, 0], [1, 1], False, index)
            own.addcmul_(output, _across(pull)).add_(_across(rest))
            at_part, at_kernel = _backward_convolution(own, part, kernel, level > 0)
            gradient = at_kernel + gradient
            parts.append(at_part)
        own = (slope * block.turn)[:, None, None, None]
        self.gradients[f"kernel{level}"].copy_(gradient.permute(0, 2, 3, 1) * own)
        return _flattened(torch.cat(parts) if len(parts) > 1 else parts[0]) if level else delta

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
        for level in range(len(WIDTHS)):
            kernel, turn = self._turned(level)
            mean, variance = self.running[:, _channels(level)]
            slope = self.weights[f"scale{level}"] * turn / (variance + EPSILON).sqrt()
            shift = self.weights[f"shift{level}"] - mean * turn * slope
            pools = [
                torch.max_pool2d(_convolved(part, kernel), 2)
                for part in rows.split(self._at_a_time(level))
            ]
            rows = torch.addcmul(_across(shift), torch.cat(pools), _across(slope)).relu_()
        features = torch.addmm(
            self.weights["feature_bias"], _flattened(rows), self.weights["feature"]
        )
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


def _convolved(rows: Tensor, kernel: Tensor) -> Tensor:
    """Convolve images, channels last in memory; of one channel alone torch would not see it."""
    return conv2d(rows, kernel, padding=1).contiguous(memory_format=torch.channels_last)


def _channels(level: int) -> slice:
    """Return where a block's moments lie in `running`."""
    start = sum(WIDTHS[:level])
    return slice(start, start + WIDTHS[level])


def _across(values: Tensor) -> Tensor:
    """Return one value a channel as it stands beside images (B, C, H, W)."""
    return values[:, None, None]


def _whole_moments(moments: list, shares: list[float]) -> tuple[Tensor, Tensor]:
    """Return mean and variance of a batch, given those of its parts."""
    means, variances = (torch.stack(each) for each in zip(*moments, strict=True))
    share = means.new_tensor(shares)[:, None]
    mean = (means * share).sum(0)
    return mean, ((variances + (means - mean).square()) * share).sum(0)


def _flattened(rows: Tensor) -> Tensor:
    """Return images (B, C, H, W) as (B, H·W·C), as they lie in memory."""
    return rows.permute(0, 2, 3, 1).reshape(len(rows), -1)


def _as_images(rows: Tensor, like: Tensor) -> Tensor:
    """Return rows (B, H·W·C) as images (B, C, H, W) of the same form as others."""
    _, channels, height, width = like.shape
    return rows.reshape(-1, height, width, channels).permute(0, 3, 1, 2)


def _mixed(rows: Tensor, mixing: Mixing) -> Tensor:
    return _as_images(mix(_flattened(rows)[None], mixing)[0], rows)


def _backward_convolution(
    delta: Tensor, rows: Tensor, kernel: Tensor, for_rows: bool
) -> tuple[Tensor | None, Tensor]:
    ones, mask = [1, 1], [for_rows, True, False]
    at_rows, at_kernel, _ = convolution_backward(
        delta, rows, kernel, None, ones, ones, ones, False, [0, 0], 1, mask
    )
    return at_rows, at_kernel
