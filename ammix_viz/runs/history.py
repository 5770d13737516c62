"""The metrics of runs over training, as arrays and tables."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ammix_viz.metrics.table import METRICS, OF_RUN, SPLITS, fields_of
from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import COARSE
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.variants import Variant

COMMON = ("step", "epoch", *OF_RUN)
CLASSIFIER_FIELDS = [
    f for name, metric in METRICS.items() if metric.of_classifier for f in fields_of(name)
]
"""Fields that are meaningless while the classifier is untrained."""

Histories = Mapping[Variant, Sequence[np.ndarray]]
"""The records of each variant's runs, one array per seed; empty if there are no records."""


def read(by_variant: Mapping[Variant, Iterable[Recipe]]) -> dict[Variant, list[np.ndarray]]:
    """Return {variant: [records]} of the runs on disk.

    Records have no features, and only those that measure all samples are included. While only the
    encoder is trained, the fields of the classifier are nan.
    """
    return {each: [numbers(run.key) for run in recipes] for each, recipes in by_variant.items()}


def numbers(key: str) -> np.ndarray:
    """Return the records of one run as in `read`; an empty array if there is no file."""
    end = disk.status(key)
    if end is None or end.state == "stopped":
        return _read(key)
    return _finished(key, end.crc)


@functools.lru_cache(maxsize=2048)
def _finished(key: str, crc: int) -> np.ndarray:
    """Return the records of a finished run; `crc` identifies its file in the cache."""
    return _read(key)


def _read(key: str) -> np.ndarray:
    try:
        with reader.Run(key) as run:
            records = run.numbers()
            stages, full = run.header["stages"], run.header.get("full_evals")
    except (FileNotFoundError, reader.DamagedRun):
        return np.zeros(0, [("epoch", "<f4")])
    untrained = stages[0]["last"] + 1 if len(stages) > 1 else 0
    for field in CLASSIFIER_FIELDS:
        records[field][:untrained] = np.nan
    return records if full is None else records[[i for i in full if i < len(records)]]


def table(histories: Histories) -> pd.DataFrame:
    """Return all records as a table, with one row per variant, seed and record.

    If a setting varies, its value has a column.
    """
    return pd.concat(
        [
            _rows(variant, seed, records)
            for variant, runs in histories.items()
            for seed, records in enumerate(runs)
            if len(records)
        ]
    )


def _rows(variant: Variant, seed: int, records: np.ndarray) -> pd.DataFrame:
    columns: dict[str, Any] = {"method": variant.method}
    columns |= {variant.setting: variant.value} if variant.setting else {}
    columns["seed_offset"] = seed
    columns |= {name: records[name] for name in COMMON}
    for name, metric in METRICS.items():
        for field in fields_of(name):
            if field not in (records.dtype.names or ()):
                continue
            columns |= _by_class(field, records) if metric.per_class else {field: records[field]}
    return pd.DataFrame(columns)


def _by_class(name: str, records: np.ndarray) -> dict[str, np.ndarray]:
    values = records[name]
    return {f"{name}.{k}": values[:, k] for k in range(values.shape[1])}


def final(record: np.void) -> dict:
    """Return a record as a dict for JSON output: `lambda` and the metrics of each split.

    Missing and non-finite values are None.
    """
    values = {"lambda": float(record["lam"])} | _metrics_of(record)
    if f"{COARSE}test.accuracy" in (record.dtype.names or ()):
        values["coarse"] = _metrics_of(record, COARSE)
    return values


def _metrics_of(record: np.void, prefix: str = "") -> dict:
    values: dict = {split: {} for split in SPLITS}
    recorded = record.dtype.names or ()
    for name, metric in METRICS.items():
        for split in SPLITS if metric.per_split else ():
            if (field := f"{prefix}{split}.{name}") in recorded:
                values[split][name] = _plain(record[field])
        if metric.per_class and not metric.per_split and f"{prefix}{name}" in recorded:
            values[name] = _plain(record[f"{prefix}{name}"])
    return values


def _plain(value: np.ndarray) -> Any:  # noqa: ANN401
    if value.ndim:
        return [_plain(item) for item in value]
    return float(value) if np.isfinite(value) else None
