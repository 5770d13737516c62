"""The supervised contrastive loss (Khosla et al. 2020, Eq. 2) and its hand-derived gradient."""

import torch
from torch import Tensor

TEMPERATURE = 0.1


def contrast(
    features: Tensor, targets: Tensor, temperature: float = TEMPERATURE
) -> tuple[Tensor, Tensor]:
    """Return the loss of each run and its gradient for the features.

    Features are normalised first, to z. Row i is an anchor, the other rows of its class are its
    positives P(i), and with the temperature τ its loss is
    -1/|P(i)| Σ_{p ∈ P(i)} log(exp(z_i·z_p/τ) / Σ_{a≠i} exp(z_i·z_a/τ)).
    A row that is alone of its class in the batch has no positives and is no anchor.

    Rows of a class have equally many positives. So the sums over them come from sums over classes,
    and only exp(z_i·z_a/τ), which is symmetric, is ever made for all pairs.

    Parameters
    ----------
    features : Tensor of shape (R, B, d)
        What the encoder gives.
    targets : Tensor of shape (R, B, K)
        Labels, one-hot.
    temperature : float, default=0.1
        τ.

    Returns
    -------
    loss : Tensor of shape (R,)
        Mean over the anchors; 0 without any.
    gradient : Tensor of shape (R, B, d)
        Of that mean.
    """
    tiny, sharpness = torch.finfo(features.dtype).tiny, 1 / temperature
    length = features.norm(dim=-1, keepdim=True).clamp_min(tiny)
    unit = features / length
    likeness = torch.baddbmm(unit.new_tensor(-sharpness), unit, unit.mT, alpha=sharpness).exp_()
    likeness.diagonal(dim1=1, dim2=2).zero_()  # (R, B, B), exp(z_i·z_a/τ - 1/τ), a ≠ i
    pulled, total = torch.bmm(likeness, with_ones(unit)).split([unit.shape[-1], 1], dim=-1)
    total = total.clamp_min(tiny)
    sums, sizes = torch.bmm(targets.mT, with_ones(unit)).split([unit.shape[-1], 1], dim=-1)
    count = torch.bmm(targets, sizes) - 1  # (R, B, 1), |P(i)|
    anchor = (count > 0.5).to(unit)
    anchor /= anchor.sum(1, keepdim=True).clamp_min(1)
    positive = (torch.bmm(targets, sums) - unit) / count.clamp_min(1)  # mean of the positives
    distance = total.log() + sharpness * (1 - (unit * positive).sum(-1, keepdim=True))
    weight = anchor / total
    apart = weight * pulled + torch.bmm(likeness, weight * unit)
    at_unit = sharpness * (apart - 2 * anchor * positive)
    along = (at_unit * unit).sum(-1, keepdim=True)
    return (anchor * distance).sum((-2, -1)), (at_unit - along * unit) / length


def with_ones(rows: Tensor) -> Tensor:
    """Return rows (R, B, d) with a column of ones, (R, B, d + 1): a product then counts too."""
    return torch.cat([rows, rows.new_ones(*rows.shape[:-1], 1)], dim=-1)
