"""Converts snapshots to records of a run file: displayed features and all metrics."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.metrics.distances import plane_share
from ammix_viz.metrics.stacked import measure
from ammix_viz.metrics.table import OF_RUN, SPLITS
from ammix_viz.runs.format import COARSE, INT16_MAX, make_header, quantise, record_dtype
from ammix_viz.runs.part_records import PartsEncoder, describe_parts
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.schedule import (
    full_eval_steps,
    snapshot_steps,
    stage_table,
    steps_per_epoch,
)
from ammix_viz.training.snapshot import Snapshot


def header(recipe: Recipe, dataset: Dataset) -> dict[str, Any]:
    """Return the header of a recipe's run file."""
    points = len(dataset.train)
    return make_header(
        recipe,
        dataset.labels[dataset.displayed],
        dataset.displayed_train,
        dataset.class_names,
        steps_per_epoch(recipe, points),
        stage_table(recipe, points),
        _extras(recipe, dataset),
    )


def _extras(recipe: Recipe, dataset: Dataset) -> dict[str, Any]:
    extras: dict[str, Any] = dict(describe_parts(recipe, dataset))
    if dataset.sampled is not None:
        steps, full = (of(recipe, len(dataset.train)) for of in (snapshot_steps, full_eval_steps))
        extras["totals"] = {"train": dataset.counts, "test": dataset.test_counts}
        extras["full_evals"] = [index for index, step in enumerate(steps) if step in full]
    if recipe.on_images:
        extras["images"] = list(dataset.train.shape[1:3])
    if dataset.coarse_names:
        extras["coarse"] = {"class_names": dataset.coarse_names, "of": dataset.coarse_of}
    if dataset.marks:
        extras["marks"] = dataset.marks
    if recipe.feature_width != 2:
        extras["feature_width"] = recipe.feature_width
    return extras


def encode_records(
    snapshots: Sequence[Snapshot], dataset: Dataset, neighbors: int = 1
) -> list[np.ndarray]:
    """Measure snapshots at once and return the records of each, a structured array (R,).

    Parameters
    ----------
    snapshots : sequence of Snapshot
        Snapshots of runs of one stack; records of failed runs are meaningless.
    dataset : Dataset
        The data set of the runs.
    neighbors : int, default=1
        The setting of the runs.
    """
    has_failed = [run in s.failures for s in snapshots for run in range(len(s.keys))]
    alive = np.flatnonzero(~np.array(has_failed))
    features, weight, bias = (
        torch.cat([getattr(s, name) for s in snapshots])[alive]
        for name in ("features", "weight", "bias")
    )
    values: dict[str, Tensor | np.ndarray] = {
        n: np.concatenate([getattr(s, n) for s in snapshots])[alive] for n in OF_RUN
    }
    if alive.size:
        values |= _measured(features, snapshots[0].full_eval, dataset, (weight, bias), neighbors)
        if snapshots[0].coarse:
            heads = [snapshot.coarse for snapshot in snapshots if snapshot.coarse]
            weight, bias = (torch.cat(each)[alive] for each in zip(*heads, strict=True))
            coarse = weight, bias
            values |= _measured(
                features, snapshots[0].full_eval, dataset, coarse, neighbors, COARSE
            )
    points, width = len(dataset.displayed), features.shape[-1]
    classes, coarse_classes = len(dataset.class_names), len(dataset.coarse_names)
    dtype = record_dtype(classes, points, coarse_classes, width, neighbors)
    records = np.zeros(len(has_failed), dtype)
    if alive.size and width == 2:
        displayed = features[:, dataset.displayed] if len(features[0]) > points else features
        values["features"], values["scale"] = quantise(displayed.cpu().numpy())
    for name, value in values.items():
        records[name][alive] = value.cpu() if isinstance(value, Tensor) else value
    ends = np.cumsum([len(snapshot.keys) for snapshot in snapshots])
    of_snapshots = np.split(records, ends[:-1])
    for rows, snapshot in zip(of_snapshots, snapshots, strict=True):
        rows["step"], rows["epoch"] = snapshot.step, snapshot.epoch
    return of_snapshots


def record_bytes(record: np.void, snapshot: Snapshot, run: int, parts: PartsEncoder) -> bytes:
    """Return a record of `encode_records` and its optional parts as they are in the run file."""
    limit = float(record["scale"]) * INT16_MAX if "scale" in (record.dtype.names or ()) else 0.0
    return record.tobytes() + parts.encode(snapshot, run, limit)


def nonfinite_reason(record: np.void) -> str:
    """Return an error message if a value of a record is not finite, else ""."""
    names = [name for name in record.dtype.names or () if record.dtype[name].base.kind == "f"]
    bad = [name for name in names if not np.isfinite(record[name]).all()]
    if not bad:
        return ""
    return (
        f"At step {record['step']} the features have fallen together so far that "
        f"{bad[0].split('.')[-1]} has no value. Try a smaller lr or another start."
    )


def _measured(
    features: Tensor,
    full_eval: bool,
    dataset: Dataset,
    classifier: tuple[Tensor, Tensor],
    neighbors: int,
    prefix: str = "",
) -> dict[str, Tensor]:
    """Return the fields of one classifier; estimates, if not all samples are evaluated."""
    weight, bias = classifier
    values: dict[str, Tensor] = {}
    if weight.shape[-1] == 2:
        values = {"weight": weight, "bias": bias, "plane_share": plane_share(weight)}
    labels = dataset.labels if full_eval else dataset.labels[dataset.displayed]
    train = len(dataset.train) if full_eval else dataset.displayed_train
    of = np.array(dataset.coarse_of if prefix else range(len(dataset.class_names)))
    totals = (dataset.counts, dataset.test_counts)
    sizes = [train, len(labels) - train]
    targets = torch.from_numpy(of[labels]).to(features.device).split(sizes)
    for split, rows, classes, total in zip(
        SPLITS, features.split(sizes, 1), targets, totals, strict=True
    ):
        class_totals = None if full_eval else tuple(np.bincount(of, total).astype(int).tolist())
        measured = measure(rows, classes, weight, bias, class_totals, neighbors)
        values |= {f"{split}.{name}": value for name, value in measured.items()}
    return {prefix + name: value for name, value in values.items()}
