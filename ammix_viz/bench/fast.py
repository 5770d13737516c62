"""How long four methods take, with metrics and files, against four plain loops.

And what the hand-derived gradient of the stack gains over autograd.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from unittest.mock import patch

from ammix_viz.bench import plain
from ammix_viz.bench.autograd_stack import by_autograd
from ammix_viz.bench.timing import drain, in_turn, median, ratio, seconds
from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs.format import quantise
from ammix_viz.runs.recording import record
from ammix_viz.runs.records import encode_records
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.devices import configured_arithmetic
from ammix_viz.training.loop import train, warm

ROUNDS = 3
EPOCHS = 100


def measure() -> dict:
    """Train in turn, several times: plain loops, ours, and ours part by part."""
    recipes = [replace(recipe, epochs=EPOCHS) for recipe in Comparison().recipes]
    warm()
    parts = {
        "plain loops": lambda: [plain.train(recipe) for recipe in recipes],
        "ours, with metrics and files": lambda: drain(record(recipes, overlap=True)),
        "ours on one thread": lambda: drain(record(recipes)),
        "steps and features": lambda: drain(train(recipes)),
        "steps and features by autograd": lambda: _by_autograd(recipes),
    }
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, AMMIX_RUNS=folder):
        times = in_turn(parts, ROUNDS)
    with configured_arithmetic():
        split = _split(recipes)
    report: dict = {"methods": len(recipes), "epochs": EPOCHS, "rounds": ROUNDS}
    report |= {f"{name}, s": median(took) for name, took in times.items()}
    report |= {
        f"{name} / plain loops": ratio(times, name, "plain loops") for name in list(parts)[1:]
    }
    by_hand = "steps and features"
    report[f"{by_hand} by autograd / by hand"] = ratio(times, f"{by_hand} by autograd", by_hand)
    return report | split


def _by_autograd(recipes: Sequence[Recipe]) -> None:
    with by_autograd():
        drain(train(recipes))


def _split(recipes: list) -> dict:
    """Return milliseconds a snapshot of its parts."""
    dataset = load_dataset(recipes[0])
    snapshots = list(filter(None, train([replace(recipe, epochs=20) for recipe in recipes])))[-1:]
    features = snapshots[0].features.numpy()
    records = encode_records(snapshots, dataset)[0]
    with tempfile.TemporaryFile() as file:
        parts: dict[str, Callable[[], object]] = {
            "metrics and record": lambda: encode_records(snapshots, dataset),
            "of it, quantising": lambda: quantise(features),
            "file": lambda: [file.write(row.tobytes()) for row in records],
        }
        return {
            f"{name}, ms a snapshot": median(1e3 * seconds(part) for _ in range(30))
            for name, part in parts.items()
        }
