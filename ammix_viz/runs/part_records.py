"""Writes the optional parts of records: the input grid, and the mixed rows of a snapshot."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.input_grid import input_grid
from ammix_viz.methods.mix import MOST_ROWS, NOWHERE
from ammix_viz.methods.table import METHODS
from ammix_viz.runs.format import quantise
from ammix_viz.runs.parts import GRID, MIXED, part_fields
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.mixed_rows import MixedRows
from ammix_viz.training.snapshot import Snapshot

INT8_MAX = 127

NOT_DISPLAYED = 65535
"""The index of a parent that is not displayed."""

BYTES_PER_POINT, LEAST_ROWS = 0.4, 8
"""Bytes of both parts for each displayed point, a tenth of those of its features; and the fewest
mixed rows."""


def describe_parts(recipe: Recipe, dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Return the header's `grid` (of points only) and `mixed`; nothing if features are not 2-D.

    `mixed` has `rows`, the most mixed rows of a record, 0 if the method mixes nothing; `sites`, the
    number of mixing sites; and whether λ is one of each row (`per_row`), some parents are not
    displayed (`parents`) and inputs are mixed first (`partners`).
    """
    if recipe.feature_width != 2:
        return {}
    method = METHODS[recipe.method]
    mixed: dict[str, Any] = {
        "rows": 0,
        "sites": recipe.sites,
        "per_row": recipe.canonical.lam_per == "row",
        "parents": dataset.sampled is not None,
        "partners": method.mixes_inputs,
    }
    if method.parts:
        budget = BYTES_PER_POINT * len(dataset.displayed) * (1 if recipe.on_images else 0.5)
        fits = int(budget / _row_bytes(mixed)) // 2 * 2
        mixed["rows"] = min(MOST_ROWS, max(LEAST_ROWS, fits))
    if recipe.on_images:
        return {MIXED: mixed}
    grid = input_grid(dataset)
    described = {"x": grid.x, "y": grid.y, "half": grid.half, "side": grid.side}
    return {GRID: described, MIXED: mixed}


def _row_bytes(mixed: Mapping[str, Any]) -> float:
    two, four = (np.dtype(part_fields({MIXED: {**mixed, "rows": rows}})) for rows in (2, 4))
    return (four.itemsize - two.itemsize) / 2


class PartsEncoder:
    """Encodes the optional parts of the records of a run.

    Parameters
    ----------
    header : dict
        The header of the run.
    dataset : Dataset
        Its data set.
    """

    def __init__(self, header: Mapping[str, Any], dataset: Dataset) -> None:
        self._dtype = np.dtype(part_fields(header))
        self._most_rows: int = header.get(MIXED, {}).get("rows", 0)
        self._displayed = np.full(len(dataset.train), NOT_DISPLAYED)
        self._labels = dataset.train_labels
        train = dataset.displayed_train
        self._displayed[dataset.displayed[:train]] = range(train)

    def encode(self, snapshot: Snapshot, run: int, limit: float) -> bytes:
        """Return the bytes that follow a record.

        Parameters
        ----------
        snapshot : Snapshot
            The snapshot of the record.
        run : int
            Index of the run in the snapshot.
        limit : float
            The largest coordinate of a displayed feature. Nodes of the grid with larger ones, where
            confidence hardly changes, are moved straight towards 0.
        """
        record = np.zeros(1, self._dtype)[0]
        if snapshot.grid is not None:
            features = snapshot.grid[run].cpu().numpy().astype(float)
            largest = np.abs(features).max(axis=1, keepdims=True, initial=1e-30)
            scale = (limit or 1.0) / INT8_MAX
            record["grid"] = np.rint(features * np.minimum(1 / scale, INT8_MAX / largest))
            record["grid_scale"] = scale
        if self._most_rows:
            rows = snapshot.mixed[run] if snapshot.mixed else None
            record["mixed.site"] = rows.site if rows else NOWHERE
            for name, values in self._values_of(rows).items() if rows else ():
                field = f"mixed.{name}"
                if self._dtype[field].shape:
                    record[field][: len(values)] = values
                else:  # the same for all rows
                    record[field] = np.ravel(values)[0]
        return record.tobytes()

    def _values_of(self, rows: MixedRows) -> dict[str, np.ndarray]:
        """Return the values of the fields of mixed rows, one for each row."""
        count = min(self._most_rows, len(rows.lam))
        points = rows.features[:, None]
        if rows.parent_features is not None:
            points = np.concatenate([points, rows.parent_features], axis=1)
        features, scale = quantise(points[:count].reshape(-1, 2))
        features = features.reshape(count, -1)
        gradient = rows.gradient[:count]
        gradient_scale = np.abs(gradient).max() / INT8_MAX or 1.0
        values = {
            "count": np.array(count),
            "scale": scale,
            "gradient_scale": np.array(gradient_scale),
            "lam": rows.lam[:count],
            "label_weight": rows.label_weight[:count],
            "rows": self._displayed[rows.parents[:count]],
            "features": features[:, :2],
            "gradient": np.rint(gradient / gradient_scale),
        }
        if rows.parent_features is not None:
            values["parents"] = features[:, 2:]
            samples = [each for each in (rows.parents, rows.partners) if each is not None]
            values["labels"] = self._labels[np.concatenate(samples, axis=1)[:count]]
        if rows.partners is not None and rows.partner_lam is not None:
            values["partners"] = self._displayed[rows.partners[:count]]
            values["partner_lam"] = rows.partner_lam[:count]
        return values
