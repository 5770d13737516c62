"""The random draws of an epoch: batch order, partners, shares and sites.

They depend on the batch seed and the epoch alone, never on the method or on what came before, so
that methods compared side by side see the same batches in the same order.
"""

from dataclasses import dataclass

import numpy as np

SITES = 4
"""Where features can be mixed: the input, after each hidden block, the 2-D feature."""


@dataclass(frozen=True)
class Batches:
    """The order of an epoch's N points, cut into S batches.

    Attributes
    ----------
    order : ndarray of shape (N,)
        The point at each place of the epoch.
    partner : ndarray of shape (N,)
        For each place, the place of its partner in the same batch: a random permutation.
    inverse : ndarray of shape (N,)
        For each place, the place whose partner it is.
    slices : tuple of slice
        The places of each batch.
    """

    order: np.ndarray
    partner: np.ndarray
    inverse: np.ndarray
    slices: tuple[slice, ...]


@dataclass(frozen=True)
class Draws:
    """What a method may use of chance in the S steps of an epoch.

    Attributes
    ----------
    lam : ndarray of shape (S,), float64
        λ ~ Beta(α, α), one a step.
    site : ndarray of shape (S,), int
        One of the `SITES`, uniformly, one a step.
    """

    lam: np.ndarray
    site: np.ndarray


def draw_batches(seed: int, epoch: int, points: int, batch_size: int) -> Batches:
    """Return the batches of an epoch."""
    rng = np.random.default_rng([seed, epoch, 0])
    order = rng.permutation(points)
    starts = range(0, points, batch_size)
    slices = tuple(slice(start, min(start + batch_size, points)) for start in starts)
    in_batches = [rows.start + rng.permutation(rows.stop - rows.start) for rows in slices]
    partner = np.concatenate(in_batches)
    return Batches(order, partner, partner.argsort(), slices)


def draw_rates(seed: int, epoch: int, steps: int, alpha: float) -> Draws:
    """Return the shares and sites of an epoch."""
    site = np.random.default_rng([seed, epoch, 1]).integers(0, SITES, steps)
    lam = np.random.default_rng([seed, epoch, 2]).beta(alpha, alpha, steps)
    return Draws(lam, site)
