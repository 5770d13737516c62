"""Measure speed, relative to a reference measured at the same time."""

import argparse
import json
from importlib import import_module

from ammix_viz.commands.parser import Parser
from ammix_viz.settings.rules import Choice, checked

BENCHES = {
    "fast": "four methods compared with plain PyTorch loops",
    "many": "32 runs on all cores",
    "sklearn": "training compared with scikit-learn's MLPClassifier",
    "study": "time of reproduce ama-fig2",
    "soon": "time to the first picture, and after a change of β",
    "smooth": "frame rate of the player during training",
    "images": "a step, an epoch and whole runs on images",
    "alignment": "time to compute A for 4 × 5,000 points, and metrics of wide features",
}


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    about = "; ".join(f"{name}: {measured}" for name, measured in BENCHES.items())
    parser.add_argument("what", metavar="NAME", help=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Run the benchmark module of that name and print its report."""
    name = checked("The benchmark", chosen.what, Choice(tuple(BENCHES)))
    report = import_module(f"ammix_viz.bench.{name}").measure()
    if chosen.json:
        print(json.dumps(report))
    else:
        print("\n".join(f"{name}: {value}" for name, value in report.items()))
    return 0
