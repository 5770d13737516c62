"""The random draws of an epoch: batch order, partners, pairs, shares and sites.

They depend on the batch seed and the epoch alone, never on the method or on what came before, so
that methods compared side by side see the same batches in the same order.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batches:
    """The order of an epoch's N points, cut into S batches.

    Attributes
    ----------
    order : ndarray of shape (N,)
        The point at each place of the epoch.
    partner : ndarray of shape (N,)
        For each place, the place of its partner in the same batch: a random permutation.
    slices : tuple of slice
        The places of each batch.
    """

    order: np.ndarray
    partner: np.ndarray
    slices: tuple[slice, ...]

    @property
    def step(self) -> np.ndarray:
        """The batch of each place, shape (N,)."""
        return np.repeat(np.arange(len(self.slices)), [s.stop - s.start for s in self.slices])


@dataclass(frozen=True)
class Draws:
    """What a method may use of chance in the S steps of an epoch.

    Attributes
    ----------
    lam : ndarray of shape (S,), float64
        λ ~ Beta(α, α), one a step.
    site : ndarray of shape (S,), int
        One of the recipe's sites, uniformly, one a step.
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
    return Batches(order, np.concatenate(in_batches), slices)


def draw_rates(seed: int, epoch: int, steps: int, alpha: float, sites: int = 4) -> Draws:
    """Return the shares and sites of an epoch."""
    site = np.random.default_rng([seed, epoch, 1]).integers(0, sites, steps)
    lam = np.random.default_rng([seed, epoch, 2]).beta(alpha, alpha, steps)
    return Draws(lam, site)


def draw_crops(seed: int, epoch: int, samples: int, margin: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each sample's crop, as its corner in an image widened by a margin, and its flip.

    Returns
    -------
    corner : ndarray of shape (N, 2), int64
        Row and column, from 0 to twice the margin.
    flip : ndarray of shape (N,), bool
        Whether left and right are exchanged.
    """
    rng = np.random.default_rng([seed, epoch, 4])
    corner = rng.integers(0, 2 * margin + 1, (samples, 2))
    return corner, rng.random(samples) < 0.5


def draw_pairs(
    seed: int, epoch: int, labels: np.ndarray, step: np.ndarray, distinct: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return the class-unbiased pairs of an epoch, as `class_unbiased_pairs` gives them.

    Parameters
    ----------
    seed, epoch : int
        What the draws depend on.
    labels, step : ndarray of shape (N,), int
        Class and batch of each place.
    distinct : bool, default=True
        Whether the two classes differ.
    """
    chance = np.random.default_rng([seed, epoch, 3]).random((4, len(labels)))
    return class_unbiased_pairs(labels, step, chance, distinct)


def class_unbiased_pairs(
    labels: np.ndarray, step: np.ndarray, chance: np.ndarray, distinct: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return class-unbiased pairs (AMA Eq. 5), as many as there are places.

    The first row's class is one of those in the batch, each as likely as the other, and so is the
    second's, among those that are left if the two are to differ; the row is any of its class. In a
    batch of one class no two differ: a row is then paired with itself.

    Parameters
    ----------
    labels, step : ndarray of shape (N,), int
        Class and batch of each place; batches ascend from 0.
    chance : ndarray of shape (4, N), float64
        Uniform in [0, 1): for the two classes and the two rows of each pair.
    distinct : bool, default=True
        Whether the two classes differ, as in AMA.

    Returns
    -------
    first, second : ndarray of shape (N,), int
        Places in the same batch.
    """
    classes = labels.max() + 1
    group = step * classes + labels
    places = group.argsort(kind="stable")  # by batch, then by class
    counts = np.bincount(group, minlength=(step[-1] + 1) * classes).reshape(-1, classes)
    starts = counts.cumsum().reshape(counts.shape) - counts
    present = (counts == 0).argsort(axis=1, kind="stable")  # the classes in the batch come first
    number = (counts > 0).sum(1)[step]
    rank = (chance[0] * number).astype(int)
    other = (chance[1] * (number - distinct)).astype(int)
    if distinct:
        other += (other >= rank) & (number > 1)
    first, second = (
        places[starts[step, label] + (luck * counts[step, label]).astype(int)]
        for label, luck in ((present[step, rank], chance[2]), (present[step, other], chance[3]))
    )
    return first, np.where((number > 1) | (not distinct), second, first)
