"""The image sets: digits and Mini-CIFAR, long-tailed at any factor, with coarse classes or without.

Digits are scikit-learn's real handwritten ones, 8×8 in grey; Mini-CIFAR is airplane, automobile,
bird and cat of CIFAR-10 (AMM A.1), 32×32 in colour.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ammix_viz.datasets import cifar10
from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.long_tail import profile

DISPLAYED_TRAIN, DISPLAYED_TEST = 2000, 400
"""The most train and test images that a picture displays."""

DIGIT_TEST_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Whole:
    """Every image of a set, balanced: arrays as in `Dataset`."""

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


@dataclass(frozen=True)
class Source:
    """Where a set's images come from, and what its classes are called (AMM A.1, A.3)."""

    read: Callable[[], Whole]
    class_names: tuple[str, ...]
    coarse_names: tuple[str, str]
    coarse_of: tuple[int, ...]


@functools.cache
def _digits() -> Whole:
    """Return the digits, a fifth of each class as test images, always the same."""
    from sklearn.datasets import load_digits

    found = load_digits()
    rows = found.images.astype(np.uint8)[..., None]
    parts: tuple[list, list] = [], []
    for label in range(10):
        own = np.random.default_rng([0, label]).permutation(np.flatnonzero(found.target == label))
        cut = int(len(own) * DIGIT_TEST_SHARE)
        for part, index in zip(parts, (own[cut:], own[:cut]), strict=True):
            part.append(np.sort(index))
    train, test = (np.concatenate(part) for part in parts)
    return Whole(rows[train], found.target[train], rows[test], found.target[test])


def _mini_cifar() -> Whole:
    return _channels_last(cifar10.read())


@functools.lru_cache(maxsize=1)
def _channels_last(found: cifar10.Images) -> Whole:
    train, test = (rows.transpose(0, 2, 3, 1) for rows in (found.train, found.test))
    return Whole(train, found.train_labels, test, found.test_labels)


SOURCES = {
    "digits": Source(
        _digits, tuple(str(k) for k in range(10)), ("below 5", "5 and above"), (0,) * 5 + (1,) * 5
    ),
    "mini_cifar": Source(_mini_cifar, cifar10.CLASSES, ("vehicles", "animals"), (0, 0, 1, 1)),
}


def load(name: str, coarse: bool, factor: float, seed: int = 0) -> Dataset:
    """Return an image set.

    Parameters
    ----------
    name : str
        One of `SOURCES`.
    coarse : bool
        Whether coarse classes are learned first.
    factor : float
        n_max / n_min of the training images.
    seed : int, default=0
        Which images a long-tailed class keeps, and which are displayed. A class keeps an image
        that it has at a larger factor.

    Raises
    ------
    ValueError
        If the images are not there, or a class would have none.
    """
    return _cut(SOURCES[name].read(), name, coarse, factor, seed)


@functools.lru_cache(maxsize=4)
def _cut(whole: Whole, name: str, coarse: bool, factor: float, seed: int) -> Dataset:
    source = SOURCES[name]
    kept = _kept(name, whole.train_labels, factor, seed)
    train_labels = whole.train_labels[kept]
    return Dataset(
        whole.train[kept],
        train_labels,
        whole.test,
        whole.test_labels,
        source.class_names,
        _displayed(train_labels, whole.test_labels, seed),
        source.coarse_names if coarse else (),
        source.coarse_of if coarse else (),
        *_moments(whole),
    )


@functools.lru_cache(maxsize=2)
def _moments(whole: Whole) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each channel over all training images."""
    pixels = whole.train.reshape(-1, whole.train.shape[-1])
    return pixels.mean(0, dtype=np.float64), pixels.std(0, dtype=np.float64)


def _kept(name: str, labels: np.ndarray, factor: float, seed: int) -> np.ndarray:
    """Return the images that are left at a factor; all of them at 1."""
    if factor == 1:
        return np.arange(len(labels))
    counts = np.bincount(labels)
    wanted = profile(int(counts.min()), factor, len(counts))
    if 0 in wanted:
        raise ValueError(
            f"imbalance is {factor:g}; class {wanted.index(0)} of {name} would have no "
            f"image. It must be at most {counts.min()}, the images of a class."
        )
    return _first(labels, wanted, seed)


def _first(labels: np.ndarray, counts: tuple[int, ...], seed: int) -> np.ndarray:
    """Return so many indices of each class, ascending, out of an order that the seed decides."""
    picked = [
        np.random.default_rng([seed, label]).permutation(np.flatnonzero(labels == label))[:count]
        for label, count in enumerate(counts)
    ]
    return np.sort(np.concatenate(picked))


def _displayed(
    train: np.ndarray, test: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the images that pictures display, as even among the classes as these allow."""
    if len(train) <= DISPLAYED_TRAIN and len(test) <= DISPLAYED_TEST:
        return None
    return _even(train, DISPLAYED_TRAIN, seed), _even(test, DISPLAYED_TEST, seed)


def _even(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    counts = np.bincount(labels)
    level = max(n for n in range(counts.max() + 1) if np.minimum(counts, n).sum() <= most)
    return _first(labels, tuple(np.minimum(counts, level)), seed)
