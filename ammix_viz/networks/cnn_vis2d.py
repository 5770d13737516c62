"""CNN-Vis2D (AMM A.1) as a module: three blocks, then linear to the 2-D feature.

Images lie channels-last in memory. A block pools before ReLU, which changes nothing and leaves a
quarter of the work.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from ammix_viz.networks.by_autograd import ByAutograd, MixAt
from ammix_viz.networks.initial import Start
from ammix_viz.networks.protocol import Spec

WIDTHS = (32, 64, 128)
"""Channels of the blocks."""

FEATURE = len(WIDTHS) + 1
"""The site of the 2-D feature."""

EPSILON, MOMENTUM = 1e-5, 0.1
"""Of batch norm, as in `torch.nn.BatchNorm2d`."""


class Norm(nn.Module):
    """Batch norm over the channels of rows (B, K, ...)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.mean: Tensor
        self.variance: Tensor
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, rows: Tensor) -> Tensor:
        """Normalise by the batch's moments, or by the running ones in evaluation mode."""
        moments, affine = (self.mean, self.variance), (self.scale, self.shift)
        return functional.batch_norm(rows, *moments, *affine, self.training, MOMENTUM, EPSILON)

    def slope_and_offset(self) -> tuple[Tensor, Tensor]:
        """Return what it multiplies by and then adds in evaluation mode, (K,) each."""
        slope = self.scale * torch.rsqrt(self.variance + EPSILON)
        return slope, self.shift - slope * self.mean


class Block(nn.Module):
    """3×3 convolution, batch norm unless that is off, ReLU and 2×2 max pool.

    Without batch norm the convolution has a bias. It begins at 0, as batch norm's shift does.
    """

    def __init__(self, kernel: Tensor, batch_norm: bool) -> None:
        super().__init__()
        self.kernel, self.norm = nn.Parameter(kernel), Norm(len(kernel)) if batch_norm else None
        self.bias = None if batch_norm else nn.Parameter(torch.zeros(len(kernel)))

    def forward(self, rows: Tensor) -> Tensor:
        """Return (B, K, H / 2, W / 2) of images (B, C, H, W)."""
        kernel: Tensor = self.kernel
        bias: Tensor | None = self.bias
        if self.norm and not self.training:  # which is a part of the convolution then
            slope, bias = self.norm.slope_and_offset()
            kernel = kernel * slope[:, None, None, None]
        rows = functional.conv2d(rows, kernel, bias, padding=1)
        if self.norm and self.training:
            rows = self.norm(rows)
        return functional.relu(functional.max_pool2d(rows, 2))


class Encoder(nn.Module):
    """From images (B, C, H, W) to features (B, 2)."""

    def __init__(self, spec: Spec, start: Start) -> None:
        super().__init__()
        channels, height, width = spec.shape
        settings = spec.settings
        batch_norm = settings.get("batch_norm", "on") == "on"
        self.layer = settings.get("feature_layer", "flatten")
        self.in_bfloat16 = settings.get("precision", "float32") == "bfloat16"
        ends = zip((channels, *WIDTHS), WIDTHS, strict=False)
        self.blocks = nn.ModuleList(Block(start.kernel(*end), batch_norm) for end in ends)
        flat = WIDTHS[-1] * (1 if self.layer == "gap" else (height // 8) * (width // 8))
        self.hidden = start.linear(flat, WIDTHS[-1]) if self.layer == "hidden" else None
        self.feature = start.linear(WIDTHS[-1] if self.hidden else flat, 2)
        self.norm = Norm(2) if settings.get("feature_norm", "off") == "on" else None

    def forward(self, rows: Tensor, mix_at: MixAt) -> Tensor:
        """Encode images, whose rows `mix_at` may mix behind each block."""
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
    return ByAutograd(Encoder, FEATURE, spec)
