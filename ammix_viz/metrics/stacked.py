"""All metrics of stacked runs at once, as they are recorded at each snapshot."""

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
        "A": alignments(features, torch.bincount(labels)),
        "U": mean_distance(circle),
        "U1": neighbour_distance(circle, 1),
        "U_raw": raw,
        "U1_raw": neighbour_distance(centres, 1),
        "D_max": largest,
        "D_centroid": raw,
        "D_relative": raw / largest,
        "margin_balance": margin_balance(margin),
        "margin": margin,
        "relative_margin": margin / largest[:, None],
    }


def margin_balance(margin: Tensor) -> Tensor:
    """Return the smallest class margin divided by the largest: (..., K) to (...).

    Below 0 where a class centre lies on another class's side. Where all of them do, no margin is
    positive, and the smallest is divided by the size of the largest, so that the sign stays. It is
    always finite: no lower than -1e6, and 0 where every margin is 0.

    Parameters
    ----------
    margin : Tensor of shape (..., K)
        Margins as `distances.margins` gives them.
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
    right = (predicted == labels).to(features)
    per_class = class_means(right[..., None], labels)[..., 0]
    accuracy, share = right.mean(-1), None
    if totals is not None:
        of_class = torch.tensor(totals).to(right) / sum(totals)
        accuracy, share = per_class @ of_class, (of_class / torch.bincount(labels))[labels]
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
