"""The loss of a step and its gradient: cross entropy between two labels, and mixing's adjoint.

Written over (..., N, d): rows are samples, whatever stands before them.
"""

import torch
from torch import Tensor


def mix(rows: Tensor, partners: Tensor, lam: Tensor) -> Tensor:
    """Return λ·row + (1 - λ)·partner (AMM Eq. 4 and 5).

    Parameters
    ----------
    rows : Tensor of shape (..., N, d)
        Inputs or features.
    partners : Tensor of shape (...·N,), int64
        Each row's partner as `flat_index` gives it.
    lam : Tensor that broadcasts to (..., N, d)
        Share of the own row. A row with λ = 1 comes back exactly.
    """
    return torch.lerp(take(rows, partners), rows, lam)


def unmix(gradient: Tensor, inverse: Tensor, lam: Tensor) -> Tensor:
    """Return the gradient for the rows, given that for the mixed rows: the adjoint of `mix`.

    A row is used twice: as itself with share λ, and as the partner of the row that
    `inverse` names (the inverse of the permutation `partners`) with share 1 - λ.
    """
    return torch.lerp(take(gradient, inverse), gradient, lam)


def flat_index(index: Tensor) -> Tensor:
    """Return indices (R, N) into each run's N rows as indices (R·N,) into all rows."""
    runs, length = index.shape
    return (index + torch.arange(runs, device=index.device)[:, None] * length).reshape(-1)


def take(rows: Tensor, index: Tensor) -> Tensor:
    """Return the rows that a flat index names, in the shape of `rows`."""
    return rows.reshape(-1, rows.shape[-1]).index_select(0, index).view(rows.shape)


def two_label_targets(labels: Tensor, partner_labels: Tensor, own: Tensor, classes: int) -> Tensor:
    """Return the targets (..., N, K): weight `own` on the own label, the rest on the partner's."""
    mine, theirs = (one_hot(each, classes, own.dtype) for each in (labels, partner_labels))
    return torch.lerp(theirs, mine, own[..., None])


def one_hot(labels: Tensor, classes: int, dtype: torch.dtype) -> Tensor:
    """Return labels (..., N) as (..., N, K), laid out as `models.classify` lays out logits."""
    names = torch.arange(classes, device=labels.device)[:, None]
    return (labels[..., None, :] == names).to(dtype).mT


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return -Σ_k target_k · log softmax(logits)_k of each row (AMM Eq. 8, 9), shape (..., N)."""
    return -(targets.mT * torch.log_softmax(logits.mT, dim=-2)).sum(-2)


def cross_entropy_gradient(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the gradient of the mean cross entropy over N rows: (softmax - targets) / N."""
    share = torch.softmax(logits.mT, dim=-2).mT
    return share.sub_(targets).mul_(1 / logits.shape[-2])
