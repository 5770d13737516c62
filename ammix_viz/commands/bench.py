"""Measure speed, relative to a reference measured at the same time."""

import argparse
import inspect
import json
from collections.abc import Callable
from importlib import import_module

from ammix_viz.commands.parser import Parser
from ammix_viz.settings.rules import Choice, Number, checked

BENCHES = {
    "fast": "four methods compared with plain PyTorch loops",
    "many": "32 runs on all cores",
    "sklearn": "training compared with scikit-learn's MLPClassifier",
    "study": "time of reproduce ama-fig2",
    "soon": "time to the first picture, and after a change of β",
    "smooth": "frame rate of the player during training",
    "images": "a step, an epoch and whole runs on images",
    "alignment": "time to compute A for 4 × 5,000 points, and metrics of wide features",
    "classroom": "waiting times of a class, gaps for many viewers, memory over many visits",
}
NUMBERS = {
    "sessions": "classroom: number of sessions, 100 by default",
    "viewers": "classroom: instead, gaps for so many viewers of one run",
    "visits": "classroom: instead, memory over so many pages opened and closed",
}


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    about = "; ".join(f"{name}: {measured}" for name, measured in BENCHES.items())
    parser.add_argument("what", metavar="NAME", help=about)
    for option, meaning in NUMBERS.items():
        parser.add_argument(f"--{option}", help=meaning)
    same = "classroom: all sessions open the same link"
    parser.add_argument("--same", action="store_true", default=None, help=same)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Run the benchmark module of that name and print its report."""
    name = checked("The benchmark", chosen.what, Choice(tuple(BENCHES)))
    measure = import_module(f"ammix_viz.bench.{name}").measure
    report = measure(**_options(chosen, name, measure))
    if chosen.json:
        print(json.dumps(report))
    else:
        print("\n".join(f"{name}: {value}" for name, value in report.items()))
    return 0


def _options(chosen: argparse.Namespace, name: str, measure: Callable) -> dict[str, int | bool]:
    """Return the given options of a benchmark, checked."""
    given = {each: value for each in (*NUMBERS, "same") if (value := getattr(chosen, each))}
    for option, value in given.items():
        if option not in inspect.signature(measure).parameters:
            raise ValueError(f"The benchmark {name} does not read --{option}.")
        if option in NUMBERS:
            given[option] = checked(option, value, Number(1, 10_000, whole=True))
    return given
