"""Distances between features, class centres and decision lines, for tensors (..., N, d)."""

import functools
from threading import get_ident

import torch
from torch import Tensor

from ammix_viz.metrics.pairwise import hull_indices

BLOCK_PAIRS = 256_000
"""Distances computed in one block; small enough for a core's cache."""

PRODUCT_PAIRS = 4_000_000
"""The same by a matrix product."""


def class_means(values: Tensor, labels: Tensor) -> Tensor:
    """Return the mean of each class's rows: (..., N, d) and (N,) to (..., C, d).

    Sums are taken before dividing: sums of zeros and ones are exact in any order.
    """
    member = torch.nn.functional.one_hot(labels).to(values)
    return member.T @ values / member.sum(0)[:, None]


def normalized_centres(centres: Tensor) -> Tensor:
    """Return centres (..., C, d) scaled to length 1; a centre at the origin becomes nan."""
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

    Each unordered pair is computed once, in blocks, without an N × N matrix. Runs are computed one
    at a time, so that a run's result does not depend on the other runs, to the last bit.
    """
    sizes = counts.tolist()
    values = [
        [_sum_of_distances(axes) / axes.shape[-1] ** 2 for axes in run.split(sizes, dim=-1)]
        for run in features.mT.contiguous()
    ]
    return torch.tensor(values, dtype=torch.float64).mean(-1).to(features)


def _sum_of_distances(axes: Tensor) -> float:
    """Return the sum of distances over ordered pairs of points, stored as coordinates (d, n)."""
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
    """Return cached memory for two blocks, because allocating it is slower than the sums."""
    return torch.empty(2, size, dtype=dtype, device=device)


def diameters(features: Tensor) -> Tensor:
    """Return D_max of features (R, N, d), shape (R,): the largest distance between two of them."""
    of_run = _on_hull if features.shape[-1] == 2 else _in_blocks
    return torch.stack([of_run(run) for run in features])


def _on_hull(points: Tensor) -> Tensor:
    """Return the largest distance between points of the plane, from their convex hull."""
    hull = points[hull_indices(points.double().cpu().numpy())]
    return torch.cdist(hull, hull, compute_mode="donot_use_mm_for_euclid_dist").max()


def _in_blocks(points: Tensor) -> Tensor:
    """Return the largest distance between points, by matrix products: accurate for the largest."""
    points = points - points.mean(0)
    by_product = functools.partial(torch.cdist, compute_mode="use_mm_for_euclid_dist")
    blocks = points.split(max(1, PRODUCT_PAIRS // len(points)))
    return torch.stack([by_product(block, points).max() for block in blocks]).max()


def margins(centres: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the distance of each class centre to its nearest decision line, (..., C).

    It is negative if the centre lies on another class's side. The line between classes i and j is
    where their logits are equal: (w_i - w_j)·z + b_i - b_j = 0.

    Parameters
    ----------
    centres : Tensor of shape (..., C, d)
        Class centres.
    weight : Tensor of shape (..., C, d)
        Weights of the linear classifier.
    bias : Tensor of shape (..., C)
        Biases of the linear classifier.
    """
    logits = centres @ weight.mT + bias[..., None, :]  # (..., centre, class)
    lead = logits.diagonal(dim1=-2, dim2=-1)[..., None] - logits
    distance = lead / _distances(weight).clamp_min(torch.finfo(weight.dtype).tiny)
    diagonal = torch.eye(weight.shape[-2], dtype=torch.bool, device=weight.device)
    return distance.masked_fill(diagonal, torch.inf).amin(-1)


def plane_share(weight: Tensor) -> Tensor:
    """Return the share of the plane that each class wins, shape (..., C), summing to 1.

    Far from the origin biases do not matter, so a class wins a share of all directions. Class i
    wins direction u where (w_i - w_j)·u > 0 for every other j. If the widest gap between the
    angles of the vectors w_i - w_j is g, that is an angle of g - π, or 0 if g < π.

    Parameters
    ----------
    weight : Tensor of shape (..., C, 2)
        The linear classifier's weights.
    """
    ahead = weight[..., :, None, :] - weight[..., None, :, :]  # (..., i, j, 2)
    angle = torch.atan2(ahead[..., 1], ahead[..., 0])
    diagonal = torch.eye(weight.shape[-2], dtype=torch.bool, device=weight.device)
    angle = angle.masked_fill(diagonal, torch.inf).sort(dim=-1).values[..., :-1]
    after = torch.cat([angle[..., 1:], angle[..., :1] + 2 * torch.pi], dim=-1)
    widest_gap = (after - angle).amax(-1)
    return ((widest_gap - torch.pi) / (2 * torch.pi)).clamp_min(0)
