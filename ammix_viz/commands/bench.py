"""Measure speed, as ratios to something measured beside it."""

import argparse
import json
from importlib import import_module

from ammix_viz.commands.parser import Parser
from ammix_viz.settings.rules import Choice, checked

BENCHES = {
    "fast": "four methods against four plain training loops",
    "many": "32 runs on every core",
    "sklearn": "training against scikit-learn's MLPClassifier",
    "study": "the time that reproduce ama-fig2 takes",
    "soon": "the time from a changed β to its first points on the screen",
    "smooth": "frames a second in a browser while training goes on",
    "images": "a step, an epoch and two runs on images",
    "alignment": "A of four classes of 5,000 points, and of wide features",
}


def arguments(parser: Parser) -> None:
    """Add what is to be measured, and the flags."""
    about = "; ".join(f"{name}: {measured}" for name, measured in BENCHES.items())
    parser.add_argument("what", metavar="NAME", help=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Run one benchmark, the module of that name, and print what it found."""
    name = checked("The benchmark", chosen.what, Choice(tuple(BENCHES)))
    report = import_module(f"ammix_viz.bench.{name}").measure()
    if chosen.json:
        print(json.dumps(report))
    else:
        print("\n".join(f"{name}: {value}" for name, value in report.items()))
    return 0
