"""A run's numbers over training, as tables."""

import functools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ammix_viz.runs import store
from ammix_viz.runs.format import COARSE, PER_CLASS, SCALARS, SPLITS
from ammix_viz.settings.recipe import Recipe

COMMON = ("step", "epoch", "lam", "loss")
OF_CLASSIFIER = ("accuracy", "calibration_error", *PER_CLASS)
"""Metrics that say nothing while the classifier has learnt nothing."""

Histories = Mapping[str, Sequence[np.ndarray]]
"""For each method the records of its runs, one a seed; a run without any has none."""


def read(by_method: Mapping[str, Iterable[Recipe]]) -> dict[str, list[np.ndarray]]:
    """Return {method: [records]} of the runs as far as they are on disk.

    Records come without features, and only those that measure all samples. Where only the encoder
    has been trained so far, what is the classifier's is nan.
    """
    return {name: [numbers(recipe.key) for recipe in own] for name, own in by_method.items()}


def numbers(key: str) -> np.ndarray:
    """Return the records of one run as `read` does; none at all if there is no such file."""
    end = store.status(key)
    if end is None or end.state == "stopped":
        return _read(key)
    return _settled(key, end.crc)


@functools.lru_cache(maxsize=2048)
def _settled(key: str, crc: int) -> np.ndarray:
    """Return the records of a run that has come to its end; `crc` tells it from another."""
    return _read(key)


def _read(key: str) -> np.ndarray:
    try:
        with store.Run(key) as run:
            records = run.numbers()
            stages, whole = run.header["stages"], run.header.get("whole")
    except (FileNotFoundError, store.DamagedRun):
        return np.zeros(0, [("epoch", "<f4")])
    untrained = stages[0]["last"] + 1 if len(stages) > 1 else 0
    for split in SPLITS:
        for name in OF_CLASSIFIER:
            records[f"{split}.{name}"][:untrained] = np.nan
    records["plane_share"][:untrained] = np.nan
    return records if whole is None else records[[i for i in whole if i < len(records)]]


def table(histories: Histories) -> pd.DataFrame:
    """Return every number of every record, one row a method, seed and record."""
    return pd.concat(
        [
            _rows(method, seed, records)
            for method, own in histories.items()
            for seed, records in enumerate(own)
            if len(records)
        ]
    )


def _rows(method: str, seed: int, records: np.ndarray) -> pd.DataFrame:
    columns: dict[str, np.ndarray | str | int] = {"method": method, "seed_offset": seed}
    columns |= {name: records[name] for name in COMMON}
    for split in SPLITS:
        columns |= {f"{split}.{name}": records[f"{split}.{name}"] for name in SCALARS}
        for name in PER_CLASS:
            columns |= _by_class(f"{split}.{name}", records)
    return pd.DataFrame(columns | _by_class("plane_share", records))


def _by_class(name: str, records: np.ndarray) -> dict[str, np.ndarray]:
    values = records[name]
    return {f"{name}.{k}": values[:, k] for k in range(values.shape[1])}


def final(record: np.void) -> dict:
    """Return a record as the command line prints it: `lambda` and the metrics of each split."""
    values = {"lambda": float(record["lam"])} | _metrics_of(record)
    if f"{COARSE}plane_share" in (record.dtype.names or ()):
        values["coarse"] = _metrics_of(record, COARSE)
    return values


def _metrics_of(record: np.void, before: str = "") -> dict:
    values: dict = {}
    for split in SPLITS:
        own = {name: float(record[f"{before}{split}.{name}"]) for name in SCALARS}
        own |= {name: record[f"{before}{split}.{name}"].tolist() for name in PER_CLASS}
        values[split] = own
    return values | {"plane_share": record[f"{before}plane_share"].tolist()}
