"""List the runs on disk."""

import argparse
import json
from dataclasses import asdict

from ammix_viz.runs import store


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Print a line a run."""
    listed = [_listed(key) for key in store.keys()]  # noqa: SIM118
    if chosen.json:
        print(json.dumps({"folder": str(store.folder()), "runs": listed}))
        return 0
    print(f"{len(listed)} runs in {store.folder()}")
    for each in listed:
        recipe = each.get("recipe", {})
        settings = " ".join(f"{name}={value}" for name, value in recipe.items())
        print(each["key"], each["status"], f"{each.get('records', 0)} records", settings, sep="  ")
    return 0


def _listed(key: str) -> dict:
    try:
        end = store.finished(key) or store.status(key)
        with store.Run(key) as run_file:
            recipe, count = asdict(run_file.recipe), run_file.count()
    except store.DamagedRun as error:
        return {"key": key, "status": "damaged", "why": str(error)}
    state = end.state if end else "training" if store.being_written(key) else "unfinished"
    return {"key": key, "status": state, "records": count, "recipe": recipe}
