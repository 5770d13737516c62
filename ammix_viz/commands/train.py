"""Train one run, or read it if it is there."""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import fields

from tqdm import tqdm

from ammix_viz.runs import history, store
from ammix_viz.settings.recipe import SEEDS, Recipe
from ammix_viz.settings.rules import RULES, check
from ammix_viz.training.schedule import total_epochs

ABOUT = {
    "data": "points of the Gaussian toy, or images: _lt long-tailed, _coarse from coarse to fine",
    "method": "how features are mixed",
    "imbalance": "the paper's class counts, or the factor between the largest and the smallest",
    "beta": "pace of AM-mixup and AMA: λ = exp(-β · training accuracy)",
    "alpha": "mixup and manifold mixup draw λ from Beta(α, α)",
    "site": "where features are mixed: the 2-D feature, or a layer drawn each step",
    "rate": "λ of AM-mixup and AMA: drawn from Beta(α, α), fixed at 0.51, or asymptotic",
    "one_sided": "whether one side of a pair keeps the whole label",
    "class_unbiased": "whether pairs are drawn with every class equally likely",
    "clean": "whether the unmixed rows are learnt too",
    "epochs": "passes over the training points; SupCon's encoder takes six times as many first",
    "lr": "learning rate of SGD with momentum 0.9 and weight decay 0.0005",
    "batch_size": "points a step",
    "warmup": "on images: epochs in which the learning rate rises, until its first fall at most",
    "augment": "on images: crops and flips",
    "feature_norm": "on images: a batch norm on the 2-D feature",
    "init": "on images: initial weights uniform as in torch, or normal after He",
    "seed": "of data, start and batches together",
    "device": "where to train",
}
DEFAULTS = {
    "seed": 0,
    "beta": "0.34, AMA 0.67",
    "lr": "0.1, AMA and images 0.02",
    "epochs": "100, images 20 or 40",
    "batch_size": "101, images 128, digits_lt 32",
    "warmup": 5,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add a flag for every setting of a recipe."""
    add_settings(parser, ABOUT)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_settings(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Add a flag for each of these settings; one that is not given is None."""
    for name in names:
        default = DEFAULTS.get(name, getattr(Recipe, name, None))
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, dest=name, help=f"{ABOUT[name]}; {RULES[name]} ({default})")


def run(chosen: argparse.Namespace) -> int:
    """Train, or read from disk, and report."""
    names = [field.name for field in fields(Recipe) if field.name not in SEEDS]
    given = {n: getattr(chosen, n) for n in names if getattr(chosen, n) is not None}
    seed = 0 if chosen.seed is None else check("seed", chosen.seed)
    recipe = Recipe(**given, **dict.fromkeys(SEEDS, seed)).canonical
    end = _finished(recipe.key) or _train_now(recipe)
    if end.state != "ended":
        print(end.why, file=sys.stderr)
    with store.Run(recipe.key) as run_file:
        records = run_file.records()
    report = {"key": recipe.key, "status": end.state, "epochs": int(records["epoch"][-1])}
    report |= {"why": end.why} if end.why else {}
    report |= history.final(records[-1])
    print(json.dumps(report) if chosen.json else _in_words(recipe, report))
    return 0 if end.state == "ended" else 1


def _finished(key: str) -> store.Status | None:
    try:
        return store.finished(key)
    except store.DamagedRun as error:
        print(f"{error} It is trained again.", file=sys.stderr)
        return None


def _train_now(recipe: Recipe) -> store.Status:
    from ammix_viz.runs.recording import record  # torch takes a second to load: not for `runs`
    from ammix_viz.training.devices import resolve

    resolve(recipe.device)
    with tqdm(total=total_epochs(recipe), unit="epoch", disable=None, file=sys.stderr) as bar:
        for epoch in record([recipe], overlap=True):
            bar.update(int(epoch) - bar.n)
    end = store.status(recipe.key)
    if end is None:
        raise RuntimeError(f"Run {recipe.key} is being trained by another process; try again soon.")
    return end


def _in_words(recipe: Recipe, report: dict) -> str:
    lines = [f"{recipe.method}: {report['status']} after {report['epochs']} epochs"]
    lines += [f"run {report['key']} in {store.folder()}", f"{'':<18}{'train':>10}{'test':>10}"]
    for name, value in report["train"].items():
        if not isinstance(value, list):
            lines.append(f"{name:<18}{value:>10.4f}{report['test'][name]:>10.4f}")
    return "\n".join([*lines, f"{'lambda':<18}{report['lambda']:>10.4f}"])
