"""The data sets, as arrays sorted by class."""

from dataclasses import dataclass

import numpy as np

from ammix_viz.settings.recipe import Recipe

PAPER_COUNTS = (1000, 500, 100, 10)
TEST_COUNT = 200
CENTRES = np.array([(-3.0, 3.0), (3.0, 3.0), (3.0, -3.0), (-3.0, -3.0)])


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
    drawn : tuple of ndarray, optional
        Indices of the train and of the test samples that pictures show; by default all.
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
    drawn: tuple[np.ndarray, np.ndarray] | None = None
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
    def shown(self) -> np.ndarray:
        """Indices of the samples that pictures show, among all of them, train samples first."""
        if self.drawn is None:
            return np.arange(len(self.labels))
        return np.concatenate([self.drawn[0], self.drawn[1] + len(self.train)])

    @property
    def shown_train(self) -> int:
        """How many of those are train samples."""
        return len(self.train) if self.drawn is None else len(self.drawn[0])


def profile(largest: int, factor: float, classes: int) -> tuple[int, ...]:
    """Return floor(n · factor^(-i/(K-1))) for class i of K: an exponential profile (AMM A.1)."""
    return tuple(int(largest * factor ** (-i / (classes - 1)) + 1e-9) for i in range(classes))


def gaussian_counts(imbalance: float | str) -> tuple[int, ...]:
    """Return the training points a class: the paper's, or those of the profile."""
    return PAPER_COUNTS if imbalance == "paper" else profile(1000, float(imbalance), 4)


def gaussian(imbalance: float | str = "paper", seed: int = 0) -> Dataset:
    """Draw the Gaussian toy of AMA 3.3: four classes of variance 1 around (±3, ±3).

    Each class has a stream of its own, so a point stays where it is when the imbalance changes.
    """
    train, test = [], []
    counts = gaussian_counts(imbalance)
    for label, (centre, count) in enumerate(zip(CENTRES, counts, strict=True)):
        for part, (points, n) in enumerate(((train, count), (test, TEST_COUNT))):
            rng = np.random.default_rng([seed, label, part])
            points.append(centre + rng.standard_normal((n, 2)))
    names = tuple(f"Class {k}" for k in range(4))
    test_labels = np.repeat(np.arange(4), TEST_COUNT)
    return Dataset(
        np.concatenate(train),
        np.repeat(np.arange(4), counts),
        np.concatenate(test),
        test_labels,
        names,
    )


def load(recipe: Recipe) -> Dataset:
    """Return the data of a recipe.

    Raises
    ------
    ValueError
        If its images are not there, or a class would have none at that imbalance.
    """
    if recipe.on_images:
        from ammix_viz.datasets import images  # scikit-learn takes a second to load

        return images.load(recipe.data, recipe.factor, recipe.data_seed)
    return gaussian(recipe.imbalance, recipe.data_seed)


def problem(recipe: Recipe) -> str:
    """Return a sentence if a recipe has no data to train on, else nothing."""
    try:
        load(recipe)
    except ValueError as error:
        return str(error)
    return ""
