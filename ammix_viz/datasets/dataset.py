"""What a data set is: train and test samples, sorted by class."""

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
        Their classes, ascending.
    class_names : tuple of str
        One name a class.
    sampled : tuple of ndarray, optional
        Indices of the train and of the test samples that pictures display; by default all.
    coarse_names, coarse_of : tuple of str, tuple of int
        Where coarse classes are learnt first: their names, and that of each class.
    mean, std : ndarray of shape (C,), optional
        What images are standardised with.
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

    @property
    def counts(self) -> tuple[int, ...]:
        """Training samples of each class."""
        return self._counted(self.train_labels)

    @property
    def test_counts(self) -> tuple[int, ...]:
        """Test samples of each class."""
        return self._counted(self.test_labels)

    def _counted(self, labels: np.ndarray) -> tuple[int, ...]:
        return tuple(np.bincount(labels, minlength=len(self.class_names)).tolist())

    @property
    def labels(self) -> np.ndarray:
        """Class of every sample, train samples first."""
        return np.concatenate([self.train_labels, self.test_labels])

    @property
    def displayed(self) -> np.ndarray:
        """Indices of the samples that pictures display, among all of them, train samples first."""
        if self.sampled is None:
            return np.arange(len(self.labels))
        return np.concatenate([self.sampled[0], self.sampled[1] + len(self.train)])

    @property
    def displayed_train(self) -> int:
        """How many of those are train samples."""
        return len(self.train) if self.sampled is None else len(self.sampled[0])
