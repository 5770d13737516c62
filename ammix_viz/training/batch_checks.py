"""Checks of the arguments of `losses`; each raises a ValueError with a clear message."""

from collections.abc import Callable

import torch
from torch import Tensor

Classifier = Callable[[Tensor], Tensor]
"""Maps features (N, ...) to logits (N, K)."""

Pairs = tuple[Tensor, Tensor]
"""Indices of the first and the second sample of each pair, two int64 tensors of shape (M,)."""


def check_batch(features: Tensor, labels: Tensor) -> None:
    """Check that features are (N, ...) in floating point, with one label each."""
    if not isinstance(features, Tensor) or not features.is_floating_point():
        raise ValueError(f"features is {_kind(features)}; it must be a tensor of floating point.")
    if features.ndim < 2 or 0 in features.shape:
        raise ValueError(f"features has shape {tuple(features.shape)}; it must be (N, d), N ≥ 1.")
    check_labels(labels)
    if len(labels) != len(features):
        raise ValueError(f"There are {len(labels)} labels for {len(features)} features.")


def check_labels(labels: Tensor) -> None:
    """Check that labels are (N,) integers from 0, N ≥ 1."""
    kinds = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
    if not isinstance(labels, Tensor) or labels.dtype not in kinds:
        raise ValueError(f"labels is {_kind(labels)}; it must be a tensor of integers.")
    if labels.ndim != 1 or not len(labels):
        raise ValueError(f"labels has shape {tuple(labels.shape)}; it must be (N,), N ≥ 1.")
    if labels.min() < 0:
        raise ValueError(f"labels has a {int(labels.min())}; classes are numbered from 0.")


def check_pairs(first: Tensor, second: Tensor, count: int) -> None:
    """Check that pairs are two int64 tensors (M,), M ≥ 1, with values from 0 to `count` - 1."""
    for rows in (first, second):
        integer = isinstance(rows, Tensor) and rows.dtype == torch.int64
        if not integer or rows.ndim != 1 or rows.shape != first.shape or not len(rows):
            raise ValueError("pairs must be two int64 tensors of the same shape (M,), M ≥ 1.")
        if rows.min() < 0 or rows.max() >= count:
            raise ValueError(f"pairs has a row that is not from 0 to {count - 1}.")


def check_share(name: str, value: float) -> None:
    """Check that a value is from 0 to 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; it must be from 0 to 1.")


def checked_logits(classifier: Classifier, rows: Tensor, labels: Tensor) -> Tensor:
    """Return the classifier's logits of samples, after checking their shape and the labels."""
    logits = classifier(rows)
    if logits.ndim != 2 or len(logits) != len(rows):
        shape = tuple(logits.shape)
        raise ValueError(
            f"classifier gives shape {shape} for {len(rows)} rows; it must be ({len(rows)}, K)."
        )
    if labels.max() >= logits.shape[1]:
        raise ValueError(
            f"labels has a {int(labels.max())}; the classifier has {logits.shape[1]} classes, "
            f"numbered from 0."
        )
    return logits


def _kind(value: object) -> str:
    return f"a tensor of {value.dtype}" if isinstance(value, Tensor) else type(value).__name__
