"""The supervised contrastive loss (Khosla et al. 2020, Eq. 2) and its hand-derived gradient."""

import torch
from torch import Tensor

TEMPERATURE = 0.1


def contrast(
    features: Tensor, targets: Tensor, temperature: float = TEMPERATURE
) -> tuple[Tensor, Tensor]:
    """Return the loss of each run and its gradient for the features.

    Features are first normalised to z. Sample i is an anchor, the other samples of its class are
    its positives P(i), and its loss at temperature τ is
    -1/|P(i)| Σ_{p ∈ P(i)} log(exp(z_i·z_p/τ) / Σ_{a≠i} exp(z_i·z_a/τ)).
    A sample that is alone in its class has no positives and is not an anchor.

    All samples of a class have the same number of positives. So sums over positives are computed
    from sums over classes, and only exp(z_i·z_a/τ) is computed for all pairs.

    Parameters
    ----------
    features : Tensor of shape (R, B, d)
        Output of the encoder.
    targets : Tensor of shape (R, B, K)
        One-hot labels.
    temperature : float, default=0.1
        τ.

    Returns
    -------
    loss : Tensor of shape (R,)
        Mean over the anchors; 0 if there are none.
    gradient : Tensor of shape (R, B, d)
        Gradient of that mean.
    """
    tiny, sharpness = torch.finfo(features.dtype).tiny, 1 / temperature
    length = features.norm(dim=-1, keepdim=True).clamp_min(tiny)
    unit = features / length
    similarity = torch.baddbmm(unit.new_tensor(-sharpness), unit, unit.mT, alpha=sharpness).exp_()
    similarity.diagonal(dim1=1, dim2=2).zero_()  # (R, B, B), exp(z_i·z_a/τ - 1/τ), a ≠ i
    weighted_sum, total = torch.bmm(similarity, with_ones(unit)).split([unit.shape[-1], 1], dim=-1)
    total = total.clamp_min(tiny)
    sums, sizes = torch.bmm(targets.mT, with_ones(unit)).split([unit.shape[-1], 1], dim=-1)
    count = torch.bmm(targets, sizes) - 1  # (R, B, 1), |P(i)|
    anchor = (count > 0.5).to(unit)
    anchor /= anchor.sum(1, keepdim=True).clamp_min(1)
    positive = (torch.bmm(targets, sums) - unit) / count.clamp_min(1)  # mean of the positives
    distance = total.log() + sharpness * (1 - (unit * positive).sum(-1, keepdim=True))
    weight = anchor / total
    repulsion = weight * weighted_sum + torch.bmm(similarity, weight * unit)
    at_unit = sharpness * (repulsion - 2 * anchor * positive)
    along = (at_unit * unit).sum(-1, keepdim=True)
    return (anchor * distance).sum((-2, -1)), (at_unit - along * unit) / length


def with_ones(rows: Tensor) -> Tensor:
    """Return rows (R, B, d) with a column of ones, (R, B, d + 1), so that a product counts too."""
    return torch.cat([rows, rows.new_ones(*rows.shape[:-1], 1)], dim=-1)
