"""The `ImageSet` class, and the long-tailed data sets sampled from one."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.long_tail import profile

DISPLAYED_TRAIN, DISPLAYED_TEST = 2000, 400
"""The most train and test images that a plot displays."""

TEST_SHARE = 0.2
"""Share of each class that is held out if a set has no test images."""


@dataclass(frozen=True, eq=False)
class ImageSet:
    """All images of a set.

    Attributes
    ----------
    name : str
        Name of the set in error messages.
    train, train_labels, test, test_labels, class_names
        As in `Dataset`.
    coarse_names, coarse_of
        As in `Dataset`; used by entries of the table that learn coarse classes first.
    white, flips
        As in `Dataset`.
    """

    name: str
    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]
    coarse_names: tuple[str, ...] = ()
    coarse_of: tuple[int, ...] = ()
    white: int = 255
    flips: bool = True


def image_loader(
    read: Callable[[], ImageSet], coarse: bool = False
) -> Callable[[float | str, int], Dataset]:
    """Return the `load` function of an image set's entry in the table.

    Parameters
    ----------
    read : callable
        Returns all images, the same object until they change; raises ValueError if they cannot
        be read.
    coarse : bool, default=False
        Whether coarse classes are learned first.
    """

    def load(imbalance: float | str, seed: int) -> Dataset:
        return long_tailed(read(), float(imbalance), seed, coarse)

    return load


@functools.lru_cache(maxsize=4)
def long_tailed(images: ImageSet, factor: float, seed: int = 0, coarse: bool = False) -> Dataset:
    """Return a data set whose training images follow an exponential class profile.

    Parameters
    ----------
    images : ImageSet
        All images.
    factor : float
        Imbalance factor n_max / n_min of the training images; at 1 all images are kept.
    seed : int, default=0
        Seed of the choice of images, kept and displayed. The images kept at a larger factor are a
        subset of those kept at a smaller one.
    coarse : bool, default=False
        Whether coarse classes are learned first.

    Raises
    ------
    ValueError
        If a class would have no images.
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
        images.white,
        images.flips,
    )


@functools.lru_cache(maxsize=2)
def _moments(images: ImageSet) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each channel over all training images."""
    pixels = images.train.reshape(-1, images.train.shape[-1])
    return pixels.mean(0, dtype=np.float64), pixels.std(0, dtype=np.float64)


def _kept(images: ImageSet, factor: float, seed: int) -> np.ndarray:
    """Return the indices of the training images that are kept at an imbalance factor."""
    labels = images.train_labels
    if factor == 1:
        return np.arange(len(labels))
    counts = np.bincount(labels)
    counts_kept = profile(int(counts.min()), factor, len(counts))
    if 0 in counts_kept:
        raise ValueError(
            f"imbalance is {factor:g}; class {images.class_names[counts_kept.index(0)]} of "
            f"{images.name} would have no image. It must be at most {counts.min()}, the images of "
            "the smallest class."
        )
    return _first(labels, counts_kept, seed)


def _first(labels: np.ndarray, counts: tuple[int, ...], seed: int) -> np.ndarray:
    """Return the first `counts` indices of each class in random order, sorted."""
    indices = [
        np.random.default_rng([seed, label]).permutation(np.flatnonzero(labels == label))[:count]
        for label, count in enumerate(counts)
    ]
    return np.sort(np.concatenate(indices))


def displayed(
    train: np.ndarray, test: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the indices of the train and test images that plots display; None for all.

    They are as balanced over the classes as the labels `train` and `test` allow.
    """
    if len(train) <= DISPLAYED_TRAIN and len(test) <= DISPLAYED_TEST:
        return None
    return _even(train, DISPLAYED_TRAIN, seed), _even(test, DISPLAYED_TEST, seed)


def _even(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    counts = np.bincount(labels)
    level = max(n for n in range(counts.max() + 1) if np.minimum(counts, n).sum() <= most)
    return _first(labels, tuple(np.minimum(counts, level)), seed)


def hold_out(count: int, label: int) -> tuple[np.ndarray, np.ndarray]:
    """Split the images of a class at random, with a fixed seed.

    Returns
    -------
    train, test : ndarray of shape (N,), int64
        Sorted indices below `count`; a fifth of them, rounded down, are in `test`.
    """
    order = np.random.default_rng([0, label]).permutation(count)
    cut = int(count * TEST_SHARE)
    return np.sort(order[cut:]), np.sort(order[:cut])
