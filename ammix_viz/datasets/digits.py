"""Digits: scikit-learn's handwritten digits, 8×8 pixels in 17 shades of grey."""

import functools

import numpy as np

from ammix_viz.datasets.image_set import ImageSet, hold_out


@functools.cache
def read() -> ImageSet:
    """Return the digits; a fifth of each class are test images.

    The coarse classes are those of the AM-mixup paper's MNIST-Coarse (AMM A.3).
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    rows = digits.images.astype(np.uint8)[..., None]
    indices = [np.flatnonzero(digits.target == label) for label in range(10)]
    splits = [hold_out(len(index), label) for label, index in enumerate(indices)]
    train, test = (
        np.concatenate([index[split[part]] for index, split in zip(indices, splits, strict=True)])
        for part in (0, 1)
    )
    return ImageSet(
        "digits",
        rows[train],
        digits.target[train],
        rows[test],
        digits.target[test],
        tuple(str(label) for label in range(10)),
        ("below 5", "5 and above"),
        (0,) * 5 + (1,) * 5,
        white=16,
        flips=False,
    )
