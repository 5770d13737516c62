"""The random numbers of an epoch: batch order, partners, pairs, λ and mixing sites.

They depend only on the batch seed and the epoch, so that all methods of a comparison see the same
batches in the same order.

A position is an index into the epoch's shuffled order of samples.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batches:
    """The shuffled order of an epoch's N samples, cut into S batches.

    Attributes
    ----------
    order : ndarray of shape (N,)
        The sample at each position of the epoch.
    partner : ndarray of shape (N,)
        The position of each one's partner: a random permutation within each batch.
    slices : tuple of slice
        The positions of each batch.
    """

    order: np.ndarray
    partner: np.ndarray
    slices: tuple[slice, ...]

    @property
    def step(self) -> np.ndarray:
        """The batch of each position, shape (N,)."""
        return np.repeat(np.arange(len(self.slices)), [s.stop - s.start for s in self.slices])


@dataclass(frozen=True)
class Draws:
    """The random numbers that a method can use in the S steps of an epoch.

    Attributes
    ----------
    lam : ndarray of shape (S,) or (N,), float64
        λ ~ Beta(α, α), one per step, or one per position of the epoch.
    site : ndarray of shape (S,), int
        A uniformly random mixing site per step.
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


def draw_rates(
    seed: int, epoch: int, steps: int, alpha: float, sites: int = 4, rows: int | None = None
) -> Draws:
    """Return the random mixing sites of an epoch, and λ of each step, or of each of N `rows`."""
    site = np.random.default_rng([seed, epoch, 1]).integers(0, sites, steps)
    stream, count = (2, steps) if rows is None else (5, rows)
    lam = np.random.default_rng([seed, epoch, stream]).beta(alpha, alpha, count)
    return Draws(lam, site)


def draw_crops(seed: int, epoch: int, samples: int, margin: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the random crop and flip of each sample, for images padded by a margin.

    Returns
    -------
    corner : ndarray of shape (N, 2), int64
        Row and column of the crop in the padded image, from 0 to twice the margin.
    flip : ndarray of shape (N,), bool
        Whether the image is flipped horizontally.
    """
    rng = np.random.default_rng([seed, epoch, 4])
    corner = rng.integers(0, 2 * margin + 1, (samples, 2))
    return corner, rng.random(samples) < 0.5


def draw_pairs(
    seed: int, epoch: int, labels: np.ndarray, step: np.ndarray, distinct: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return the class-unbiased pairs of an epoch, as `class_unbiased_pairs` does.

    Parameters
    ----------
    seed, epoch : int
        Batch seed and number of the epoch.
    labels, step : ndarray of shape (N,), int
        Class and batch of each place.
    distinct : bool, default=True
        Whether the two classes differ.
    """
    uniform = np.random.default_rng([seed, epoch, 3]).random((4, len(labels)))
    return class_unbiased_pairs(labels, step, uniform, distinct)


def class_unbiased_pairs(
    labels: np.ndarray, step: np.ndarray, uniform: np.ndarray, distinct: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return N class-unbiased pairs (AMA Eq. 5).

    The first sample's class is uniform over the classes in the batch. The second sample's class is
    too, excluding the first one if `distinct`. Each sample is then uniform within its class. In a
    batch of one class with `distinct`, each sample is paired with itself.

    Parameters
    ----------
    labels, step : ndarray of shape (N,), int
        Class and batch of each position; batches are in ascending order from 0.
    uniform : ndarray of shape (4, N), float64
        Uniform in [0, 1): for the two classes and the two samples of each pair.
    distinct : bool, default=True
        Whether the two classes differ, as in AMA.

    Returns
    -------
    first, second : ndarray of shape (N,), int
        Positions in the same batch.
    """
    classes = labels.max() + 1
    group = step * classes + labels
    by_class = group.argsort(kind="stable")  # by batch, then by class
    counts = np.bincount(group, minlength=(step[-1] + 1) * classes).reshape(-1, classes)
    starts = counts.cumsum().reshape(counts.shape) - counts
    present = (counts == 0).argsort(axis=1, kind="stable")  # classes in the batch first
    number = (counts > 0).sum(1)[step]
    rank = (uniform[0] * number).astype(int)
    other = (uniform[1] * (number - distinct)).astype(int)
    if distinct:
        other += (other >= rank) & (number > 1)
    first, second = (
        by_class[starts[step, label] + (u * counts[step, label]).astype(int)]
        for label, u in ((present[step, rank], uniform[2]), (present[step, other], uniform[3]))
    )
    return first, np.where((number > 1) | (not distinct), second, first)
