"""A sweep as files: its grids, a table of its runs, and its heatmaps as a page."""

import json
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ammix_viz.runs import disk, history
from ammix_viz.studies.results import RESULTS, VERSION, flat
from ammix_viz.studies.sweep import METRICS, Axis, Sweep, grid

NAME = "sweep"


def as_json(sweep: Sweep, metric: str) -> dict[str, Any]:
    """Return the sweep's settings and, for each method, the metric of every combination.

    They are lists of rows, one a value of y, of one number a value of x: `mean[y][x]`. With one
    setting varied, "y" is null and there is one row.
    """
    return {
        "version": VERSION,
        "study": NAME,
        "x": _as_json(sweep.x),
        "y": None if sweep.y is None else _as_json(sweep.y),
        "seeds": sweep.seeds,
        "fixed": dict(sweep.fixed),
        "metric": metric,
        "methods": {method: _cells(sweep, method, metric) for method in sweep.methods},
    }


def _as_json(axis: Axis) -> dict[str, Any]:
    return {"name": axis.name, "values": list(axis.values)}


def _cells(sweep: Sweep, method: str, metric: str) -> dict[str, list]:
    own = grid(sweep, method, metric)
    numbers = {"mean": own.mean, "std": own.std}
    found = {n: _finite(v) for n, v in numbers.items()}
    return found | {"count": own.count.tolist(), "failed": own.failed.tolist()}


def _finite(values: np.ndarray) -> list:
    found = values.astype(object)
    found[~np.isfinite(values)] = None
    return found.tolist()


def as_table(sweep: Sweep) -> pd.DataFrame:
    """Return one row a method, cell and seed: how the run ended, and its last record."""
    rows = []
    for (method, row, column), recipes in sweep.cells.items():
        for seed, recipe in enumerate(recipes):
            end = disk.status(recipe.key)
            state = end.state if end else "missing"
            own = {
                "method": method,
                **sweep.values(row, column),
                "seed_offset": seed,
                "key": recipe.key,
            }
            if state == "ended":
                records = history.numbers(recipe.key)
                own |= flat(history.final(records[-1])) if len(records) else {}
                state = "ended" if len(records) else "damaged"
            rows.append(own | {"status": state})
    return pd.DataFrame(rows)


def files(sweep: Sweep, metric: str, manifest: dict[str, Any]) -> dict[str, str]:
    """Return the content of each file of a sweep by its name."""
    from ammix_viz.studies.heatmap import heatmaps  # loads Plotly

    figure = heatmaps(sweep, metric).to_html(full_html=False, include_plotlyjs=True)
    varied = " and ".join(axis.name for axis in sweep.axes)
    made_by = escape(json.dumps(manifest, indent=2))
    page = (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Sweep</title></head>"
        f"<body style='font:16px system-ui'><h1>Sweep of {varied}</h1>"
        f"{figure}<pre>{made_by}</pre></body></html>"
    )
    return {
        "report.html": page,
        RESULTS: json.dumps(as_json(sweep, metric), indent=1),
        "results.csv": as_table(sweep).to_csv(index=False),
        "manifest.json": json.dumps(manifest, indent=2),
    }


def command(sweep: Sweep, metric: str) -> str:
    """Return the command line that gives the same sweep."""
    words = [f"--methods {','.join(sweep.methods)}"]
    words += [f"--{name} {axis}" for name, axis in zip("xy", sweep.axes, strict=False)]
    words += [f"--seeds {sweep.seeds}"] + ([f"--metric {metric}"] if metric != METRICS[0] else [])
    words += [f"--{name.replace('_', '-')} {value}" for name, value in sweep.fixed]
    return f"python -m ammix_viz sweep {' '.join(words)}"
