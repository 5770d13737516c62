"""Distances among features, class centres and decision lines, over (..., N, d)."""

import functools
from threading import get_ident

import torch
from torch import Tensor

from ammix_viz.metrics.pairwise import rim

BLOCK_PAIRS = 256_000
"""Distances computed at a time: few enough to stay in a core's cache."""


def class_means(values: Tensor, labels: Tensor) -> Tensor:
    """Return the mean of each class's rows: (..., N, d) and (N,) to (..., C, d).

    Sums come first: of zeros and ones they are exact, in whatever order they are taken.
    """
    member = torch.nn.functional.one_hot(labels).to(values)
    return member.T @ values / member.sum(0)[:, None]


def on_circle(centres: Tensor) -> Tensor:
    """Return centres (..., C, d) scaled to length 1; one at the origin becomes nan."""
    return centres / centres.norm(dim=-1, keepdim=True)


def _distances(centres: Tensor) -> Tensor:
    return (centres[..., :, None, :] - centres[..., None, :, :]).norm(dim=-1)


def mean_distance(centres: Tensor) -> Tensor:
    """Return the mean distance over ordered pairs of centres (..., C, d), shape (...)."""
    count = centres.shape[-2]
    return _distances(centres).sum((-2, -1)) / (count * (count - 1))


def neighbour_distance(centres: Tensor, k: int) -> Tensor:
    """Return the mean distance of centres (..., C, d) to their k nearest ones, shape (...)."""
    nearest = _distances(centres).sort(dim=-1).values[..., 1 : k + 1]
    return nearest.mean((-2, -1))


def alignments(features: Tensor, counts: Tensor) -> Tensor:
    """Return A of features (R, N, d) that are sorted by class, shape (R,).

    Each unordered pair is computed once, in blocks: no N × N matrix is made. Runs are taken one
    by one, so that a run's last digit does not depend on what it is measured with.
    """
    sizes = counts.tolist()
    values = [
        [_sum_of_distances(axes) / axes.shape[-1] ** 2 for axes in run.split(sizes, dim=-1)]
        for run in features.mT.contiguous()
    ]
    return torch.tensor(values, dtype=torch.float64).mean(-1).to(features)


def _sum_of_distances(axes: Tensor) -> float:
    """Return the sum of distances over ordered pairs of points, given by coordinate, (d, n)."""
    count = axes.shape[-1]
    rows = min(count, max(8, BLOCK_PAIRS // count))
    scratch = _scratch(rows * count, axes.dtype, axes.device, get_ident())
    total = 0.0
    for start in range(0, count, rows):
        height, width = min(rows, count - start), count - start
        square, difference = (part[: height * width].view(height, width) for part in scratch)
        rest = axes[:, start:]
        for level, (column, row) in enumerate(zip(rest[:, :height, None], rest, strict=True)):
            gap = difference if level else square
            torch.sub(column, row, out=gap)
            square.addcmul_(gap, gap) if level else square.square_()
        distance = square.sqrt_()
        total += 2 * float(distance.sum()) - float(distance[:, :height].sum())
    return total


@functools.lru_cache(maxsize=8)
def _scratch(size: int, dtype: torch.dtype, device: torch.device, thread: int) -> Tensor:
    """Return memory for two blocks, kept: fresh pages each time would cost more than the sums."""
    return torch.empty(2, size, dtype=dtype, device=device)


def diameters(features: Tensor) -> Tensor:
    """Return D_max of features (R, N, 2), shape (R,), exact: it lies between two rim points."""
    exact = "donot_use_mm_for_euclid_dist"
    outer = [own[rim(own.double().cpu().numpy())] for own in features]
    return torch.stack([torch.cdist(own, own, compute_mode=exact).max() for own in outer])


def margins(centres: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the distance of each class centre to its nearest decision line, (..., C).

    Negative where the centre lies on another class's side. The line between classes i and j is
    where their logits agree: (w_i - w_j)·z + b_i - b_j = 0.

    Parameters
    ----------
    centres, weight : Tensor of shape (..., C, d)
        Class centres; the classifier's weights.
    bias : Tensor of shape (..., C)
        Its biases.
    """
    logits = centres @ weight.mT + bias[..., None, :]  # (..., centre, class)
    lead = logits.diagonal(dim1=-2, dim2=-1)[..., None] - logits
    distance = lead / _distances(weight).clamp_min(torch.finfo(weight.dtype).tiny)
    itself = torch.eye(weight.shape[-2], dtype=torch.bool, device=weight.device)
    return distance.masked_fill(itself, torch.inf).amin(-1)


def plane_share(weight: Tensor) -> Tensor:
    """Return the share of the plane that each class wins, shape (..., C), summing to 1.

    It is the share of all directions in which the class wins far out, where biases no longer
    count: class i wins the angle between its two outermost rivals, which is what is left of a
    half turn when the directions w_i - w_j are spread over the rest.

    Parameters
    ----------
    weight : Tensor of shape (..., C, 2)
        The linear classifier's weights.
    """
    ahead = weight[..., :, None, :] - weight[..., None, :, :]  # (..., i, j, 2)
    angle = torch.atan2(ahead[..., 1], ahead[..., 0])
    itself = torch.eye(weight.shape[-2], dtype=torch.bool, device=weight.device)
    angle = angle.masked_fill(itself, torch.inf).sort(dim=-1).values[..., :-1]
    after = torch.cat([angle[..., 1:], angle[..., :1] + 2 * torch.pi], dim=-1)
    widest_gap = (after - angle).amax(-1)
    return ((widest_gap - torch.pi) / (2 * torch.pi)).clamp_min(0)
