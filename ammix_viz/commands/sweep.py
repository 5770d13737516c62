"""Vary one or two settings, over seeds, for some methods.

Example: python -m ammix_viz sweep --methods am_mixup,ama --x beta=0,0.34,0.67 --seeds 3
"""

import argparse
import json
import time
from pathlib import Path

from ammix_viz.commands.parser import Parser
from ammix_viz.commands.progress import print_notes, train_missing
from ammix_viz.commands.settings_flags import add_settings, given_settings
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.axis import VARIABLE, read_axis
from ammix_viz.settings.comparison import DEFAULT_METHODS
from ammix_viz.settings.rules import Choice, text_of
from ammix_viz.settings.table import RULES, check
from ammix_viz.studies.manifest import manifest
from ammix_viz.studies.output import prepare, write
from ammix_viz.studies.sweeps.sweep import (
    FIXED,
    METRICS,
    Grid,
    Sweep,
    check_metric,
    grid,
)
from ammix_viz.studies.sweeps.sweep_files import NAME, as_json, command, files
from ammix_viz.studies.sweeps.sweep_notes import check_axes, notes


def arguments(parser: Parser) -> None:
    """Add the flags."""
    axis = f"NAME=VALUE,VALUE,…; NAME is one of {', '.join(VARIABLE)}"
    add = parser.add_argument
    add("--x", required=True, metavar="AXIS", help=f"the setting to vary, {axis}")
    add("--y", metavar="AXIS", help="a second setting to vary, written as --x")
    methods = ",".join(DEFAULT_METHODS)
    about = f"separated by commas; of {', '.join(METHODS)} (default: {methods})"
    add("--methods", default=methods, metavar="LIST", help=about)
    about = f"runs for each combination of values; {RULES['seeds']} (default: 1)"
    add("--seeds", default=1, metavar="VALUE", help=about)
    about = f"{Choice(METRICS)} (default: {METRICS[0]})"
    add("--metric", default=METRICS[0], metavar="NAME", help=about)
    add_settings(parser, FIXED)
    about = "folder for report, results, table and manifest (default: only print)"
    add("--out", metavar="FOLDER", help=about)
    add("--json", action="store_true", help="print one JSON object")
    add("--dask", metavar="ADDRESS", help="train on this Dask cluster, such as tcp://HOST:8786")


def run(chosen: argparse.Namespace) -> int:
    """Train missing runs, then print or write the results."""
    begun, metric = time.monotonic(), check_metric(chosen.metric)
    sweep = _sweep(chosen)
    check_axes(sweep)
    print_notes(notes(sweep))
    if chosen.out:
        prepare(Path(chosen.out), NAME)
    trained = train_missing(sweep.recipes, chosen.dask)
    if chosen.out:
        seconds = time.monotonic() - begun
        axes = {side: str(axis) for side, axis in zip("xy", sweep.axes, strict=False)}
        settings = dict(sweep.fixed) | axes
        words = command(sweep, metric)
        described = manifest(NAME, words, settings, range(sweep.seeds), seconds, trained)
        write(Path(chosen.out), files(sweep, metric, described))
    print(json.dumps(as_json(sweep, metric)) if chosen.json else _as_text(sweep, metric))
    return 0


def _sweep(chosen: argparse.Namespace) -> Sweep:
    x, y = read_axis(chosen.x), read_axis(chosen.y) if chosen.y else None
    methods = tuple(filter(None, chosen.methods.split(",")))
    fixed = tuple(given_settings(chosen, FIXED).items())
    sweep = Sweep(methods, x, y, check("seeds", chosen.seeds), fixed)
    for axis in sweep.axes:
        if axis.name in dict(fixed):
            raise ValueError(
                f"{axis.name} is both varied and set to one value; leave out one of them."
            )
    return sweep


def _as_text(sweep: Sweep, metric: str) -> str:
    lines = [f"{metric}, mean ± standard deviation over the finished seeds"]
    for method in sweep.methods:
        lines += ["", METHODS[method].title, *_aligned(_rows(sweep, grid(sweep, method, metric)))]
    return "\n".join(lines)


def _rows(sweep: Sweep, found: Grid) -> list[list[str]]:
    """Return the table of a method: a column per value of x, a row per value of y."""
    head = list(map(text_of, sweep.x.values))
    rows, columns = sweep.shape
    body = [[found.words(row, column) or "–" for column in range(columns)] for row in range(rows)]
    if sweep.y is None:
        return [[sweep.x.name, *head], ["", *body[0]]]
    left = map(text_of, sweep.y.values)
    corner = f"{sweep.y.name} \\ {sweep.x.name}"
    return [[corner, *head], *([value, *row] for value, row in zip(left, body, strict=True))]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.rjust, row, widths)) for row in rows]
