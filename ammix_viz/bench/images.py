"""Training on images: a step against the arithmetic limit, an epoch against its steps and a script.

Mini-CIFAR, long-tailed; random images of that shape and number where it is not there.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from ammix_viz.bench import plain_images
from ammix_viz.bench.timing import drain, in_turn, median, ratio
from ammix_viz.datasets import cifar10
from ammix_viz.datasets.table import load_dataset
from ammix_viz.networks.cnn_vis2d import WIDTHS, Cnn
from ammix_viz.runs import recording, records, store, writer
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training import loop, trainer
from ammix_viz.training.devices import settled_arithmetic
from ammix_viz.training.epoch import Epoch
from ammix_viz.training.steps import joint
from ammix_viz.training.subjects import Images
from ammix_viz.training.trainer import MOMENTUM, WEIGHT_DECAY

SHAPE, CLASSES, BATCH = (3, 32, 32), 4, 128
STEP_ROUNDS, ROUNDS, EPOCHS = 30, 3, 4
SPAN = 1, 6
"""Epochs that are timed part by part: as between any two whole evaluations, one is among them."""

RECIPE = Recipe(method="ce", data="mini_cifar_lt", epochs=40)


def measure() -> dict:
    """Time steps, then a run as it is written to disk, then two runs against the usual script."""
    with ExitStack() as stack:
        made_up = bool(cifar10.problem())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(patch.dict(os.environ, AMMIX_RUNS=str(Path(folder, "runs"))))
        if made_up:
            _make_up(Path(folder, "data", cifar10.NAME))
            stack.enter_context(patch.dict(os.environ, AMMIX_DATA=str(Path(folder, "data"))))
        return {"images": "random" if made_up else "Mini-CIFAR"} | _step() | _epoch() | _script()


def _make_up(folder: Path) -> None:
    """Write random images of Mini-CIFAR's number, as CIFAR-10's files."""
    folder.mkdir(parents=True)
    draws = np.random.default_rng(0)
    for name in (*cifar10.TRAIN, cifar10.TEST):
        records = draws.integers(0, 256, (1000 * CLASSES, cifar10.RECORD_BYTES), np.uint8)
        records[:, 0] = np.arange(len(records)) % CLASSES
        records.tofile(folder / name)
    (folder / cifar10.META).touch()


def _step() -> dict:
    """Time a step whose batch is ready, and a large matrix product, on one core."""
    step, look = _steps()
    a, b = torch.rand(2, 1024, 1024)
    parts = {"product": lambda: torch.mm(a, b), "step": step, "evaluation": look}
    with settled_arithmetic():
        drain(work() for work in parts.values())
        times = in_turn(parts, STEP_ROUNDS)
    limit = [BATCH * _multiply_adds() / 1024**3 * own for own in times["product"]]
    whole = {"step": limit, "evaluation": [own * _forward() / _multiply_adds() for own in limit]}
    report: dict = {"batch": BATCH, "arithmetic limit of a step, ms": round(1e3 * median(limit), 1)}
    for name, least in whole.items():
        own = times[name]
        report |= {
            f"{name}, ms": round(1e3 * median(own), 1),
            f"{name} / arithmetic limit": ratio({"own": own, "limit": least}, "own", "limit"),
            f"{name} / arithmetic limit, both at their quickest": round(min(own) / min(least), 4),
        }
    return report


def _steps() -> tuple[Callable[[], None], Callable[[], object]]:
    """Return a step of training on random images, SGD included, and the evaluation of them."""
    rows = torch.rand(BATCH, *SHAPE).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(CLASSES, (1, BATCH))
    targets = torch.nn.functional.one_hot(labels, CLASSES).float()
    epoch = Epoch([rows], [targets], [{}], [BATCH], [labels])
    network = Cnn(SHAPE, [CLASSES], 0, torch.float32, "cpu")
    velocity = torch.zeros_like(network.flat)

    def step() -> None:
        joint(network, epoch, 0)
        network.gradient.add_(network.flat, alpha=WEIGHT_DECAY)
        torch.add(network.gradient, velocity, alpha=MOMENTUM, out=velocity)
        network.flat.add_(velocity, alpha=-0.02)

    return step, lambda: network.look(rows)


def _layers() -> list[int]:
    """Return the multiply-adds of each layer for one image, forward."""
    channels, height, width = SHAPE
    layers = []
    for level, out in enumerate(WIDTHS):
        layers.append(9 * channels * out * (height >> level) * (width >> level))
        channels = out
    return [*layers, channels * (height >> 3) * (width >> 3) * 2, 2 * CLASSES]


def _forward() -> int:
    return sum(_layers())


def _multiply_adds() -> int:
    """Return those of an image in a step: twice as many backward, but nothing goes to the image."""
    return 3 * _forward() - _layers()[0]


def _epoch() -> dict:
    """Train one run as it is written to disk, and tell where a few epochs' time goes."""
    with _timed() as spent:
        for epoch in record([RECIPE]):
            if epoch >= SPAN[0] and "begun" not in spent:
                spent |= dict.fromkeys(spent, 0.0) | {"begun": time.perf_counter()}
            if epoch >= SPAN[1]:
                break
        whole = time.perf_counter() - spent.pop("begun")
    epochs = SPAN[1] - SPAN[0]
    return {
        "epoch with metrics and files, s": round(whole / epochs, 2),
        "epoch with metrics and files / its steps": round(whole / spent["steps"], 3),
        **{
            f"of an epoch, {name} / steps": round(own / spent["steps"], 3)
            for name, own in spent.items()
        },
    }


DRAWN, WHOLE = "evaluation of drawn images", "evaluation of all images"
PARTS = (
    (trainer.Trainer, "_take_step", "steps"),
    (Images, "look", DRAWN),
    (recording, "encode_records", "metrics and records"),
    (records, "quantise", "of them, quantising"),
    (writer.Writer, "append", "file"),
    (writer.Writer, "keep", "checkpoint"),
)


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Add up what the parts of a recorded run take, by their names, while it runs."""
    spent = {name: 0.0 for *_, name in PARTS} | {WHOLE: 0.0}
    with ExitStack() as stack:
        for place, attribute, name in PARTS:
            timed = _adding(getattr(place, attribute), spent, name)
            stack.enter_context(patch.object(place, attribute, timed))
        yield spent


def _adding(work: Callable, spent: dict[str, float], name: str) -> Callable:
    def timed(*args: object, **settings: object) -> object:
        start = time.perf_counter()
        try:
            return work(*args, **settings)
        finally:
            part = WHOLE if name == DRAWN and args[-1] is None else name
            spent[part] += time.perf_counter() - start

    return timed


def _script() -> dict:
    """Train as many runs as there are cores, by the usual script and by us, on all cores.

    The script trains one run after the other, each on every core, as torch does by default, with
    two more processes that load. We train one run a core, all at a time: the same steps alone, as
    the script looks at nothing; and with every metric and file, where the many snapshots of a
    first epoch and two evaluations of all images fall into these few epochs.
    """
    cores = os.cpu_count() or 1
    recipes = [replace(RECIPE, epochs=EPOCHS, init_seed=seed) for seed in range(cores)]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=spawn, initializer=loop.warm) as pool:
        drain(pool.map(_whole, [replace(RECIPE, data="digits", epochs=1)] * cores))
        parts = {
            "usual script": lambda: [plain_images.train(recipe) for recipe in recipes],
            "ours, steps": lambda: drain(pool.map(_steps_alone, recipes)),
            "ours, whole": lambda: drain(pool.map(_whole, recipes)),
        }
        times = in_turn(parts, ROUNDS)
    epochs = EPOCHS * cores
    return {
        "runs": cores,
        "cores": cores,
        **{
            f"{name}, s an epoch of a run": round(median(own) / epochs, 2)
            for name, own in times.items()
        },
        "usual script / ours, steps": ratio(times, "usual script", "ours, steps"),
        "usual script / ours, whole": ratio(times, "usual script", "ours, whole"),
    }


def _steps_alone(recipe: Recipe) -> None:
    count = len(load_dataset(recipe).labels)

    def unseen(images: Images, shown: torch.Tensor | None = None) -> torch.Tensor:
        return torch.zeros(1, count if shown is None else len(shown), 2)

    with patch.object(Images, "look", unseen):
        drain(loop.train([recipe]))


def _whole(recipe: Recipe) -> None:
    with tempfile.TemporaryDirectory() as folder, store.kept_in(Path(folder)):
        drain(record([recipe]))
