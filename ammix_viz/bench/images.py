"""Training on images: our step beside that of a plain module, and our runs beside a plain script.

Mini-CIFAR, long-tailed; random images of that shape and number where it is not there. On a GPU if
there is one.
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
from torch import nn

from ammix_viz.bench import plain_images
from ammix_viz.bench.timing import Work, drain, in_turn, median, ratio
from ammix_viz.datasets import cifar10
from ammix_viz.networks.cnn_vis2d import cnn_vis2d
from ammix_viz.networks.protocol import MOMENTUM, NO_MIXING, WEIGHT_DECAY, Spec
from ammix_viz.runs import disk, recording, records, writer
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training import loop, trainer
from ammix_viz.training.devices import configured_arithmetic, resolve
from ammix_viz.training.epoch import Epoch
from ammix_viz.training.samples import Images
from ammix_viz.training.steps import joint

SHAPE, CLASSES, SITES, BATCH, RATE = (3, 32, 32), 4, 5, 128, 0.02
STEPS, STEP_ROUNDS = 3, 10
ROUNDS, EPOCHS = 1, 1
SPAN = 1, 6
"""Epochs that are timed part by part: as between any two full evaluations, one is among them."""

RECIPE = Recipe(method="ce", data="mini_cifar_lt", epochs=40)


def measure() -> dict:
    """Time steps, then a run as it is written to disk, then runs against the usual script."""
    with ExitStack() as stack:
        made_up = bool(cifar10.problem())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(patch.dict(os.environ, AMMIX_RUNS=str(Path(folder, "runs"))))
        if made_up:
            _make_up(Path(folder, "data", cifar10.NAME))
            stack.enter_context(patch.dict(os.environ, AMMIX_DATA=str(Path(folder, "data"))))
        device = resolve("auto", on_images=True)
        report = {"images": "random" if made_up else "Mini-CIFAR", "device": device}
        return report | _step(device) | _epoch() | _script(device)


def _make_up(folder: Path) -> None:
    """Write random images of Mini-CIFAR's number, as CIFAR-10's files."""
    folder.mkdir(parents=True)
    draws = np.random.default_rng(0)
    for name in (*cifar10.TRAIN, cifar10.TEST):
        records = draws.integers(0, 256, (1000 * CLASSES, cifar10.RECORD_BYTES), np.uint8)
        records[:, 0] = np.arange(len(records)) % CLASSES
        records.tofile(folder / name)
    (folder / cifar10.META).touch()


def _step(device: str) -> dict:
    """Time steps whose batch is ready, SGD included, and evaluation, of both on one core."""
    rows = torch.rand(BATCH, *SHAPE, device=device)
    labels = torch.randint(CLASSES, (BATCH,), device=device)
    ours, plain = _ours(rows, labels), _plain(rows, labels)
    parts = {
        f"{name} of {whose}": _repeated(work)
        for whose, both in (("ours", ours), ("a plain module", plain))
        for name, work in zip(("step", "evaluation"), both, strict=True)
    }
    with configured_arithmetic():
        drain(work() for work in parts.values())
        times = in_turn(parts, STEP_ROUNDS)
    report: dict = {"batch": BATCH}
    report |= {f"{name}, ms": round(1e3 * median(t) / STEPS, 2) for name, t in times.items()}
    for name in ("step", "evaluation"):
        both = f"{name} of ours", f"{name} of a plain module"
        report[" / ".join(both)] = ratio(times, *both)
    return report


def _repeated(work: Work) -> Work:
    """Return work that does it several times, to the end."""

    def repeated() -> None:
        for _ in range(STEPS):
            work()
        _finish()

    return repeated


def _finish() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _ours(rows: torch.Tensor, labels: torch.Tensor) -> tuple[Work, Work]:
    """Return a step of training on images, SGD included, and the evaluation of them."""
    rows = rows.contiguous(memory_format=torch.channels_last)[None]
    targets = nn.functional.one_hot(labels, CLASSES).float()
    epoch = Epoch([rows], [targets[None]], [dict(NO_MIXING)], [BATCH], [labels[None]])
    network = cnn_vis2d(Spec(SHAPE, (CLASSES,), SITES, (0,), device=str(rows.device)))
    network.begin("all", 0)

    def step() -> None:
        joint(network, epoch, 0)
        network.step(RATE)

    return step, lambda: network.evaluate(rows)


def _plain(rows: torch.Tensor, labels: torch.Tensor) -> tuple[Work, Work]:
    """Return the same of the usual script's module."""
    network = plain_images.network(SHAPE, CLASSES).to(rows.device)
    sgd = torch.optim.SGD(network.parameters(), RATE, MOMENTUM, weight_decay=WEIGHT_DECAY)

    def step() -> None:
        sgd.zero_grad()
        nn.functional.cross_entropy(network(rows), labels).backward()
        sgd.step()

    def evaluate() -> None:
        network.eval()
        with torch.no_grad():
            network(rows)
        network.train()

    return step, evaluate


def _epoch() -> dict:
    """Train one run as it is written to disk, and tell where a few epochs' time goes."""
    with timed() as spent:
        for epoch in record([RECIPE]):
            if epoch >= SPAN[0] and "begun" not in spent:
                spent |= dict.fromkeys(spent, 0.0) | {"begun": time.perf_counter()}
            if epoch >= SPAN[1]:
                break
        total = time.perf_counter() - spent.pop("begun")
    epochs = SPAN[1] - SPAN[0]
    return {
        "epoch with metrics and files, s": round(total / epochs, 2),
        "epoch with metrics and files / its steps": round(total / spent["steps"], 3),
        **{
            f"of an epoch, {name} / steps": round(took / spent["steps"], 3)
            for name, took in spent.items()
        },
    }


DISPLAYED, FULL = "evaluation of displayed images", "evaluation of all images"
PARTS = (
    (trainer.Trainer, "_take_step", "steps"),
    (Images, "evaluate", DISPLAYED),
    (recording, "encode_records", "metrics and records"),
    (records, "quantise", "of them, quantising"),
    (writer.Writer, "append", "file"),
    (writer.Writer, "write_checkpoint", "checkpoint"),
)


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Add up what the parts of a recorded run take, by their names, while it runs."""
    spent = {name: 0.0 for *_, name in PARTS} | {FULL: 0.0}
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
            _finish()
            part = FULL if name == DISPLAYED and args[2] is None else name
            spent[part] += time.perf_counter() - start

    return timed


def _script(device: str) -> dict:
    """Train runs by the usual script and by us, on all cores, or one run on a GPU.

    The script trains one run after the other, each on every core, as torch does by default, with
    two more processes that load; it evaluates nothing. We train one run a core, all at a time, with
    every metric and file, where the many snapshots of a first epoch and an evaluation of all
    images fall into this one epoch.
    """
    runs = (os.cpu_count() or 1) if device == "cpu" else 1
    recipes = [replace(RECIPE, epochs=EPOCHS, init_seed=seed) for seed in range(runs)]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(runs, mp_context=spawn, initializer=loop.warm) as pool:
        drain(pool.map(_record, [replace(RECIPE, data="digits", epochs=1)] * runs))
        parts = {
            "usual script": lambda: [plain_images.train(recipe, device) for recipe in recipes],
            "ours": lambda: drain(pool.map(_record, recipes)),
        }
        times = in_turn(parts, ROUNDS)
    return {
        "runs": runs,
        **{
            f"{name}, s an epoch of a run": round(median(took) / EPOCHS / runs, 3)
            for name, took in times.items()
        },
        "usual script / ours, with metrics and files": ratio(times, "usual script", "ours"),
    }


def _record(recipe: Recipe) -> None:
    with tempfile.TemporaryDirectory() as folder, disk.use_folder(Path(folder)):
        drain(record([recipe]))
