"""Mixing of pairs of samples, and its gradient.

Tensors are (R, N, d): N rows of R runs, where a row is a sample or its features.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Mixing:
    """Which of N rows are mixed into M rows, in each of R runs.

    Attributes
    ----------
    first : Tensor of shape (R·M,), int64, or None
        The first row of each pair, as a `flat_index`; None if row i is the first of pair i.
    second : Tensor of shape (R·M,), int64
        The second row of each pair, as a `flat_index`.
    lam : Tensor of shape (R, M, 1)
        Share of the first row; with 1 the result is exactly that row.
    """

    first: Tensor | None
    second: Tensor
    lam: Tensor


def mix(rows: Tensor, mixing: Mixing) -> Tensor:
    """Return λ·first + (1 - λ)·second (AMM Eq. 4 and 5): rows (R, N, d) to (R, M, d)."""
    first = rows if mixing.first is None else take(rows, mixing.first)
    return torch.lerp(take(rows, mixing.second), first, mixing.lam)


def mix_samples(samples: Tensor, mixing: Mixing) -> Tensor:
    """Mix samples (N, ...) of one run; images stay channels-last in memory."""
    channels_last = samples.movedim(1, -1)
    mixed = mix(channels_last.reshape(1, len(samples), -1), mixing)[0]
    return mixed.view(-1, *channels_last.shape[1:]).movedim(-1, 1)


def unmix(gradient: Tensor, mixing: Mixing, rows: int) -> Tensor:
    """Return the gradient of `mix` for its N rows, given that for the mixed rows."""
    runs, _, width = gradient.shape
    to_first = (gradient * mixing.lam).view(-1, width)
    to_second = gradient.view(-1, width) - to_first
    if mixing.first is None:
        total = to_first
    else:
        total = gradient.new_zeros(runs * rows, width).index_add_(0, mixing.first, to_first)
    return total.index_add_(0, mixing.second, to_second).view(runs, rows, width)


def flat_index(index: Tensor, length: int) -> Tensor:
    """Return indices (R, M) into each run's rows as indices (R·M,) into all runs' rows."""
    return (index + torch.arange(len(index), device=index.device)[:, None] * length).reshape(-1)


def take(rows: Tensor, index: Tensor) -> Tensor:
    """Return the rows (R, M, d) at a flat index (R·M,) of rows (R, N, d)."""
    runs, _, width = rows.shape
    return rows.reshape(-1, width).index_select(0, index).view(runs, -1, width)
