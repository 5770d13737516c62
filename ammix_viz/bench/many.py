"""How long 32 runs take on every core, against one plain loop a run, and the arithmetic limit.

And what the hand-derived gradient of the stacks gains over autograd.
"""

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import torch

from ammix_viz.bench import plain
from ammix_viz.bench.autograd_stack import by_autograd
from ammix_viz.bench.timing import drain, in_turn, median, ratio, seconds
from ammix_viz.datasets.table import load_dataset
from ammix_viz.networks.stacked_mlp import layer_shapes
from ammix_viz.runs import disk
from ammix_viz.runs.recording import record
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.loop import train, warm

SEEDS, EPOCHS, ROUNDS = 8, 100, 3
PLAIN_SEEDS = 1
"""The plain loops are timed on one seed of the four methods, and counted by the run."""


def measure() -> dict:
    """Train 4 methods × 8 seeds: steps alone, and with every metric and file; and plain loops."""
    by_variant = Comparison(seeds=SEEDS).by_variant.values()
    recipes = [replace(recipe, epochs=EPOCHS) for runs in by_variant for recipe in runs]
    cores = os.cpu_count() or 1
    stacks = [recipes[part::cores] for part in range(cores)]
    few = [recipe for recipe in recipes if recipe.init_seed < PLAIN_SEEDS]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=spawn, initializer=warm) as pool:
        drain(pool.map(_steps, [few[:1]] * cores))
        parts = {
            "plain": lambda: [plain.train(recipe) for recipe in few],
            "steps": lambda: drain(pool.map(_steps, stacks)),
            "steps by autograd": lambda: drain(pool.map(_steps_by_autograd, stacks)),
            "with metrics and files": lambda: drain(pool.map(_record, stacks)),
        }
        times = in_turn(parts, ROUNDS)
    counts = dict.fromkeys(parts, len(recipes)) | {"plain": len(few)}
    a_run = {name: [t / counts[name] for t in took] for name, took in times.items()}
    limit = _multiply_adds(recipes[0]) / (_rate() * cores)
    return {
        "runs": len(recipes),
        "cores": cores,
        "epochs": EPOCHS,
        **{f"{name}, ms a run": round(1e3 * median(took), 1) for name, took in a_run.items()},
        "steps by autograd / by hand": ratio(a_run, "steps by autograd", "steps"),
        "steps / plain loop, a run": ratio(a_run, "steps", "plain"),
        "with every metric and file / plain loop, a run": ratio(
            a_run, "with metrics and files", "plain"
        ),
        "arithmetic limit of the steps, ms a run": round(1e3 * limit, 1),
        "steps / arithmetic limit": median(t / limit for t in a_run["steps"]),
    }


def _steps(recipes: list[Recipe]) -> None:
    drain(train(recipes))


def _steps_by_autograd(recipes: list[Recipe]) -> None:
    with by_autograd():
        drain(train(recipes))


def _record(recipes: list[Recipe]) -> None:
    with tempfile.TemporaryDirectory() as folder, disk.use_folder(Path(folder)):
        drain(record(recipes))


def _multiply_adds(recipe: Recipe) -> int:
    """Return the multiply-adds of a run's steps: forward, and twice that backward."""
    points = len(load_dataset(recipe).train)
    layers = sum(rows * columns for rows, columns in layer_shapes(4))
    first = layer_shapes(4)[0]
    one = 3 * layers - first[0] * first[1]  # nothing goes back to the points
    return recipe.epochs * points * one


def _rate() -> float:
    """Return the multiply-adds a second of one core in a large matrix product."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    a, b = torch.rand(2, 1024, 1024)
    torch.mm(a, b)
    took = median(seconds(lambda: torch.mm(a, b)) for _ in range(20))
    torch.set_num_threads(threads)
    return 1024**3 / took
