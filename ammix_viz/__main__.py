"""The command line: `python -m ammix_viz train | runs | bench`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields

from tqdm import tqdm

from ammix_viz import history, runs
from ammix_viz.recipe import RULES, SEEDS, Recipe, check

ABOUT = {
    "data": "the data set",
    "method": "how features are mixed",
    "imbalance": "the paper's class counts, or the factor between the largest and the smallest",
    "beta": "pace of AM-mixup: λ = exp(-β · training accuracy)",
    "alpha": "mixup and manifold mixup draw λ from Beta(α, α)",
    "site": "where features are mixed: the 2-D feature, or a layer drawn each step",
    "epochs": "passes over the training points",
    "lr": "learning rate of SGD with momentum 0.9 and weight decay 0.0005",
    "batch_size": "points a step",
    "seed": "of data, start and batches together",
    "device": "where to train",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 if it failed, 2 if it was asked for something not allowed."""
    parser = argparse.ArgumentParser(prog="python -m ammix_viz", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(commands.add_parser("train", help="train one run, or read it if it is there"))
    _add_runs(commands.add_parser("runs", help="list the runs on disk"))
    _add_bench(commands.add_parser("bench", help="measure speed, as ratios within one run"))
    chosen = parser.parse_args(arguments)
    try:
        return chosen.command(chosen)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1


def _add_train(parser: argparse.ArgumentParser) -> None:
    for name, about in ABOUT.items():
        default = 0 if name == "seed" else getattr(Recipe, name)
        flag = "--" + name.replace("_", "-")
        parser.add_argument(
            flag, dest=name, default=default, help=f"{about}; {RULES[name]} ({default})"
        )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=_train)


def _train(chosen: argparse.Namespace) -> int:
    names = [field.name for field in fields(Recipe) if field.name not in SEEDS]
    seed = check("seed", chosen.seed)
    recipe = Recipe(
        **{name: getattr(chosen, name) for name in names}, **dict.fromkeys(SEEDS, seed)
    ).canonical
    end = _finished(recipe.key) or _train_now(recipe)
    if end.state != "ended":
        print(end.why, file=sys.stderr)
    with runs.Run(recipe.key) as run:
        records = run.records()
    report = {"key": recipe.key, "status": end.state, "epochs": int(records["epoch"][-1])}
    report |= {"why": end.why} if end.why else {}
    report |= history.final(records[-1])
    print(json.dumps(report) if chosen.json else _in_words(recipe, report))
    return 0 if end.state == "ended" else 1


def _finished(key: str) -> runs.Status | None:
    try:
        return runs.finished(key)
    except runs.DamagedRun as error:
        print(f"{error} It is trained again.", file=sys.stderr)
        return None


def _train_now(recipe: Recipe) -> runs.Status:
    from ammix_viz.devices import resolve
    from ammix_viz.recording import record  # torch takes a second to load: not for `runs`

    resolve(recipe.device)
    with tqdm(total=recipe.epochs, unit="epoch", disable=None, file=sys.stderr) as bar:
        for epoch in record([recipe], overlap=True):
            bar.update(int(epoch) - bar.n)
    end = runs.status(recipe.key)
    if end is None:
        raise RuntimeError(f"Run {recipe.key} is being trained by another process; try again soon.")
    return end


def _in_words(recipe: Recipe, report: dict) -> str:
    lines = [f"{recipe.method}: {report['status']} after {report['epochs']} epochs"]
    lines += [f"run {report['key']} in {runs.folder()}", f"{'':<18}{'train':>10}{'test':>10}"]
    for name, value in report["train"].items():
        if not isinstance(value, list):
            lines.append(f"{name:<18}{value:>10.4f}{report['test'][name]:>10.4f}")
    return "\n".join([*lines, f"{'lambda':<18}{report['lambda']:>10.4f}"])


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=_runs)


def _runs(chosen: argparse.Namespace) -> int:
    listed = [_listed(key) for key in runs.keys()]  # noqa: SIM118
    if chosen.json:
        print(json.dumps({"folder": str(runs.folder()), "runs": listed}))
        return 0
    print(f"{len(listed)} runs in {runs.folder()}")
    for run in listed:
        recipe = run.get("recipe", {})
        settings = " ".join(f"{name}={value}" for name, value in recipe.items())
        print(run["key"], run["status"], f"{run.get('records', 0)} records", settings, sep="  ")
    return 0


def _listed(key: str) -> dict:
    try:
        end = runs.finished(key) or runs.status(key)
        with runs.Run(key) as run:
            recipe, count = asdict(run.recipe), run.count()
    except runs.DamagedRun as error:
        return {"key": key, "status": "damaged", "why": str(error)}
    state = end.state if end else "training" if runs.being_written(key) else "unfinished"
    return {"key": key, "status": state, "records": count, "recipe": recipe}


def _add_bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=["fast", "soon", "smooth"], help="training, waiting, frames"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=_bench)


def _bench(chosen: argparse.Namespace) -> int:
    from ammix_viz.bench import run  # loads what it measures

    report = run(chosen.what)
    if chosen.json:
        print(json.dumps(report))
    else:
        print("\n".join(f"{name}: {value}" for name, value in report.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
