"""Download the images of CIFAR-10; the other data sets need no download."""

import argparse
import json
import sys

import numpy as np
from tqdm import tqdm

from ammix_viz.commands.parser import Parser
from ammix_viz.datasets import cifar10, mini_cifar
from ammix_viz.settings.rules import Choice, checked


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    about = "cifar10: 170 MB, saved in the folder AMMIX_DATA, or in your cache if that is not set"
    parser.add_argument("what", metavar="NAME", help=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Download the images if they are missing; print their folder and counts."""
    checked("The data set", chosen.what, Choice(("cifar10",)))
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
    for name in mini_cifar.CLASSES:
        print(f"{name:<12}{counts['train'][name]:>8}{counts['test'][name]:>8}")
    return 0


def _counts(labels: np.ndarray) -> dict[str, int]:
    counts = np.bincount(labels, minlength=len(mini_cifar.CLASSES))
    return {name: int(count) for name, count in zip(mini_cifar.CLASSES, counts, strict=True)}
