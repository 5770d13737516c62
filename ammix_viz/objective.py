"""The loss of a step and its gradient: cross entropy between two labels, and mixing's adjoint.

Written over (R, N, d): rows are samples, of R runs.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Mixing:
    """How M mixed rows come out of N rows, in each of R runs.

    Attributes
    ----------
    first : Tensor of shape (R·M,), int64, or None
        The first row of each pair, as `flat_index` gives it; None where each row is its own first.
    second : Tensor of shape (R·M,), int64
        The second row.
    lam : Tensor of shape (R, M, 1)
        Share of the first row; with 1 it comes back exactly.
    """

    first: Tensor | None
    second: Tensor
    lam: Tensor


def mix(rows: Tensor, mixing: Mixing) -> Tensor:
    """Return λ·first + (1 - λ)·second (AMM Eq. 4 and 5): rows (R, N, d) to (R, M, d)."""
    first = rows if mixing.first is None else take(rows, mixing.first)
    return torch.lerp(take(rows, mixing.second), first, mixing.lam)


def unmix(gradient: Tensor, mixing: Mixing, rows: int) -> Tensor:
    """Return the gradient for N rows, given that for the mixed ones: the adjoint of `mix`."""
    runs, _, width = gradient.shape
    own = (gradient * mixing.lam).view(-1, width)
    rest = gradient.view(-1, width) - own
    if mixing.first is None:
        whole = own
    else:
        whole = gradient.new_zeros(runs * rows, width).index_add_(0, mixing.first, own)
    return whole.index_add_(0, mixing.second, rest).view(runs, rows, width)


def flat_index(index: Tensor, length: int) -> Tensor:
    """Return indices (R, M) into each run's rows as indices (R·M,) into all runs' rows."""
    return (index + torch.arange(len(index), device=index.device)[:, None] * length).reshape(-1)


def take(rows: Tensor, index: Tensor) -> Tensor:
    """Return the rows (R, M, d) that a flat index (R·M,) names among rows (R, N, d)."""
    runs, _, width = rows.shape
    return rows.reshape(-1, width).index_select(0, index).view(runs, -1, width)


def one_hot(labels: Tensor, classes: int, dtype: torch.dtype) -> Tensor:
    """Return labels (..., N) as (..., N, K), laid out as `models.classify` lays out logits."""
    names = torch.arange(classes, device=labels.device)[:, None]
    return (labels[..., None, :] == names).to(dtype).mT


def mixed_targets(targets: Tensor, first: Tensor, second: Tensor, own: Tensor) -> Tensor:
    """Return the targets (R, M, K) of pairs: weight `own` on the first's, the rest on the second's.

    Parameters
    ----------
    targets : Tensor of shape (R, N, K)
        Weights of the labels, laid out as `one_hot` does.
    first, second : Tensor of shape (R, M), int64
        The rows of each pair.
    own : Tensor of shape (R, M)
        Weight of the first row's label.
    """
    outermost = targets.mT  # (R, K, N)
    mine, theirs = (
        outermost.gather(2, index[:, None].expand(-1, outermost.shape[1], -1))
        for index in (first, second)
    )
    return torch.lerp(theirs, mine, own[:, None]).mT


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return -Σ_k target_k · log softmax(logits)_k of each row (AMM Eq. 8, 9), shape (..., N)."""
    return -(targets.mT * torch.log_softmax(logits.mT, dim=-2)).sum(-2)


def cross_entropy_gradient(logits: Tensor, targets: Tensor, rows: int) -> Tensor:
    """Return the gradient of the cross entropy's sum over `rows`: (softmax - targets) / rows."""
    share = torch.softmax(logits.mT, dim=-2).mT
    return share.sub_(targets).mul_(1 / rows)
