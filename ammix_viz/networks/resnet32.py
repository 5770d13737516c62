"""ResNet-32 for CIFAR (AMM A.2; He et al. 2016, section 4.2): images to features of width 64.

A 3×3 convolution, then three stages of five basic blocks with 16, 32 and 64 channels, then global
average pooling. With a linear classifier for ten classes it has 464,154 parameters.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from ammix_viz.networks.by_autograd import ByAutograd, MixAt
from ammix_viz.networks.initial import WeightInit
from ammix_viz.networks.protocol import Spec

WIDTHS = (16, 32, 64)
"""Channels of the stages."""

BLOCKS = 5
"""Basic blocks in a stage: 6 · 5 + 2 = 32 layers with weights."""


class ConvNorm(nn.Module):
    """3×3 convolution without a bias, then batch norm."""

    def __init__(self, into: int, out: int, weight_init: WeightInit, stride: int = 1) -> None:
        super().__init__()
        self.stride = stride
        self.kernel = nn.Parameter(weight_init.kernel(into, out))
        self.norm = nn.BatchNorm2d(out)

    def forward(self, rows: Tensor) -> Tensor:
        """Return (B, out, H / stride, W / stride) of images (B, into, H, W)."""
        outputs: Tensor = self.norm(functional.conv2d(rows, self.kernel, None, self.stride, 1))
        return outputs


class Block(nn.Module):
    """Two convolutions and a shortcut without parameters (option A).

    Where the channels double, the shortcut takes every second pixel, and new channels are zero.
    """

    def __init__(self, into: int, out: int, weight_init: WeightInit) -> None:
        super().__init__()
        self.stride, self.added = out // into, out - into
        self.first = ConvNorm(into, out, weight_init, self.stride)
        self.second = ConvNorm(out, out, weight_init)

    def forward(self, rows: Tensor) -> Tensor:
        """Return (B, out, H / stride, W / stride) of images (B, into, H, W)."""
        outputs = self.second(functional.relu(self.first(rows)))
        if self.added:
            before = self.added // 2
            rows = rows[:, :, :: self.stride, :: self.stride]
            rows = functional.pad(rows, (0, 0, 0, 0, before, self.added - before))
        return functional.relu(outputs + rows)


class Encoder(nn.Module):
    """Maps images (B, C, H, W) to features (B, 64)."""

    def __init__(self, spec: Spec, weight_init: WeightInit) -> None:
        super().__init__()
        self.in_bfloat16 = spec.settings.get("precision", "float32") == "bfloat16"
        self.stem = ConvNorm(spec.shape[0], WIDTHS[0], weight_init)
        self.stages = nn.ModuleList()
        before = WIDTHS[0]
        for width in WIDTHS:
            ends = [(before, width), *[(width, width)] * (BLOCKS - 1)]
            self.stages.append(nn.Sequential(*(Block(*end, weight_init) for end in ends)))
            before = width

    def forward(self, rows: Tensor, mix_at: MixAt) -> Tensor:
        """Encode images; `mix_at` may mix samples after the first and the second stage."""
        dtype = rows.dtype
        with torch.autocast(rows.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            rows = functional.relu(self.stem(rows))
            for site, stage in enumerate(self.stages, 1):
                rows = stage(rows)
                rows = mix_at(site, rows) if site < len(self.stages) else rows
        return rows.to(dtype).mean((2, 3))


def resnet32(spec: Spec) -> ByAutograd:
    """Return ResNet-32 for one run, with He's initial weights."""
    return ByAutograd(Encoder, replace(spec, settings={**spec.settings, "init": "he"}))
