"""Validates a header, which may be older, damaged or malicious, and derives the record layout."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ammix_viz.runs.format import COARSE, metric_fields, record_dtype
from ammix_viz.runs.parts import check_parts

DTYPES = ("<f4", "<u4", "<i2", "<u2", "|i1")
MAX_RECORD = 2**28
"""Maximum size of a record in bytes."""


def record_layout(header: Mapping[str, Any]) -> np.dtype:
    """Return the dtype of a run's records, as described by its header.

    Unknown fields are kept; metrics may be missing.

    Raises
    ------
    ValueError
        If the header is not valid; the message continues "The saved run cannot be used: ".
    KeyError, TypeError
        If an entry is missing or has a wrong type.
    """
    _check_counts(header)
    size, fields = header["record_size"], header["fields"]
    if not _is_count(size) or not 0 < size <= MAX_RECORD or not isinstance(fields, dict):
        raise ValueError("its records have no size")
    spans = sorted(_span(name, field) for name, field in fields.items())
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), size]
    if any(start < end for start, end in zip(starts, ends, strict=True)):
        raise ValueError("the fields of its records overlap, or lie outside")
    formats = [(field["dtype"], tuple(field["shape"])) for field in fields.values()]
    offsets = [field["offset"] for field in fields.values()]
    names = list(fields)
    layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": size}
    dtype = np.dtype(layout)  # type: ignore[call-overload]
    _check_known(dtype, header)
    check_parts(header, dtype)
    return dtype


def missing_metrics(dtype: np.dtype, header: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return field → shape of the metrics that a run lacks because they are newer."""
    return {n: shape for n, shape in _metrics(header).items() if n not in (dtype.names or ())}


def _metrics(header: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    fields = metric_fields(len(header["class_names"]))
    if "coarse" in header:
        coarse = metric_fields(len(header["coarse"]["class_names"]))
        fields |= {COARSE + name: shape for name, shape in coarse.items()}
    return fields


def _span(name: str, field: Mapping[str, Any]) -> tuple[int, int]:
    """Return the first byte of a field in a record and the byte after its end."""
    dtype, offset, shape = field["dtype"], field["offset"], field["shape"]
    if dtype not in DTYPES or not isinstance(shape, list) or len(shape) > 2:
        raise ValueError(f"the field {name:.40} of its records has an unknown type")
    if not all(_is_count(side) and side <= MAX_RECORD for side in (offset, *shape)):
        raise ValueError(f"the field {name:.40} of its records has no size")
    sides = [np.dtype(dtype).itemsize, *shape]
    return offset, offset + int(np.prod(sides, dtype=object))


def _check_known(dtype: np.dtype, header: Mapping[str, Any]) -> None:
    """Check the dtypes of known fields, and that required fields are there."""
    coarse = len(header["coarse"]["class_names"]) if "coarse" in header else 0
    width = header.get("feature_width", 2)
    known = record_dtype(len(header["class_names"]), len(header["labels"]), coarse, width)
    optional = _metrics(header)
    for name in known.names or ():
        if name not in (dtype.names or ()):
            if name not in optional:
                raise ValueError(f"its records have no {name}")
        elif dtype[name] != known[name]:
            raise ValueError(f"the field {name} of its records has another layout")


def _check_counts(header: Mapping[str, Any]) -> None:
    """Check the header's points, classes and stages."""
    names, stages = header["class_names"], header["stages"]
    _check_names("class_names", names)
    points = _check_classes("labels", header["labels"], len(names))
    counts = ("train_points", "steps_per_epoch", "records")
    if not all(_is_count(header[name]) for name in counts) or header["train_points"] > points:
        raise ValueError("its header has a count that cannot be")
    if not isinstance(stages, list) or not stages or not all(map(_is_stage, stages)):
        raise ValueError("its header has no stages")
    if "coarse" in header:
        _check_names("coarse", header["coarse"]["class_names"])
        of = header["coarse"]["of"]
        if _check_classes("coarse", of, len(header["coarse"]["class_names"])) != len(names):
            raise ValueError("its header has no valid coarse")
    if "marks" in header and _check_classes("marks", header["marks"], 2**10) != len(names):
        raise ValueError("its header has no valid marks")
    for split, counts_of in header.get("totals", {}).items():
        if not isinstance(counts_of, list) or len(counts_of) != len(names):
            raise ValueError(f"its header has no valid totals of {split:.10}")
        _check_classes("totals", counts_of, 2**40)
    if header.get("full_evals", []) != []:
        _check_classes("full_evals", header["full_evals"], 2**40)


def _check_names(name: str, values: object) -> None:
    named = isinstance(values, list) and values and all(isinstance(v, str) for v in values)
    if not named:
        raise ValueError(f"its header has no valid {name}")


def _check_classes(name: str, values: object, limit: int) -> int:
    """Check a list of integers from 0 to limit - 1; return its length."""
    array = np.asarray(values) if isinstance(values, list) else np.empty(0)
    valid = array.ndim == 1 and array.dtype.kind == "i" and array.size > 0
    if not valid or array.min() < 0 or array.max() >= limit:
        raise ValueError(f"its header has no valid {name}")
    return len(array)


def _is_stage(stage: Mapping[str, Any]) -> bool:
    return (
        isinstance(stage["name"], str) and _is_count(stage["epochs"]) and _is_count(stage["last"])
    )


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**53
