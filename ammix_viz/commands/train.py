"""Train one run, or read it if it is there."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

from ammix_viz.runs import disk, history, reader
from ammix_viz.settings.defaults import default_text
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.table import RULES, SEEDS, SETTINGS, check
from ammix_viz.training.schedule import total_epochs

SEED_HELP = "of data, start and batches together"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add a flag for every setting of a recipe."""
    add_settings(parser, [name for name in SETTINGS if name not in SEEDS])
    parser.add_argument("--seed", help=f"{SEED_HELP}; {RULES['seed']} (0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_settings(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Add a flag for each of these settings; one that is not given is None."""
    for name in names:
        entry, flag = SETTINGS[name], "--" + name.replace("_", "-")
        about = f"{entry.help}; {entry.rule} ({default_text(name)})".replace("%", "%%")
        parser.add_argument(flag, dest=name, help=about)


def run(chosen: argparse.Namespace) -> int:
    """Train, or read from disk, and report."""
    names = [name for name in SETTINGS if name not in SEEDS]
    given = {n: getattr(chosen, n) for n in names if getattr(chosen, n) is not None}
    seed = 0 if chosen.seed is None else check("seed", chosen.seed)
    settings: dict[str, Any] = given | dict.fromkeys(SEEDS, seed)
    recipe = Recipe(**settings).canonical
    end = _finished(recipe.key) or _train_now(recipe)
    if end.state != "ended":
        print(end.why, file=sys.stderr)
    with reader.Run(recipe.key) as run_file:
        records = run_file.numbers()
    report = {"key": recipe.key, "status": end.state, "epochs": int(records["epoch"][-1])}
    report |= {"why": end.why} if end.why else {}
    report |= history.final(records[-1])
    print(json.dumps(report) if chosen.json else _in_words(recipe, report))
    return 0 if end.state == "ended" else 1


def _finished(key: str) -> disk.Status | None:
    try:
        return reader.finished(key)
    except reader.DamagedRun as error:
        print(f"{error} It is trained again.", file=sys.stderr)
        return None


def _train_now(recipe: Recipe) -> disk.Status:
    from ammix_viz.runs.recording import record  # torch takes a second to load: not for `runs`
    from ammix_viz.training.devices import resolve

    resolve(recipe.device)
    with tqdm(total=total_epochs(recipe), unit="epoch", disable=None, file=sys.stderr) as bar:
        for epoch in record([recipe], overlap=True):
            bar.update(int(epoch) - bar.n)
    end = disk.status(recipe.key)
    if end is None:
        raise RuntimeError(f"Run {recipe.key} is being trained by another process; try again soon.")
    return end


def _in_words(recipe: Recipe, report: dict) -> str:
    lines = [f"{recipe.method}: {report['status']} after {report['epochs']} epochs"]
    lines += [f"run {report['key']} in {disk.folder()}", f"{'':<18}{'train':>10}{'test':>10}"]
    for name, value in report["train"].items():
        if not isinstance(value, list):
            lines.append(f"{name:<18}{_in_digits(value)}{_in_digits(report['test'][name])}")
    return "\n".join([*lines, f"{'lambda':<18}{report['lambda']:>10.4f}"])


def _in_digits(value: float | None) -> str:
    return f"{'–':>10}" if value is None else f"{value:>10.4f}"
