"""A small CIFAR-10 on disk."""

import numpy as np

from ammix_viz.datasets import cifar10

PER_FILE = 6
"""Images of each of the ten classes in each file of the small CIFAR-10."""


def write_cifar(folder, per_file=PER_FILE):
    """Write a small CIFAR-10; classes differ in their colours, images in their noise."""
    place = folder / cifar10.NAME
    place.mkdir(parents=True)
    (place / cifar10.META).write_bytes(b"airplane\n")
    for number, name in enumerate((*cifar10.TRAIN, cifar10.TEST)):
        rng = np.random.default_rng(number)
        labels = rng.permutation(np.repeat(np.arange(10), per_file))
        bright = np.array([40, 90, 140, 190])[(labels[:, None] * (1, 2, 3)) % 4]
        pixels = bright[:, :, None] + rng.integers(-30, 30, (len(labels), 3, 1024))
        pixels[:, :, :200] = 0  # black, for ties
        rows = np.concatenate([labels[:, None], pixels.reshape(len(labels), -1)], axis=1)
        (place / name).write_bytes(rows.astype(np.uint8).tobytes())
