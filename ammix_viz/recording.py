"""A training run written to disk as it goes: training, then metrics, then the run file."""

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

import numpy as np
import torch

from ammix_viz import data
from ammix_viz.devices import settle_arithmetic, settled_arithmetic
from ammix_viz.geometry import plane_share
from ammix_viz.layout import SPLITS, make_header, quantise, record_dtype
from ammix_viz.metrics import measure
from ammix_viz.recipe import Recipe
from ammix_viz.runs import Writer, prune
from ammix_viz.schedule import stage_table, steps_per_epoch
from ammix_viz.training import Snapshot, train

GROUP_SECONDS = 0.05
SWITCH_SECONDS = 5e-5


def header(recipe: Recipe, dataset: data.Dataset) -> dict:
    """Return the header of a recipe's run file."""
    points = len(dataset.train)
    return make_header(
        recipe,
        np.concatenate([dataset.train_labels, dataset.test_labels]),
        points,
        dataset.class_names,
        steps_per_epoch(recipe, points),
        stage_table(recipe, points),
    )


def encode_records(
    snapshots: Sequence[Snapshot], labels: torch.Tensor, train_points: int
) -> np.ndarray:
    """Measure T snapshots at once and return their records, a structured array (T, R).

    Parameters
    ----------
    snapshots : sequence of Snapshot
        R runs at T moments; those that have failed give records that mean nothing.
    labels : Tensor of shape (N,), int64
        Class of each point, train points first.
    train_points : int
        How many of them are train points.
    """
    runs = len(snapshots[0].lam)
    alive = [
        t * runs + r for t, s in enumerate(snapshots) for r in range(runs) if r not in s.failures
    ]
    features, weight, bias = (
        torch.cat([getattr(s, name) for s in snapshots])[alive]
        for name in ("features", "weight", "bias")
    )
    values = {"weight": weight, "bias": bias, "plane_share": plane_share(weight)}
    values |= {
        n: np.stack([getattr(s, n) for s in snapshots]).ravel()[alive] for n in ("lam", "loss")
    }
    sizes = [train_points, len(labels) - train_points]
    for split, rows, own in zip(SPLITS, features.split(sizes, 1), labels.split(sizes), strict=True):
        measured = measure(rows, own, weight, bias) if alive else {}
        values |= {f"{split}.{name}": value for name, value in measured.items()}
    records = np.zeros(len(snapshots) * runs, record_dtype(weight.shape[1], len(labels)))
    for name, value in values.items():
        records[name][alive] = value.cpu() if isinstance(value, torch.Tensor) else value
    if alive:
        records["features"][alive], records["scale"][alive] = quantise(features.cpu().numpy())
    records = records.reshape(len(snapshots), runs)
    for own, snapshot in zip(records, snapshots, strict=True):
        own["step"], own["epoch"] = snapshot.step, snapshot.epoch
    return records


def why_unmeasurable(record: np.void) -> str:
    """Return a sentence if some value of a record is no finite number, else nothing."""
    names = [name for name in record.dtype.names if record.dtype[name].base.kind == "f"]
    bad = [name for name in names if not np.isfinite(record[name]).all()]
    if not bad:
        return ""
    return (
        f"At step {record['step']} the features have fallen together so far that "
        f"{bad[0].split('.')[-1]} has no value. Try a smaller lr or another start."
    )


def record(recipes: Sequence[Recipe], overlap: bool = False) -> Iterator[float]:
    """Train runs in one stack and write their files; yield the epoch reached now and then.

    A run that another process is writing now is left to it. Closed early, the generator leaves
    the unfinished runs without a status: abandoned, to be trained again when next asked for.

    Parameters
    ----------
    recipes : sequence of Recipe
        Recipes with the same `stack`, none twice.
    overlap : bool, default=False
        Measure each snapshot on a second thread while training goes on. It is faster where a
        second core is free; a server leaves that core to its viewers.
    """
    dataset = data.load(recipes[0])
    writers: dict[int, Writer] = {}
    try:
        for run, recipe in enumerate(recipes):
            with suppress(BlockingIOError):
                writers[run] = Writer(header(recipe, dataset))
        labels = torch.from_numpy(np.concatenate([dataset.train_labels, dataset.test_labels]))
        measured = _measured(recipes, labels, len(dataset.train), overlap) if writers else ()
        for group, records in measured:
            for snapshot, own in zip(group, records, strict=True):
                _write(writers, snapshot, own)
            yield group[-1].epoch
        for writer in writers.values():
            writer.finish("ended")
        prune()
    finally:
        for writer in writers.values():
            writer.close()


def _measured(
    recipes: Sequence[Recipe], labels: torch.Tensor, train_points: int, overlap: bool
) -> Iterator[tuple[Sequence[Snapshot], np.ndarray]]:
    """Yield snapshots with their records; with overlap, one group behind the training."""
    if not overlap:
        with settled_arithmetic():
            for group in _groups(train(recipes)):
                yield group, encode_records(group, labels, train_points)
        return
    before: tuple[Sequence[Snapshot], Future] | None = None
    with _frequent_switches(), ThreadPoolExecutor(1, initializer=settle_arithmetic) as pool:
        for group in _groups(train(recipes)):
            future = pool.submit(encode_records, group, labels, train_points)
            if before:
                yield before[0], before[1].result()
            before = group, future
        yield before[0], before[1].result()


def _groups(snapshots: Iterator[Snapshot]) -> Iterator[list[Snapshot]]:
    """Gather the snapshots of a few frames' time: measured together they take less long."""
    group: list[Snapshot] = []
    since = 0.0  # so that the first one goes at once
    for snapshot in snapshots:
        group.append(snapshot)
        if time.monotonic() - since > GROUP_SECONDS:
            yield group
            group, since = [], time.monotonic()
    if group:
        yield group


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Let two threads of short operations share the interpreter; 5 ms would keep one waiting."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def _write(writers: dict[int, Writer], snapshot: Snapshot, records: np.ndarray) -> None:
    for run in list(writers):
        why = snapshot.failures.get(run) or why_unmeasurable(records[run])
        if why:
            writer = writers.pop(run)
            writer.finish("failed", why)
            writer.close()
        else:
            writers[run].append(records[run].tobytes())
