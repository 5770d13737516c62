"""The public metric functions: the papers' metrics of features of any width.

Sources: AMM (arXiv 2401.14696), Eq. 1 to 3; AMA (its first version), Fig. 2b.
"""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import pdist, squareform

from ammix_viz.metrics.pairwise import diameter, sum_of_distances

if TYPE_CHECKING:
    from torch import Tensor

KINDS = {
    "U": "text",
    "S": "text",
    "O": "objects",
    "b": "booleans",
    "c": "complex numbers",
    "M": "dates",
    "m": "time spans",
    "f": "floating-point numbers",
}
"""The kinds of numpy dtypes, in words."""


def alignment(features: ArrayLike, labels: ArrayLike) -> float:
    """Return A, the mean distance within a class, averaged over classes (AMM Eq. 1).

    A = 1/C Σ_i 1/|F_i|² Σ_{j,k ∈ F_i} ‖v_j - v_k‖₂ on raw features, including pairs with j = k.

    Parameters
    ----------
    features : array, tensor or data frame of shape (N, d)
        Finite numbers, one sample per row. A tensor may be on any device and require a gradient.
    labels : array, tensor or series of shape (N,)
        Classes, numbered from 0 without gaps.

    Raises
    ------
    ValueError
        If a shape or type is wrong, a class has no samples, or a feature is not finite.
    """
    features, labels = _checked(features, labels)
    classes = [features[labels == k] for k in range(labels.max() + 1)]
    return float(np.mean([sum_of_distances(rows) / len(rows) ** 2 for rows in classes]))


def uniformity(features: ArrayLike, labels: ArrayLike, normalize: bool = True) -> float:
    """Return U, the mean distance between class centres over ordered pairs (AMM Eq. 2).

    Parameters
    ----------
    features, labels
        As for `alignment`, with at least two classes.
    normalize : bool, default=True
        Scale each class centre to length 1 first, as AMM does; AMA does not.

    Raises
    ------
    ValueError
        As for `alignment`; also for fewer than two classes, or a class centre at the origin.
    """
    return float(pdist(_checked_centres(features, labels, normalize)).mean())


def neighborhood_uniformity(
    features: ArrayLike,
    labels: ArrayLike,
    k: int = 1,
    normalize: bool = True,
) -> float:
    """Return U_k, the mean distance of a class centre to its k nearest other centres (AMM Eq. 3).

    The sum over the k nearest centres is divided by k, as in AMA. AMM writes the plain sum, which
    is the same for k = 1.

    Parameters
    ----------
    features, labels, normalize
        As for `uniformity`.
    k : int, default=1
        Number of neighbours, from 1 to the number of classes - 1.

    Raises
    ------
    ValueError
        As for `uniformity`, or if `k` is out of range.
    """
    centres = _checked_centres(features, labels, normalize)
    if k not in range(1, len(centres)):
        raise ValueError(f"k is {k}; it must be a whole number from 1 to {len(centres) - 1}.")
    return float(np.sort(squareform(pdist(centres)))[:, 1 : int(k) + 1].mean())


def d_max(features: ArrayLike) -> float:
    """Return D_max, the largest distance between two features (AMA Fig. 2b).

    Raises
    ------
    ValueError
        If there are no features, or they are not finite numbers.
    """
    return diameter(_checked_features(features))


def d_centroid(features: ArrayLike, labels: ArrayLike) -> float:
    """Return D_centroid, the mean distance between raw class centres (AMA Fig. 2b).

    Raises
    ------
    ValueError
        As for `uniformity`.
    """
    return uniformity(features, labels, normalize=False)


def d_relative(features: ArrayLike, labels: ArrayLike) -> float:
    """Return D_relative = D_centroid / D_max (AMA Fig. 2b).

    Raises
    ------
    ValueError
        As for `uniformity`, or if all features are equal.
    """
    between = d_centroid(features, labels)
    largest = d_max(features)
    if largest == 0:
        raise ValueError("D_relative is not defined: all features are the same point.")
    return between / largest


def _checked_centres(features: ArrayLike, labels: ArrayLike, normalize: bool) -> np.ndarray:
    features, labels = _checked(features, labels)
    if labels.max() < 1:
        raise ValueError("There is one class only; a distance between classes needs two.")
    centres = np.stack([features[labels == k].mean(0) for k in range(labels.max() + 1)])
    lengths = np.linalg.norm(centres, axis=1, keepdims=True)
    if normalize and not lengths.all():
        raise ValueError("A class centre lies at the origin, so that it has no direction.")
    return centres / lengths if normalize else centres


def _checked(features: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    features, labels = _checked_features(features), _array("labels", labels)
    if labels.shape != features.shape[:1]:
        raise ValueError(
            f"labels has shape {labels.shape}; it must be ({len(features)},), one label a feature."
        )
    if labels.dtype.kind not in "iu":
        kind = KINDS.get(labels.dtype.kind, labels.dtype.name)
        raise ValueError(f"labels holds {kind}; it must hold whole numbers from 0, one a class.")
    if labels.min() < 0:
        raise ValueError(f"labels holds {labels.min()}; it must hold whole numbers from 0.")
    classes = np.unique(labels)
    if classes[-1] != len(classes) - 1:
        empty = int((classes != np.arange(len(classes))).argmax())
        raise ValueError(f"Class {empty} has no samples; labels must be 0, 1, 2, … without gaps.")
    return features, labels


def _checked_features(features: ArrayLike) -> np.ndarray:
    features = _array("features", features)
    if features.dtype.kind not in "fiu":
        kind = KINDS.get(features.dtype.kind, features.dtype.name)
        raise ValueError(f"features holds {kind}; it must hold numbers.")
    if features.ndim != 2 or 0 in features.shape:
        raise ValueError(f"features has shape {features.shape}; it must be (N, d), N ≥ 1.")
    features = features.astype(np.float64)
    if not np.isfinite(features).all():
        raise ValueError("features has values that are not finite.")
    return features


def _array(name: str, values: ArrayLike) -> np.ndarray:
    """Return a list, array, tensor or data frame as an array."""
    if hasattr(values, "detach"):
        tensor = cast("Tensor", values).detach().cpu()
        values = tensor.double() if tensor.is_floating_point() else tensor
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} is no array: its rows differ in length.") from None
