"""CNN-Vis2D (AMM A.1) as a module: three convolutional blocks, then linear layers to 2-D.

Images are channels-last in memory. A block pools before ReLU, which gives the same result with a
quarter of the work. In training on a CPU it also pools before batch norm (`networks.norm_pool`).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from ammix_viz.networks.by_autograd import ByAutograd, MixAt
from ammix_viz.networks.initial import WeightInit
from ammix_viz.networks.norm_pool import EPSILON, NormPool
from ammix_viz.networks.protocol import Spec

WIDTHS = (32, 64, 128)
"""Output channels of the blocks."""

MOMENTUM = 0.1
"""Momentum of batch norm's running moments, as in `torch.nn.BatchNorm2d`."""


class Norm(nn.Module):
    """Batch norm over the K channels of (B, K, ...)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.mean: Tensor
        self.variance: Tensor
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, rows: Tensor) -> Tensor:
        """Normalise with the batch's moments, or with the running ones in evaluation mode."""
        moments, affine = (self.mean, self.variance), (self.scale, self.shift)
        return functional.batch_norm(rows, *moments, *affine, self.training, MOMENTUM, EPSILON)

    def pool(self, outputs: Tensor, sign: Tensor) -> Tensor:
        """Normalise, pool and apply ReLU in training; `outputs` are multiplied by `sign`."""
        scale, count = self.scale * sign, outputs.numel() // len(sign)
        activated, mean, variance = NormPool.apply(outputs, scale, self.shift)
        self.mean.lerp_(mean * sign, MOMENTUM)
        self.variance.lerp_(variance * (count / max(count - 1, 1)), MOMENTUM)
        return activated

    def slope_and_offset(self) -> tuple[Tensor, Tensor]:
        """Return slope and offset of the linear map in evaluation mode, (K,) each."""
        slope = self.scale * torch.rsqrt(self.variance + EPSILON)
        return slope, self.shift - slope * self.mean


class Block(nn.Module):
    """3×3 convolution, optional batch norm, ReLU and 2×2 max pool.

    Without batch norm the convolution has a bias, which starts at 0, like batch norm's shift.
    """

    def __init__(self, kernel: Tensor, batch_norm: bool) -> None:
        super().__init__()
        self.kernel = nn.Parameter(kernel)
        self.norm = Norm(len(kernel)) if batch_norm else None
        self.bias = None if batch_norm else nn.Parameter(torch.zeros(len(kernel)))

    def forward(self, rows: Tensor) -> Tensor:
        """Return (B, K, H / 2, W / 2) of images (B, C, H, W)."""
        norm, kernel = self.norm, self.kernel
        if norm is None:
            return _activated(_convolved(rows, kernel, self.bias))
        if not self.training:  # fold batch norm into the convolution
            slope, offset = norm.slope_and_offset()
            return _activated(_convolved(rows, _scaled(kernel, slope), offset))
        if rows.device.type == "cpu":
            sign = torch.where(norm.scale < 0, -1.0, 1.0).to(kernel)
            return norm.pool(_convolved(rows, _scaled(kernel, sign)), sign)
        return _activated(norm(_convolved(rows, kernel)))


def _convolved(rows: Tensor, kernel: Tensor, bias: Tensor | None = None) -> Tensor:
    """Convolve images into a channels-last result; torch needs this if there is one channel.

    With bfloat16 on a CPU, the result is float32: batch norm and pooling are faster with it.
    """
    outputs = functional.conv2d(rows, kernel, bias, padding=1)
    outputs = outputs.contiguous(memory_format=torch.channels_last)
    return outputs.to(kernel.dtype) if outputs.device.type == "cpu" else outputs


def _scaled(kernel: Tensor, factor: Tensor) -> Tensor:
    """Return a kernel multiplied by one factor per output channel."""
    return kernel * factor[:, None, None, None]


def _activated(outputs: Tensor) -> Tensor:
    return functional.relu(functional.max_pool2d(outputs, 2))


class Encoder(nn.Module):
    """Maps images (B, C, H, W) to features (B, 2)."""

    def __init__(self, spec: Spec, weight_init: WeightInit) -> None:
        super().__init__()
        channels, height, width = spec.shape
        settings = spec.settings
        batch_norm = settings.get("batch_norm", "on") == "on"
        self.layer = settings.get("feature_layer", "gap")
        self.in_bfloat16 = settings.get("precision", "float32") == "bfloat16"
        ends = zip((channels, *WIDTHS), WIDTHS, strict=False)
        self.blocks = nn.ModuleList(Block(weight_init.kernel(*end), batch_norm) for end in ends)
        flat = WIDTHS[-1] * (1 if self.layer == "gap" else (height // 8) * (width // 8))
        self.hidden = weight_init.linear(flat, WIDTHS[-1]) if self.layer == "hidden" else None
        self.feature = weight_init.linear(WIDTHS[-1] if self.hidden else flat, 2)
        self.norm = Norm(2) if settings.get("feature_norm", "off") == "on" else None

    def forward(self, rows: Tensor, mix_at: MixAt) -> Tensor:
        """Encode images; `mix_at` may mix samples after each block."""
        dtype = rows.dtype
        with torch.autocast(rows.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            for site, block in enumerate(self.blocks, 1):
                rows = mix_at(site, block(rows))
        rows = rows.to(dtype)
        rows = rows.mean((2, 3)) if self.layer == "gap" else rows.permute(0, 2, 3, 1).flatten(1)
        if self.hidden:
            rows = functional.relu(self.hidden(rows))
        features = self.feature(rows)
        return self.norm(features) if self.norm else features


def cnn_vis2d(spec: Spec) -> ByAutograd:
    """Return CNN-Vis2D for one run."""
    return ByAutograd(Encoder, spec)
