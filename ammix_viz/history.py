"""A run's numbers over training, as tables."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ammix_viz.layout import PER_CLASS, SCALARS, SPLITS
from ammix_viz.recipe import Recipe
from ammix_viz.runs import DamagedRun, Run

COMMON = ("step", "epoch", "lam", "loss")


def read(recipes: Sequence[Recipe]) -> dict[str, np.ndarray]:
    """Return {method: records} of those runs that have a record on disk."""
    found = {}
    for recipe in recipes:
        try:
            with Run(recipe.key) as run:
                records = run.records()
        except (FileNotFoundError, DamagedRun):
            continue
        if len(records):
            found[recipe.method] = records
    return found


def table(histories: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return every number of every record, one row a method and record."""
    return pd.concat([_rows(method, records) for method, records in histories.items()])


def _rows(method: str, records: np.ndarray) -> pd.DataFrame:
    columns: dict[str, np.ndarray | str] = {"method": method}
    columns |= {name: records[name] for name in COMMON}
    for split in SPLITS:
        columns |= {f"{split}.{name}": records[f"{split}.{name}"] for name in SCALARS}
        for name in PER_CLASS:
            columns |= _by_class(f"{split}.{name}", records)
    return pd.DataFrame(columns | _by_class("plane_share", records))


def _by_class(name: str, records: np.ndarray) -> dict[str, np.ndarray]:
    values = records[name]
    return {f"{name}.{k}": values[:, k] for k in range(values.shape[1])}


def final(record: np.ndarray) -> dict:
    """Return a record as the command line prints it: `lambda` and the metrics of each split."""
    numbers: dict = {"lambda": float(record["lam"])}
    for split in SPLITS:
        own = {name: float(record[f"{split}.{name}"]) for name in SCALARS}
        own |= {name: record[f"{split}.{name}"].tolist() for name in PER_CLASS}
        numbers[split] = own
    numbers["plane_share"] = record["plane_share"].tolist()
    return numbers
