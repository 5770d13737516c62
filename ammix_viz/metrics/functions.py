"""The metrics: of one run by name, and all of them for stacked runs at once.

Functions of one run take features (N, d) as a numpy array or a tensor, and return a float.
Sources: AMM, Eq. 1 to 3; AMA, Fig. 2b; the rest is ours.
"""

import numpy as np
import torch
from torch import Tensor

from ammix_viz.metrics.distances import (
    alignments,
    class_means,
    diameters,
    margins,
    mean_distance,
    neighbour_distance,
    on_circle,
)

Array = np.ndarray | Tensor


def alignment(features: Array, labels: Array) -> float:
    """Return A, the mean distance inside a class, averaged over classes (AMM Eq. 1).

    A = 1/C Σ_i 1/|F_i|² Σ_{j,k ∈ F_i} ‖v_j - v_k‖₂, the pairs j = k included, on raw features.

    Parameters
    ----------
    features : array of shape (N, d)
        One feature a row.
    labels : array of shape (N,)
        Classes, from 0; none between may be empty.

    Raises
    ------
    ValueError
        If shapes do not fit, a class has no samples, or features are not finite.
    """
    features, labels = _checked(features, labels)
    by_class = features[labels.argsort(stable=True)]
    return float(alignments(by_class[None], _counts(labels)))


def uniformity(features: Array, labels: Array, normalize: bool = True) -> float:
    """Return U, the mean distance between class centres over ordered pairs (AMM Eq. 2).

    Parameters
    ----------
    features, labels
        As for `alignment`; two classes at least.
    normalize : bool, default=True
        Put centres on the unit circle first, as AMM does; AMA does not.

    Raises
    ------
    ValueError
        As for `alignment`, with fewer than two classes, or for a centre that has no direction.
    """
    return float(mean_distance(_checked_centres(features, labels, normalize)))


def neighborhood_uniformity(
    features: Array, labels: Array, k: int = 1, normalize: bool = True
) -> float:
    """Return U_k, the mean distance of a class centre to its k nearest ones (AMM Eq. 3).

    The sum over the k nearest is divided by k, as AMA does; AMM writes the plain sum, which is
    the same for k = 1.

    Parameters
    ----------
    features, labels, normalize
        As for `uniformity`.
    k : int, default=1
        Neighbours, from 1 to the number of classes less one.

    Raises
    ------
    ValueError
        As for `uniformity`, or if there are not k neighbours.
    """
    centres = _checked_centres(features, labels, normalize)
    if not 1 <= k < len(centres):
        raise ValueError(f"k is {k}; it must be a whole number from 1 to {len(centres) - 1}.")
    return float(neighbour_distance(centres, k))


def d_max(features: Array) -> float:
    """Return D_max, the largest distance between two features (AMA Fig. 2b).

    Raises
    ------
    ValueError
        If there are no features, or they are not finite.
    """
    return float(diameters(_checked(features)))


def d_centroid(features: Array, labels: Array) -> float:
    """Return D_centroid, the mean distance between raw class centres (AMA Fig. 2b).

    Raises
    ------
    ValueError
        As for `uniformity`.
    """
    return uniformity(features, labels, normalize=False)


def d_relative(features: Array, labels: Array) -> float:
    """Return D_relative = D_centroid / D_max (AMA Fig. 2b).

    Raises
    ------
    ValueError
        As for `uniformity`, or if all features are the same.
    """
    largest = d_max(features)
    if largest == 0:
        raise ValueError("D_relative is not defined: all features are the same point.")
    return d_centroid(features, labels) / largest


def _checked(features: Array, labels: Array | None = None) -> Tensor | tuple[Tensor, Tensor]:
    features = torch.as_tensor(features)
    features = features if features.dtype == torch.float64 else features.double()
    if features.ndim != 2 or 0 in features.shape:
        raise ValueError(f"features has shape {tuple(features.shape)}; it must be (N, d), N ≥ 1.")
    if not torch.isfinite(features).all():
        raise ValueError("features has values that are not finite.")
    if labels is None:
        return features
    labels = torch.as_tensor(labels, device=features.device)
    if labels.shape != features.shape[:1] or labels.is_floating_point() or labels.min() < 0:
        raise ValueError(f"labels must be {len(features)} whole numbers from 0, one a feature.")
    empty = (_counts(labels) == 0).nonzero()
    if len(empty):
        raise ValueError(f"Class {int(empty[0])} has no samples.")
    return features, labels.long()


def _counts(labels: Tensor) -> Tensor:
    return torch.bincount(labels.long())


def _checked_centres(features: Array, labels: Array, normalize: bool) -> Tensor:
    features, labels = _checked(features, labels)
    if labels.max() < 1:
        raise ValueError("There is one class only; a distance between classes needs two.")
    centres = class_means(features, labels)
    if normalize and (centres == 0).all(-1).any():
        raise ValueError("A class centre lies at the origin, so that it has no direction.")
    return on_circle(centres) if normalize else centres


def measure(
    features: Tensor,
    labels: Tensor,
    weight: Tensor,
    bias: Tensor,
    totals: tuple[int, ...] | None = None,
) -> dict[str, Tensor]:
    """Return every metric of a split for R stacked runs, by its name in the run file.

    Parameters
    ----------
    features : Tensor of shape (R, N, 2)
        Features of the split.
    labels : Tensor of shape (N,), int64
        Their classes, ascending; every class has a sample.
    weight, bias : Tensor of shape (R, K, 2) and (R, K)
        The linear classifier.
    totals : tuple of int, optional
        Where the features are a sample: how many there are of each class. Accuracy and calibration
        error are then what the sample lets one expect of all.

    Returns
    -------
    dict of str to Tensor of shape (R,) or (R, K)
        Accuracies and calibration error in percent, distances in feature units.
    """
    centres = class_means(features, labels)
    circle, largest = on_circle(centres), diameters(features)
    raw, margin = mean_distance(centres), margins(centres, weight, bias)
    return _classified(features, labels, weight, bias, totals) | {
        "A": alignments(features, _counts(labels)),
        "U": mean_distance(circle),
        "U1": neighbour_distance(circle, 1),
        "U_raw": raw,
        "U1_raw": neighbour_distance(centres, 1),
        "D_max": largest,
        "D_centroid": raw,
        "D_relative": raw / largest,
        "margin": margin,
        "relative_margin": margin / largest[:, None],
    }


def _classified(
    features: Tensor,
    labels: Tensor,
    weight: Tensor,
    bias: Tensor,
    totals: tuple[int, ...] | None,
) -> dict[str, Tensor]:
    logits = torch.baddbmm(bias[..., None], weight, features.mT)  # (R, K, N)
    confidence, predicted = torch.softmax(logits, dim=1).max(dim=1)
    right = (predicted == labels).to(features)
    per_class = class_means(right[..., None], labels)[..., 0]
    accuracy, share = right.mean(-1), None
    if totals is not None:
        of_class = torch.tensor(totals).to(right) / sum(totals)
        accuracy, share = per_class @ of_class, (of_class / _counts(labels))[labels]
    return {
        "accuracy": 100 * accuracy,
        "per_class_accuracy": 100 * per_class,
        "calibration_error": 100 * calibration_error(confidence, right, share=share),
    }


def calibration_error(
    confidence: Tensor, right: Tensor, bins: int = 15, share: Tensor | None = None
) -> Tensor:
    """Return the expected calibration error, shape (R,), over bins of equal width.

    Parameters
    ----------
    confidence, right : Tensor of shape (R, N)
        Probability of the predicted class; 1 where it is the right one, else 0.
    bins : int, default=15
        Bins of [0, 1].
    share : Tensor of shape (N,), optional
        Weights of the samples, which sum to 1; equal by default.
    """
    index = (confidence * bins).long().clamp_(0, bins - 1)
    gap = torch.zeros(*confidence.shape[:-1], bins).to(confidence)
    if share is not None:
        return gap.scatter_add_(-1, index, (right - confidence) * share).abs().sum(-1)
    gap.scatter_add_(-1, index, right - confidence)
    return gap.abs().sum(-1) / confidence.shape[-1]
