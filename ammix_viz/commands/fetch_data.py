"""Get the images of CIFAR-10; the other data sets need nothing."""

import argparse
import json
import sys

import numpy as np
from tqdm import tqdm

from ammix_viz.datasets import cifar10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is to be got, and the flags."""
    parser.add_argument("what", choices=["cifar10"], help="170 MB, into AMMIX_DATA or your cache")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Download what is not there yet, and say where it lies and how many images there are."""
    bar = tqdm(
        total=cifar10.SIZE, unit="B", unit_scale=True, delay=0.5, disable=None, file=sys.stderr
    )
    with bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        place = cifar10.fetch(report)
    images = cifar10.read()
    counts = {"train": _counts(images.train_labels), "test": _counts(images.test_labels)}
    if chosen.json:
        print(json.dumps({"folder": str(place), **counts}))
        return 0
    print(f"CIFAR-10 is in {place}\n{'images':<12}{'train':>8}{'test':>8}")
    for name in cifar10.CLASSES:
        print(f"{name:<12}{counts['train'][name]:>8}{counts['test'][name]:>8}")
    return 0


def _counts(labels: np.ndarray) -> dict[str, int]:
    counts = np.bincount(labels, minlength=len(cifar10.CLASSES))
    return {name: int(count) for name, count in zip(cifar10.CLASSES, counts, strict=True)}
