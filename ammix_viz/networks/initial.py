"""Initial weights of a network, from one random generator in the order of the layers."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class WeightInit:
    """Samples initial weights in double precision.

    Parameters
    ----------
    seed : int
        Seed of the generator.
    init : {"uniform", "he"}
        Weights and biases uniform within ±1/√fan-in, as in `torch.nn`; or normal weights with
        variance 2 / fan-in and zero biases.
    """

    def __init__(self, seed: int, init: str = "uniform") -> None:
        self._generator, self._init = torch.Generator().manual_seed(seed), init

    def linear(self, into: int, out: int) -> nn.Linear:
        """Return a linear layer."""
        layer = nn.utils.skip_init(nn.Linear, into, out, dtype=torch.float64)
        layer.weight = nn.Parameter(self.weight((into, out), into).T.contiguous())
        layer.bias = nn.Parameter(self._sampled((out,), into, bias=True))
        return layer

    def kernel(self, into: int, out: int, size: int = 3) -> Tensor:
        """Return the weight of a convolution (out, into, size, size), channels last in memory."""
        weight = self.weight((out, size, size, into), size * size * into)
        return weight.permute(0, 3, 1, 2)

    def weight(self, shape: Sequence[int], fan_in: int) -> Tensor:
        """Return a weight of a given shape."""
        return self._sampled(shape, fan_in, bias=False)

    def _sampled(self, shape: Sequence[int], fan_in: int, bias: bool) -> Tensor:
        generator, float64 = self._generator, torch.float64
        if self._init == "he":
            normal = torch.randn(shape, generator=generator, dtype=float64)
            return normal * (0 if bias else math.sqrt(2 / fan_in))
        uniform = torch.rand(shape, generator=generator, dtype=float64)
        return (2 * uniform - 1) * fan_in**-0.5
