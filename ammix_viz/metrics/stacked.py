"""All metrics of a snapshot, computed for all runs of a stack at once."""

import torch
from torch import Tensor

from ammix_viz.metrics.distances import (
    alignments,
    class_means,
    diameters,
    margins,
    mean_distance,
    neighbour_distance,
    normalized_centres,
)


def measure(
    features: Tensor,
    labels: Tensor,
    weight: Tensor,
    bias: Tensor,
    totals: tuple[int, ...] | None = None,
    neighbors: int = 1,
) -> dict[str, Tensor]:
    """Return every metric of one split for R stacked runs, by its name in the run file.

    Parameters
    ----------
    features : Tensor of shape (R, N, d)
        Features of the split.
    labels : Tensor of shape (N,), int64
        Their classes, in ascending order; every class has a sample.
    weight, bias : Tensor of shape (R, K, d) and (R, K)
        The linear classifier.
    totals : tuple of int, optional
        Class counts of the full split, if the features are a subset of it. Accuracy and
        calibration error are then estimates for the full split, by weighting the classes.
    neighbors : int, default=1
        The k of U_k; above 1, U_k is measured beside U1.

    Returns
    -------
    dict of str to Tensor of shape (R,) or (R, K)
        Accuracies and calibration error in percent, distances in feature units.
    """
    centres = class_means(features, labels)
    unit, largest = normalized_centres(centres), diameters(features)
    raw, margin = mean_distance(centres), margins(centres, weight, bias)
    of_k = {
        f"U{k}{suffix}": neighbour_distance(places, k)
        for k in {1, neighbors}
        for suffix, places in (("", unit), ("_raw", centres))
    }
    return (
        _classified(features, labels, weight, bias, totals)
        | of_k
        | {
            "A": alignments(features, torch.bincount(labels)),
            "U": mean_distance(unit),
            "U_raw": raw,
            "D_max": largest,
            "D_centroid": raw,
            "D_relative": raw / largest,
            "margin_balance": margin_balance(margin),
            "margin": margin,
            "relative_margin": margin / largest[:, None],
        }
    )


def margin_balance(margin: Tensor) -> Tensor:
    """Return the smallest class margin divided by the largest: (..., K) to (...).

    It is negative if a class centre lies on another class's side. The smallest margin is divided
    by the absolute value of the largest, so the sign is correct even if all margins are negative.
    The result is always finite: at least -1e6, and 0 if every margin is 0.

    Parameters
    ----------
    margin : Tensor of shape (..., K)
        Margins as returned by `distances.margins`.
    """
    smallest, largest = margin.aminmax(dim=-1)
    least = smallest.abs().clamp_min(torch.finfo(margin.dtype).tiny) * 1e-6
    return smallest / largest.abs().maximum(least)


def _classified(
    features: Tensor,
    labels: Tensor,
    weight: Tensor,
    bias: Tensor,
    totals: tuple[int, ...] | None,
) -> dict[str, Tensor]:
    logits = torch.baddbmm(bias[..., None], weight, features.mT)  # (R, K, N)
    confidence, predicted = torch.softmax(logits, dim=1).max(dim=1)
    correct = (predicted == labels).to(features)
    per_class = class_means(correct[..., None], labels)[..., 0]
    accuracy, weights = correct.mean(-1), None
    if totals is not None:
        frequency = torch.tensor(totals).to(correct) / sum(totals)
        accuracy, weights = per_class @ frequency, (frequency / torch.bincount(labels))[labels]
    return {
        "accuracy": 100 * accuracy,
        "balanced_accuracy": 100 * per_class.mean(-1),
        "per_class_accuracy": 100 * per_class,
        "calibration_error": 100 * calibration_error(confidence, correct, weights=weights),
    }


def calibration_error(
    confidence: Tensor, correct: Tensor, bins: int = 15, weights: Tensor | None = None
) -> Tensor:
    """Return the expected calibration error, shape (R,), over bins of equal width.

    Parameters
    ----------
    confidence, correct : Tensor of shape (R, N)
        Probability of the predicted class; 1 if it is the true class, else 0.
    bins : int, default=15
        Number of bins in [0, 1].
    weights : Tensor of shape (N,), optional
        Sample weights that sum to 1; equal weights by default.
    """
    index = (confidence * bins).long().clamp_(0, bins - 1)
    gap = torch.zeros(*confidence.shape[:-1], bins).to(confidence)
    if weights is not None:
        return gap.scatter_add_(-1, index, (correct - confidence) * weights).abs().sum(-1)
    gap.scatter_add_(-1, index, correct - confidence)
    return gap.abs().sum(-1) / confidence.shape[-1]
