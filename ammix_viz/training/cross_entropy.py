"""Cross entropy of mixed labels, and its gradient.

Tensors are (R, N, d): N rows of R runs.
"""

import torch
from torch import Tensor


def one_hot(labels: Tensor, classes: int, dtype: torch.dtype) -> Tensor:
    """Return labels (..., N) as (..., N, K), with the memory layout of `stacked_mlp.classify`."""
    names = torch.arange(classes, device=labels.device)[:, None]
    return (labels[..., None, :] == names).to(dtype).mT


def mixed_targets(targets: Tensor, first: Tensor, second: Tensor, weight: Tensor) -> Tensor:
    """Return the targets (R, M, K) of pairs: `weight` on the first row's label.

    Parameters
    ----------
    targets : Tensor of shape (R, N, K)
        Weights of the labels, with the memory layout of `one_hot`.
    first, second : Tensor of shape (R, M), int64
        The rows of each pair.
    weight : Tensor of shape (R, M)
        Weight of the first row's label; the second row's is 1 minus this.
    """
    classes_first = targets.mT  # (R, K, N)
    of_first, of_second = (
        classes_first.gather(2, index[:, None].expand(-1, classes_first.shape[1], -1))
        for index in (first, second)
    )
    return torch.lerp(of_second, of_first, weight[:, None]).mT


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return -Σ_k target_k · log softmax(logits)_k of each row (AMM Eq. 8, 9), shape (..., N)."""
    return -(targets.mT * torch.log_softmax(logits.mT, dim=-2)).sum(-2)


def cross_entropy_gradient(logits: Tensor, targets: Tensor, rows: int) -> Tensor:
    """Return the gradient of the cross entropy's sum over `rows`: (softmax - targets) / rows."""
    share = torch.softmax(logits.mT, dim=-2).mT
    return share.sub_(targets).mul_(1 / rows)
