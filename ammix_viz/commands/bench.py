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
    "faults": "what is lost, disclosed or never ends when workers, server, files and disk fail",
}
NUMBERS = {
    "sessions": "classroom: number of sessions, 100 by default",
    "viewers": "classroom: instead, gaps for so many viewers of one run",
    "visits": "classroom: instead, memory over so many pages opened and closed",
    "seed": "faults: what decides what fails, and when",
    "kills": "faults: how often a worker or the server is killed, 50 by default",
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
    """Run the benchmark module of that name and print its report; 1 if it found violations."""
    name = checked("The benchmark", chosen.what, Choice(tuple(BENCHES)))
    module = import_module(f"ammix_viz.bench.{name}")
    report = module.measure(**_options(chosen, name, module.measure))
    as_text = getattr(module, "as_text", _as_text)
    print(json.dumps(report) if chosen.json else as_text(report))
    return 1 if report.get("violations") else 0


def _as_text(report: dict) -> str:
    return "\n".join(f"{name}: {value}" for name, value in report.items())


def _options(chosen: argparse.Namespace, name: str, measure: Callable) -> dict[str, int | bool]:
    """Return the given options of a benchmark, checked."""
    given = {each: value for each in (*NUMBERS, "same") if (value := getattr(chosen, each))}
    for option, value in given.items():
        if option not in inspect.signature(measure).parameters:
            raise ValueError(f"The benchmark {name} does not read --{option}.")
        if option in NUMBERS:
            given[option] = checked(option, value, Number(1, 10_000, whole=True))
    return given
