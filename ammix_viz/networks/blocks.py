"""The blocks of CNN-Vis2D: 3×3 convolution, batch norm, ReLU and 2×2 max pool, with gradients.

Pool comes before ReLU, which changes nothing and leaves a quarter of the work. Memory costs more
here than arithmetic: what is large stays in place from step to step, where it can, since fresh
pages cost more than what is put there.

Kernels are (K, 3, 3, C), images (B, C, H, W) with channels last in memory.
"""

import itertools
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

EPSILON = 1e-5
"""Of batch norm, as in `torch.nn.BatchNorm2d`."""

CORNERS = tuple(itertools.product((0, 1), (0, 1)))
"""Where the four outputs of a pool lie, and their 3×3 pixels among its 4×4."""

convolution_backward = torch.ops.aten.convolution_backward
threshold_backward = torch.ops.aten.threshold_backward
pool_forward = torch.ops.aten.max_pool2d_with_indices.out
pool_backward = torch.ops.aten.max_pool2d_with_indices_backward.grad_input


@dataclass(frozen=True)
class Layer:
    """A block's parameters or their gradients, and its memory.

    Attributes
    ----------
    kernel : Tensor of shape (K, 3, 3, C)
        Of the convolution.
    scale, shift : Tensor of shape (K,)
        Of batch norm.
    kept : dict
        Memory that lasts from step to step, by its use and shape.
    """

    kernel: Tensor
    scale: Tensor
    shift: Tensor
    kept: dict[tuple, Tensor] = field(default_factory=dict)

    def memory(self, use: str, *shape: int) -> Tensor:
        """Return memory of that shape, for numbers or, by its use, for `indices`."""
        if (use, shape) not in self.kept:
            dtype = torch.int64 if use == "indices" else self.kernel.dtype
            self.kept[use, shape] = self.kernel.new_empty(shape, dtype=dtype)
        return self.kept[use, shape]


class FirstBlock:
    """The block that sees images: a matrix product with the 4×4 pixels behind each pool.

    Those windows are few numbers, of few channels; and all that moments and gradients ask of the
    outputs, besides their pool, follows from the windows' sum and the sum of their products.

    Parameters
    ----------
    rows : Tensor of shape (B, C, H, W)
        Images.
    layer : Layer
        Parameters.

    Attributes
    ----------
    activated : Tensor of shape (B, K, H / 2, W / 2)
        What the block makes of them.
    mean, variance : Tensor of shape (K,)
        Moments of the convolution's outputs.
    count : int
        Outputs of a channel.
    """

    def __init__(self, rows: Tensor, layer: Layer) -> None:
        images, _, height, width = rows.shape
        pools, channels = images * height * width // 4, len(layer.scale)
        self._windows = _windows(rows, layer.memory("windows", pools, 16 * rows.shape[1]))
        self._weights = _in_windows(layer.kernel)
        self._sum = self._windows.new_ones(pools) @ self._windows
        self._products = self._windows.T @ self._windows
        self.count = 4 * pools
        self.mean = _over_corners(self._sum @ self._weights) / self.count
        squares = _over_corners((self._weights * (self._products @ self._weights)).sum(0))
        self.variance = (squares / self.count - self.mean.square()).clamp_min_(0)
        self._deviation = (self.variance + EPSILON).sqrt()
        self._slope = layer.scale / self._deviation
        self._outputs = layer.memory("outputs", pools, 4 * channels)
        torch.mm(self._windows, self._weights * self._slope.repeat(4), out=self._outputs)
        activated = layer.memory("activated", pools, channels)
        self._indices = layer.memory("indices", pools, channels)
        own = _in_a_row(self._outputs, 4), _in_a_row(activated, 1), _in_a_row(self._indices, 1)
        _pool(*own, [1, 4])
        activated.add_(layer.shift - self._slope * self.mean).relu_()
        own = activated.view(images, height // 2, width // 2, channels)
        self.activated = own.permute(0, 3, 1, 2)

    def backward(self, delta: Tensor, gradient: Layer) -> None:
        """Fill the gradient of the parameters, given that for `activated`; outputs are lost.

        What reaches each output through batch norm's moments is a part of it and a constant: what
        they give the kernel is had from the windows' products and sum.
        """
        delta = threshold_backward(_rows(delta), _rows(self.activated), 0)
        at_outputs, at_shift = self._outputs, delta.sum(0)
        _unpool(_in_a_row(delta, 1), _in_a_row(self._indices, 1), _in_a_row(at_outputs, 4), [1, 4])
        at_weights = self._windows.T @ at_outputs
        at_scale = _over_corners((at_weights * self._weights).sum(0)) - at_shift * self.mean
        gradient.shift.copy_(at_shift)
        gradient.scale.copy_(at_scale / self._deviation)
        pull = gradient.scale / (self.count * self._deviation)
        rest = at_shift / self.count - pull * self.mean
        at_weights -= self._products @ self._weights * pull.repeat(4)
        at_weights.addr_(self._sum, rest.repeat(4), alpha=-1)
        gradient.kernel.copy_(_of_windows(at_weights, gradient.kernel))
        gradient.kernel.mul_(self._slope[:, None, None, None])


class Block:
    """A block on what another made; parameters and attributes are those of `FirstBlock`.

    Batch norm comes after the pool too. Where its scale is negative, that sign and the kernel's
    are turned, so that it is monotone.
    """

    def __init__(self, rows: Tensor, layer: Layer) -> None:
        self._rows, (images, _, height, width) = rows, rows.shape
        self._turn = torch.where(layer.scale < 0, -1.0, 1.0).to(layer.scale)
        self._kernel = _oriented(layer.kernel, self._turn)
        self._outputs = _convolved(rows, self._kernel)
        mean, self.variance = torch.batch_norm_update_stats(self._outputs, None, None, 0.0)
        self.count, self._mean, self.mean = images * height * width, mean, mean * self._turn
        shape = 1, images * height // 2, width // 2, len(mean)
        pooled, self._indices = (layer.memory(use, *shape) for use in ("pooled", "indices"))
        outputs = self._outputs.permute(0, 2, 3, 1).reshape(1, -1, width, len(mean))
        own = (each.permute(0, 3, 1, 2) for each in (outputs, pooled, self._indices))
        _pool(*own, [2, 2])  # of all images as one, so that indices count through them
        self._pooled = pooled.view(images, -1, width // 2, len(mean)).permute(0, 3, 1, 2)
        self._deviation = (self.variance + EPSILON).sqrt()
        self._slope = layer.scale * self._turn / self._deviation
        shift = layer.shift - self._slope * mean
        self.activated = torch.addcmul(_across(shift), self._pooled, _across(self._slope)).relu_()

    def backward(self, delta: Tensor, gradient: Layer) -> Tensor:
        """Fill the gradient of the parameters, and return that for `rows`; outputs are lost.

        Batch norm's slope goes into the kernel, so that no activation is multiplied by it.
        """
        delta = threshold_backward(delta, self.activated, 0)
        at_shift = delta.sum((0, 2, 3))
        at_scale = (delta * self._pooled).sum((0, 2, 3)) - self._mean * at_shift
        at_scale /= self._deviation
        gradient.shift.copy_(at_shift)
        gradient.scale.copy_(at_scale * self._turn)
        pull = -at_scale / (self.count * self._deviation)
        rest = -at_shift / self.count - pull * self._mean
        outputs = self._outputs
        at_outputs = torch.addcmul(_across(rest), outputs, _across(pull), out=outputs)
        _rows(at_outputs).scatter_add_(0, self._indices.view(-1, len(pull)), _rows(delta))
        at_rows, at_kernel, _ = convolution_backward(
            at_outputs,
            self._rows,
            self._kernel * self._slope[:, None, None, None],
            None,
            *([1, 1], [1, 1], [1, 1], False, [0, 0], 1),
            [True, True, False],
        )
        own = (self._slope * self._turn)[:, None, None, None]
        gradient.kernel.copy_(at_kernel.permute(0, 2, 3, 1) * own)
        return at_rows


def look(rows: Tensor, layer: Layer, moments: Tensor) -> Tensor:
    """Return what a block makes of images, batch norm at given moments (2, K)."""
    mean, variance = moments
    slope = layer.scale / (variance + EPSILON).sqrt()
    outputs = _convolved(rows, _oriented(layer.kernel, slope))
    higher = torch.maximum(outputs[:, :, ::2], outputs[:, :, 1::2])
    pooled = torch.maximum(higher[..., ::2], higher[..., 1::2])
    return pooled.add_(_across(layer.shift - slope * mean)).relu_()


def _windows(rows: Tensor, out: Tensor) -> Tensor:
    """Put the 4×4 pixels behind each 2×2 pool in memory (B·H/2·W/2, 16·C)."""
    wide = pad(rows.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    windows = wide.unfold(1, 4, 2).unfold(2, 4, 2).permute(0, 1, 2, 4, 5, 3)
    out.view(windows.shape).copy_(windows)
    return out


def _in_windows(kernel: Tensor) -> Tensor:
    """Return the weights (16·C, 4·K) with which a kernel gives the four outputs of a window."""
    outputs, _, _, channels = kernel.shape
    weights = kernel.new_zeros(4, 4, channels, 4, outputs)
    for corner, (down, right) in enumerate(CORNERS):
        weights[down : down + 3, right : right + 3, :, corner] = kernel.permute(1, 2, 3, 0)
    return weights.view(16 * channels, 4 * outputs)


def _of_windows(weights: Tensor, kernel: Tensor) -> Tensor:
    """Return the gradient for a kernel, given that for its weights: the adjoint."""
    weights = weights.view(4, 4, -1, 4, len(kernel))
    parts = [
        weights[down : down + 3, right : right + 3, :, corner]
        for corner, (down, right) in enumerate(CORNERS)
    ]
    return torch.stack(parts).sum(0).permute(3, 0, 1, 2)


def _over_corners(values: Tensor) -> Tensor:
    return values.view(len(CORNERS), -1).sum(0)


def _in_a_row(values: Tensor, width: int) -> Tensor:
    """Return numbers (N, width·K), window by window, as one image of that width, (1, K, N, …)."""
    return values.view(1, len(values), width, -1).permute(0, 3, 1, 2)


def _pool(outputs: Tensor, pooled: Tensor, indices: Tensor, size: list[int]) -> None:
    pool_forward(outputs, size, size, [0, 0], [1, 1], False, out=pooled, indices=indices)


def _unpool(delta: Tensor, indices: Tensor, out: Tensor, size: list[int]) -> None:
    pool_backward(delta, out, size, size, [0, 0], [1, 1], False, indices, grad_input=out)


def _oriented(kernel: Tensor, factor: Tensor) -> Tensor:
    """Return a kernel times a number each output, (K, C, 3, 3)."""
    return (kernel * factor[:, None, None, None]).permute(0, 3, 1, 2)


def _convolved(rows: Tensor, kernel: Tensor) -> Tensor:
    """Convolve images, channels last in memory; of one channel alone torch would not see it."""
    return conv2d(rows, kernel, padding=1).contiguous(memory_format=torch.channels_last)


def _across(values: Tensor) -> Tensor:
    """Return one value a channel as it stands beside images (B, K, H, W)."""
    return values[:, None, None]


def _rows(images: Tensor) -> Tensor:
    """Return images (B, K, H, W) as rows (B·H·W, K), as they lie in memory."""
    return images.permute(0, 2, 3, 1).reshape(-1, images.shape[1])
