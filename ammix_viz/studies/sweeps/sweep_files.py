"""The files of a sweep: grids, a table of runs, and a page of heatmaps."""

import json
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ammix_viz.runs import disk, history, verified
from ammix_viz.settings.axis import Axis
from ammix_viz.studies.exports import flatten
from ammix_viz.studies.results import RESULTS, VERSION
from ammix_viz.studies.sweeps.sweep import METRICS, Sweep, grid

NAME = "sweep"


def as_json(sweep: Sweep, metric: str) -> dict[str, Any]:
    """Return the sweep's settings and, for each method, the metric of every combination.

    A grid is a list of rows, indexed `mean[y][x]`. With one varied setting, "y" is null and there
    is one row.
    """
    return {
        "version": VERSION,
        "study": NAME,
        "x": _as_json(sweep.x),
        "y": None if sweep.y is None else _as_json(sweep.y),
        "seeds": sweep.seeds,
        "fixed": dict(sweep.fixed),
        "metric": metric,
        "methods": {method: _grid_as_json(sweep, method, metric) for method in sweep.methods},
    }


def _as_json(axis: Axis) -> dict[str, Any]:
    return {"name": axis.name, "values": list(axis.values)}


def _grid_as_json(sweep: Sweep, method: str, metric: str) -> dict[str, list]:
    values = grid(sweep, method, metric)
    numbers = {"mean": values.mean, "std": values.std}
    found = {n: _finite(v) for n, v in numbers.items()}
    return found | {"count": values.count.tolist(), "failed": values.failed.tolist()}


def _finite(values: np.ndarray) -> list:
    found = values.astype(object)
    found[~np.isfinite(values)] = None
    return found.tolist()


def as_table(sweep: Sweep) -> pd.DataFrame:
    """Return one row per method, combination and seed: status and last record of the run."""
    rows = []
    for (method, row, column), recipes in sweep.cells.items():
        for seed, recipe in enumerate(recipes):
            state = _state(recipe.key)
            line = {
                "method": method,
                **sweep.values(row, column),
                "seed_offset": seed,
                "key": recipe.key,
            }
            if state == "ended" and len(records := history.numbers(recipe.key)):
                line |= flatten(history.final(records[-1]))
            rows.append(line | {"status": state})
    return pd.DataFrame(rows)


def _state(key: str) -> str:
    if verified.damage(key):
        return "damaged"
    end = verified.usable(key) or disk.status(key)
    return end.state if end else "missing"


def files(sweep: Sweep, metric: str, manifest: dict[str, Any]) -> dict[str, str]:
    """Return the content of each file of a sweep by its name."""
    from ammix_viz.studies.sweeps.heatmap import heatmaps  # loads Plotly

    figure = heatmaps(sweep, metric).to_html(full_html=False, include_plotlyjs=True)
    varied = " and ".join(axis.name for axis in sweep.axes)
    manifest_text = escape(json.dumps(manifest, indent=2))
    page = (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Sweep</title></head>"
        f"<body style='font:16px system-ui'><h1>Sweep of {varied}</h1>"
        f"{figure}<pre>{manifest_text}</pre></body></html>"
    )
    return {
        "report.html": page,
        RESULTS: json.dumps(as_json(sweep, metric), indent=1),
        "results.csv": as_table(sweep).to_csv(index=False),
        "manifest.json": json.dumps(manifest, indent=2),
    }


def command(sweep: Sweep, metric: str) -> str:
    """Return the command that gives the same sweep."""
    words = [f"--methods {','.join(sweep.methods)}"]
    words += [f"--{name} {axis}" for name, axis in zip("xy", sweep.axes, strict=False)]
    words += [f"--seeds {sweep.seeds}"] + ([f"--metric {metric}"] if metric != METRICS[0] else [])
    words += [f"--{name.replace('_', '-')} {value}" for name, value in sweep.fixed]
    return f"python -m ammix_viz sweep {' '.join(words)}"
