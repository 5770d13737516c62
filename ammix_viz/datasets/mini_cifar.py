"""Mini-CIFAR: airplane, automobile, bird and cat of CIFAR-10, 32×32 in colour (AMM A.1)."""

import functools

from ammix_viz.datasets import cifar10
from ammix_viz.datasets.image_set import ImageSet

CLASSES = cifar10.CLASSES[: cifar10.MINI_CIFAR]


def read() -> ImageSet:
    """Return the images, with the coarse classes of Mini-CIFAR-Coarse.

    Raises
    ------
    ValueError
        If the files of CIFAR-10 are missing or damaged.
    """
    return _image_set(cifar10.read())


@functools.lru_cache(maxsize=1)
def _image_set(images: cifar10.Images) -> ImageSet:
    train, test = (rows.transpose(0, 2, 3, 1) for rows in (images.train, images.test))
    return ImageSet(
        "mini_cifar",
        train,
        images.train_labels,
        test,
        images.test_labels,
        CLASSES,
        ("vehicles", "animals"),
        (0, 0, 1, 1),
    )
