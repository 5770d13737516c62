"""Vary two settings against each other, over seeds, for some methods."""

import argparse
import json
import time
from pathlib import Path

from ammix_viz.commands.reproduce import follow
from ammix_viz.commands.train import add_settings
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import DEFAULT_METHODS
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import RULES, check
from ammix_viz.studies.manifest import manifest
from ammix_viz.studies.output import prepare, write
from ammix_viz.studies.sweep import FIXED, METRICS, VARIABLE, Sweep, check_metric, grid, read_axis
from ammix_viz.studies.sweep_files import NAME, as_json, command, files
from ammix_viz.workers.batches import train_all


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    axis = f"NAME=VALUE,VALUE,…; NAME is one of {', '.join(VARIABLE)}"
    parser.add_argument("--x", required=True, help=f"first setting, {axis}")
    parser.add_argument("--y", required=True, help="second setting, as --x")
    methods = ",".join(DEFAULT_METHODS)
    parser.add_argument("--methods", default=methods, help=f"with commas between ({methods})")
    parser.add_argument("--seeds", default=1, help=f"runs a cell; {RULES['seeds']} (1)")
    parser.add_argument("--metric", default=METRICS[0], help=f"{', '.join(METRICS)} ({METRICS[0]})")
    add_settings(parser, FIXED)
    parser.add_argument("--out", help="folder for report, results, table and manifest (none)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--dask", metavar="ADDRESS", help="train on this Dask cluster")


def run(chosen: argparse.Namespace) -> int:
    """Train what is not there yet, then print or write what came out."""
    begun, metric = time.monotonic(), check_metric(chosen.metric)
    sweep = _asked(chosen)
    if chosen.out:
        prepare(Path(chosen.out), NAME)
    trained = follow(_trained(sweep, chosen.dask))
    if chosen.out:
        seconds = time.monotonic() - begun
        settings = dict(sweep.fixed) | {"x": str(sweep.x), "y": str(sweep.y)}
        words = command(sweep, metric)
        made_by = manifest(NAME, words, settings, sweep.seeds, seconds, trained)
        write(Path(chosen.out), files(sweep, metric, made_by))
    print(json.dumps(as_json(sweep, metric)) if chosen.json else _in_words(sweep, metric))
    return 0


def _asked(chosen: argparse.Namespace) -> Sweep:
    x, y = read_axis(chosen.x), read_axis(chosen.y)
    methods = tuple(filter(None, chosen.methods.split(",")))
    given = {name: getattr(chosen, name) for name in FIXED}
    fixed = {name: check(name, value) for name, value in given.items() if value is not None}
    for name in (x.name, y.name):
        if name in fixed:
            raise ValueError(f"{name} is both varied and given once; leave one of them out.")
    return Sweep(methods, x, y, check("seeds", chosen.seeds), tuple(fixed.items()))


def _trained(sweep: Sweep, address: str | None):  # noqa: ANN202
    if address is None:
        return train_all(sweep.recipes)
    from ammix_viz.workers.dask_cluster import train_on  # an optional extra

    return train_on(address, sweep.recipes)


def _in_words(sweep: Sweep, metric: str) -> str:
    lines = [f"{metric}, mean ± standard deviation over the seeds that have ended"]
    for method in sweep.methods:
        own = grid(sweep, method, metric)
        corner = f"{sweep.y.name} \\ {sweep.x.name}"
        lines += ["", METHODS[method].title]
        rows = [[corner, *map(text_of, sweep.x.values)]]
        for row, value in enumerate(sweep.y.values):
            cells = [own.words(row, column) or "–" for column in range(len(sweep.x.values))]
            rows.append([text_of(value), *cells])
        lines += _aligned(rows)
    return "\n".join(lines)


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.rjust, row, widths)) for row in rows]
