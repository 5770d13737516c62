"""Batch norm, 2×2 max pool and ReLU in one step of autograd, for CPUs.

Pool comes first, so that only a quarter of the outputs is normalised: where no scale is negative,
batch norm and ReLU leave the largest of four the largest. The moments are those of all outputs.
Memory costs more than arithmetic here: a step of CNN-Vis2D takes about 15 % less than with torch's
batch norm.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

EPSILON = 1e-5
"""Of batch norm, as in `torch.nn.BatchNorm2d`."""


class NormPool(torch.autograd.Function):
    """From outputs (B, K, H, W), channels last in memory, to (B, K, H / 2, W / 2).

    `apply(outputs, scale, shift)` returns that, and the outputs' means and variances, (K,) each; no
    scale is negative. It can be differentiated once: the gradient takes the memory of `outputs`.
    """

    @staticmethod
    def forward(ctx: Any, outputs: Tensor, scale: Tensor, shift: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        """Return the activations, and the outputs' moments."""
        mean, variance = torch.batch_norm_update_stats(outputs, None, None, 0.0)
        pooled, places = functional.max_pool2d_with_indices(outputs, [2, 2])
        deviation = (variance + EPSILON).sqrt()
        slope = scale / deviation
        activated = torch.addcmul(_across(shift - slope * mean), pooled, _across(slope)).relu_()
        ctx.save_for_backward(outputs, pooled, places, activated, mean, deviation, slope)
        ctx.mark_non_differentiable(mean, variance)
        return activated, mean, variance

    @staticmethod
    def backward(ctx: Any, delta: Tensor, *_: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        """Return the gradients for outputs, scale and shift.

        What reaches each output through the moments is a part of it and a constant.
        """
        outputs, pooled, places, activated, mean, deviation, slope = ctx.saved_tensors
        delta = torch.ops.aten.threshold_backward(delta, activated, 0)
        at_shift = delta.sum((0, 2, 3))
        at_scale = ((delta * pooled).sum((0, 2, 3)) - mean * at_shift) / deviation
        count = outputs.numel() // len(mean)
        pull = -slope * at_scale / (count * deviation)
        rest = -slope * at_shift / count - pull * mean
        at_outputs = torch.addcmul(_across(rest), outputs, _across(pull), out=outputs)
        places, delta = _rows(places), _rows(delta * _across(slope))
        _rows(at_outputs).scatter_add_(1, places, delta)
        return at_outputs, at_scale, at_shift


def _across(values: Tensor) -> Tensor:
    """Return one value a channel as it stands beside images (B, K, H, W)."""
    return values[:, None, None]


def _rows(images: Tensor) -> Tensor:
    """Return images (B, K, H, W), channels last in memory, as (B, H·W, K)."""
    return images.permute(0, 2, 3, 1).flatten(1, 2)
