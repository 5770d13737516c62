"""Train one run, or read it from disk if it exists, and print its metrics.

Example: python -m ammix_viz train --method am_mixup --beta 0.5 --imbalance 50 --json
"""

import argparse
import json
import sys

from tqdm import tqdm

from ammix_viz.commands.interrupts import until_interrupted
from ammix_viz.commands.parser import Parser
from ammix_viz.commands.progress import print_notes
from ammix_viz.commands.settings_flags import add_settings, given_settings
from ammix_viz.runs import disk, history, reader
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.table import RULES, SEEDS, SETTINGS, check
from ammix_viz.settings.unread import unread
from ammix_viz.training.schedule import total_epochs

NAMES = [name for name in SETTINGS if name not in SEEDS]


def arguments(parser: Parser) -> None:
    """Add a flag for every setting of a run."""
    add_settings(parser, NAMES)
    about = f"seed of samples, initial weights and batches; {RULES['seed']} (default: 0)"
    parser.add_argument("--seed", default=0, metavar="VALUE", help=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Train or read the run, and print its metrics."""
    given = given_settings(chosen, NAMES)
    settings = given | dict.fromkeys(SEEDS, check("seed", chosen.seed))
    recipe = Recipe(**settings).canonical
    print_notes(unread([recipe], given))
    end = _finished(recipe.key) or _train_now(recipe)
    if end.state != "ended":
        print(end.why, file=sys.stderr)
    with reader.Run(recipe.key) as run_file:
        records = run_file.numbers()
    report = {"key": recipe.key, "status": end.state, "epochs": int(records["epoch"][-1])}
    report |= {"why": end.why} if end.why else {}
    report |= history.final(records[-1])
    print(json.dumps(report) if chosen.json else _as_text(recipe, report))
    return 0 if end.state == "ended" else 1


def _finished(key: str) -> disk.Status | None:
    try:
        return reader.finished(key)
    except reader.DamagedRun as error:
        print(f"{error} It will be trained again.", file=sys.stderr)
        return None


def _train_now(recipe: Recipe) -> disk.Status:
    from ammix_viz.runs.recording import record  # torch takes a second to load: not for `runs`
    from ammix_viz.training.devices import resolve

    resolve(recipe.device)
    disk.check_folder()
    with tqdm(total=total_epochs(recipe), unit="epoch", disable=None, file=sys.stderr) as bar:
        for epoch in until_interrupted(record([recipe], overlap=True)):
            bar.update(int(epoch) - bar.n)
    end = disk.status(recipe.key)
    if end is None:
        raise RuntimeError(f"Run {recipe.key} is being trained by another process; try again soon.")
    return end


def _as_text(recipe: Recipe, report: dict) -> str:
    lines = [f"{recipe.method}: {report['status']} after {report['epochs']} epochs"]
    lines += [f"run {report['key']} in {disk.folder()}", f"{'':<18}{'train':>10}{'test':>10}"]
    for name, value in report["train"].items():
        if not isinstance(value, list):
            lines.append(f"{name:<18}{_number(value)}{_number(report['test'][name])}")
    return "\n".join([*lines, f"{'lambda':<18}{report['lambda']:>10.4f}"])


def _number(value: float | None) -> str:
    return f"{'–':>10}" if value is None else f"{value:>10.4f}"
