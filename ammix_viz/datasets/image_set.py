"""All images of a set, and the data set of those that a run trains on."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.long_tail import profile

DISPLAYED_TRAIN, DISPLAYED_TEST = 2000, 400
"""The most train and test images that a picture displays."""

TEST_SHARE = 0.2
"""Of each class, where a set comes without test images."""


@dataclass(frozen=True, eq=False)
class ImageSet:
    """All images of a set.

    Attributes
    ----------
    name : str
        In sentences about it.
    train, train_labels, test, test_labels, class_names
        As in `Dataset`.
    coarse_names, coarse_of
        As in `Dataset`; for entries of the table that learn coarse classes first.
    """

    name: str
    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]
    coarse_names: tuple[str, ...] = ()
    coarse_of: tuple[int, ...] = ()


def image_loader(
    read: Callable[[], ImageSet], coarse: bool = False
) -> Callable[[float | str, float, int], Dataset]:
    """Return what an entry of the table loads an image set with.

    Parameters
    ----------
    read : callable
        Returns all images, the same object until they change; raises ValueError if they cannot be
        had.
    coarse : bool, default=False
        Whether coarse classes are learned first.
    """

    def load(imbalance: float | str, noise: float, seed: int) -> Dataset:
        return long_tailed(read(), float(imbalance), seed, coarse)

    return load


@functools.lru_cache(maxsize=4)
def long_tailed(images: ImageSet, factor: float, seed: int = 0, coarse: bool = False) -> Dataset:
    """Return the data set with so many times the training images of the last class in the first.

    Parameters
    ----------
    images : ImageSet
        All there are.
    factor : float
        n_max / n_min of the training images; at 1 all of them, as many as each class has.
    seed : int, default=0
        Which images a class keeps, and which are displayed. A class keeps an image that it has at
        a larger factor.
    coarse : bool, default=False
        Whether coarse classes are learned first.

    Raises
    ------
    ValueError
        If a class would have no image.
    """
    kept = _kept(images, factor, seed)
    train_labels = images.train_labels[kept]
    return Dataset(
        images.train[kept],
        train_labels,
        images.test,
        images.test_labels,
        images.class_names,
        displayed(train_labels, images.test_labels, seed),
        images.coarse_names if coarse else (),
        images.coarse_of if coarse else (),
        *_moments(images),
    )


@functools.lru_cache(maxsize=2)
def _moments(images: ImageSet) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each channel over all training images."""
    pixels = images.train.reshape(-1, images.train.shape[-1])
    return pixels.mean(0, dtype=np.float64), pixels.std(0, dtype=np.float64)


def _kept(images: ImageSet, factor: float, seed: int) -> np.ndarray:
    """Return the indices of the training images that are left at a factor."""
    labels = images.train_labels
    if factor == 1:
        return np.arange(len(labels))
    counts = np.bincount(labels)
    wanted = profile(int(counts.min()), factor, len(counts))
    if 0 in wanted:
        raise ValueError(
            f"imbalance is {factor:g}; class {images.class_names[wanted.index(0)]} of "
            f"{images.name} would have no image. It must be at most {counts.min()}, the images of "
            "the smallest class."
        )
    return _first(labels, wanted, seed)


def _first(labels: np.ndarray, counts: tuple[int, ...], seed: int) -> np.ndarray:
    """Return so many indices of each class, ascending, out of an order that the seed decides."""
    picked = [
        np.random.default_rng([seed, label]).permutation(np.flatnonzero(labels == label))[:count]
        for label, count in enumerate(counts)
    ]
    return np.sort(np.concatenate(picked))


def displayed(
    train: np.ndarray, test: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the indices of the images that pictures display; None if they display all.

    They are as even among the classes as the labels, `train` and `test`, allow.
    """
    if len(train) <= DISPLAYED_TRAIN and len(test) <= DISPLAYED_TEST:
        return None
    return _even(train, DISPLAYED_TRAIN, seed), _even(test, DISPLAYED_TEST, seed)


def _even(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    counts = np.bincount(labels)
    level = max(n for n in range(counts.max() + 1) if np.minimum(counts, n).sum() <= most)
    return _first(labels, tuple(np.minimum(counts, level)), seed)


def hold_out(count: int, label: int) -> tuple[np.ndarray, np.ndarray]:
    """Split the images of a class, always in the same way.

    Returns
    -------
    train, test : ndarray of shape (N,), int64
        Ascending indices below `count`; a fifth of them, rounded down, in `test`.
    """
    order = np.random.default_rng([0, label]).permutation(count)
    cut = int(count * TEST_SHARE)
    return np.sort(order[cut:]), np.sort(order[:cut])
