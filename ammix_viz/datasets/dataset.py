"""The `Dataset` class: train and test samples, sorted by class."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Dataset:
    """Train and test samples, each sorted by class.

    Attributes
    ----------
    train, test : ndarray of shape (N, 2), float64, or (N, H, W, C), uint8
        Points, or images.
    train_labels, test_labels : ndarray of shape (N,), int64
        Their classes, in ascending order.
    class_names : tuple of str
        One name per class.
    sampled : tuple of ndarray, optional
        Indices of the train and of the test samples that plots display; all by default.
    coarse_names, coarse_of : tuple of str, tuple of int
        If coarse classes are learned first: their names, and the coarse class of each class.
    mean, std : ndarray of shape (C,), optional
        Mean and standard deviation of each channel, to standardise images with.
    white : int, default=255
        The pixel value that is displayed as white.
    flips : bool, default=True
        Whether a mirrored image is still one of its class.
    marks : tuple of int, optional
        Number of the colour and marker of each class; by default the number of the class.
    """

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]
    sampled: tuple[np.ndarray, np.ndarray] | None = None
    coarse_names: tuple[str, ...] = ()
    coarse_of: tuple[int, ...] = ()
    mean: np.ndarray | None = None
    std: np.ndarray | None = None
    white: int = 255
    flips: bool = True
    marks: tuple[int, ...] = ()

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of training samples of each class."""
        return self._counted(self.train_labels)

    @property
    def test_counts(self) -> tuple[int, ...]:
        """Number of test samples of each class."""
        return self._counted(self.test_labels)

    def _counted(self, labels: np.ndarray) -> tuple[int, ...]:
        return tuple(np.bincount(labels, minlength=len(self.class_names)).tolist())

    @property
    def labels(self) -> np.ndarray:
        """Class of each sample, train samples first."""
        return np.concatenate([self.train_labels, self.test_labels])

    @property
    def displayed(self) -> np.ndarray:
        """Indices of the displayed samples among all samples, train samples first."""
        if self.sampled is None:
            return np.arange(len(self.labels))
        return np.concatenate([self.sampled[0], self.sampled[1] + len(self.train)])

    @property
    def displayed_train(self) -> int:
        """Number of displayed train samples."""
        return len(self.train) if self.sampled is None else len(self.sampled[0])
