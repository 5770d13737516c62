"""The ten classes of CIFAR-10, to be made long-tailed (AMM A.2)."""

import functools

from ammix_viz.datasets import cifar10
from ammix_viz.datasets.image_set import ImageSet


def read() -> ImageSet:
    """Return the images.

    Raises
    ------
    ValueError
        If the files of CIFAR-10 are missing or damaged.
    """
    return _image_set(cifar10.read(len(cifar10.CLASSES)))


@functools.lru_cache(maxsize=1)
def _image_set(images: cifar10.Images) -> ImageSet:
    train, test = (rows.transpose(0, 2, 3, 1) for rows in (images.train, images.test))
    labels = images.train_labels, images.test_labels
    return ImageSet("cifar10_lt", train, labels[0], test, labels[1], cifar10.CLASSES)
