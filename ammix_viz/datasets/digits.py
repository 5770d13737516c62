"""Digits: scikit-learn's real handwritten ones, 8×8 pixels in 17 shades of grey."""

import functools

import numpy as np

from ammix_viz.datasets.image_set import ImageSet, hold_out


@functools.cache
def read() -> ImageSet:
    """Return the digits, a fifth of each class as test images.

    The coarse classes are those of the AM-mixup paper's MNIST-Coarse (AMM A.3).
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    rows = found.images.astype(np.uint8)[..., None]
    places = [np.flatnonzero(found.target == label) for label in range(10)]
    splits = [hold_out(len(place), label) for label, place in enumerate(places)]
    train, test = (
        np.concatenate([place[split[part]] for place, split in zip(places, splits, strict=True)])
        for part in (0, 1)
    )
    return ImageSet(
        "digits",
        rows[train],
        found.target[train],
        rows[test],
        found.target[test],
        tuple(str(label) for label in range(10)),
        ("below 5", "5 and above"),
        (0,) * 5 + (1,) * 5,
    )
