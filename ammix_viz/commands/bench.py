"""Measure speed, as ratios within one run."""

import argparse
import json
from importlib import import_module

BENCHES = {
    "fast": "four methods against plain loops",
    "many": "32 runs on every core",
    "sklearn": "against MLPClassifier",
    "study": "reproduce ama-fig2",
    "soon": "waiting",
    "smooth": "frames",
    "images": "a step, an epoch and two runs on images",
    "alignment": "A over 4 × 5,000 points",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        "what", choices=BENCHES, help="; ".join(f"{n}: {about}" for n, about in BENCHES.items())
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Run one benchmark, the module of that name, and print what it found."""
    report = import_module(f"ammix_viz.bench.{chosen.what}").measure()
    if chosen.json:
        print(json.dumps(report))
    else:
        print("\n".join(f"{name}: {value}" for name, value in report.items()))
    return 0
