"""The format of a run file: a JSON header, then little-endian records of a fixed size.

The layout is defined only here. The header contains it (`fields`, `record_size`), so that readers,
including the JavaScript player, take the offsets from the file.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ammix_viz.metrics.table import OF_RUN, fields_of, recorded
from ammix_viz.runs.parts import part_fields, spans
from ammix_viz.settings.recipe import Recipe

FORMAT = 1
INT16_MAX = 32767

NOTHING: Mapping[str, Any] = {}


COARSE = "coarse."
"""Prefix of the fields of the coarse classes and their classifier."""


def record_dtype(
    classes: int,
    points: int,
    coarse: int = 0,
    width: int = 2,
    neighbors: int = 1,
    header: Mapping[str, Any] = NOTHING,
) -> np.dtype:
    """Return the record dtype of a run with K classes and N points (train, then test).

    `lam` is λ after the record, `scale` the feature length of one int16 unit, `plane_share` the
    share of the plane of each class. Accuracies and errors are in percent, distances in feature
    units. With coarse classes the metrics and the classifier are there twice, with the prefix
    `COARSE` for those of the coarse classes. If the width of the features is not 2, they cannot be
    displayed, and a record has only metrics, without those of the plane. With `neighbors` above 1,
    U_k is there too. At the end are the parts that `header` describes, as in `part_fields`.
    """
    fields: list[tuple] = [("step", "<u4")]
    fields += [(name, "<f4") for name in ("epoch", *OF_RUN)]
    fields += [("scale", "<f4")] if width == 2 else []
    fields += _fields_of("", classes, width, neighbors)
    fields += _fields_of(COARSE, coarse, width, neighbors) if coarse else []
    fields += [("features", "<i2", (points, 2))] if width == 2 else []
    return np.dtype(fields + part_fields(header))


def _fields_of(prefix: str, classes: int, width: int, neighbors: int) -> list[tuple]:
    """Return the fields of one classifier and its metrics."""
    shapes = metric_fields(classes, width == 2, neighbors)
    shapes |= {"weight": (classes, 2), "bias": (classes,)} if width == 2 else {}
    return [(f"{prefix}{name}", "<f4", shape) for name, shape in shapes.items()]


def metric_fields(
    classes: int, in_plane: bool = True, neighbors: int = 1
) -> dict[str, tuple[int, ...]]:
    """Return field → shape of every metric of a classifier with K classes.

    `in_plane` includes the metrics that only 2-D features have.
    """
    return {
        field: (classes,) if metric.per_class else ()
        for name, metric in recorded(neighbors).items()
        if (metric.per_split or metric.per_class) and (in_plane or not metric.in_plane)
        for field in fields_of(name)
    }


def describe(dtype: np.dtype) -> dict[str, dict[str, Any]]:
    """Return name → dtype, byte offset and shape of each field, for the header."""
    return {
        name: {"dtype": kind.base.str, "offset": offset, "shape": list(kind.shape)}
        for name, (kind, offset, *_) in (dtype.fields or {}).items()
    }


def make_header(
    recipe: Recipe,
    labels: np.ndarray,
    train_points: int,
    class_names: tuple[str, ...],
    steps_per_epoch: int,
    stages: list[dict[str, str | int]],
    extras: Mapping[str, Any] = NOTHING,
) -> dict[str, Any]:
    """Return the header of a run.

    Parameters
    ----------
    recipe : Recipe
        The recipe of the run.
    labels : ndarray of shape (N,)
        Class of each point, train points first.
    train_points : int
        Number of train points.
    class_names : tuple of str
        One name per class.
    steps_per_epoch : int
        Optimiser steps per epoch.
    stages : list of dict
        The stages in order: `name`, `epochs`, and `last`, the index of the last record.
    extras : dict, optional
        If only some samples are displayed: `totals`, the class counts of each split, and
        `full_evals`, the indices of records whose metrics are over all samples. For images:
        `images`, height and width. With coarse classes: `coarse`, with their `class_names`, and
        `of`, the coarse class of each class. `marks`, the number of each class's colour and
        marker, if it is not the number of the class. `feature_width`, if it is not 2. `grid` and
        `mixed`, as in `part_records.describe_parts`.
    """
    coarse = extras.get("coarse", {}).get("class_names", ())
    width = extras.get("feature_width", 2)
    sizes = len(class_names), len(labels), len(coarse), width
    dtype = record_dtype(*sizes, recipe.neighbors, extras)
    return {
        "format": FORMAT,
        "key": recipe.key,
        "recipe": recipe.canonical.explicit,
        "class_names": list(class_names),
        "labels": labels.tolist(),
        "train_points": train_points,
        "steps_per_epoch": steps_per_epoch,
        "stages": stages,
        "records": int(stages[-1]["last"]) + 1,
        "record_size": dtype.itemsize,
        "fields": describe(dtype),
        "parts": spans(dtype),
        **extras,
    }


def pack_header(header: dict[str, Any]) -> bytes:
    """Return the header as bytes: a uint32 length, then JSON padded to 4 bytes."""
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return np.uint32(len(text)).tobytes() + text


def quantise(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return features (..., N, 2) as int16, and the scale (...,) to multiply them by."""
    largest = np.abs(features).max(axis=(-2, -1))
    scale = np.where(largest > 0, largest, 1.0) / INT16_MAX
    return np.rint(features / scale[..., None, None]).astype("<i2"), scale.astype("<f4")


def feature_values(records: np.ndarray) -> np.ndarray:
    """Return the features of records as float64 of shape (..., N, 2)."""
    return records["features"] * records["scale"].astype(np.float64)[..., None, None]
