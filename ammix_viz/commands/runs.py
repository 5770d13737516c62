"""List the runs on disk: key, state, records and settings."""

import argparse
import json

from ammix_viz.commands.parser import Parser
from ammix_viz.runs import disk, reader

OLDER = "older format"
"""A run of an earlier version: readable, but no current settings give its key."""


def arguments(parser: Parser) -> None:
    """Add the flags."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Print one line per run."""
    listed = [_listed(key) for key in disk.keys()]  # noqa: SIM118
    if chosen.json:
        print(json.dumps({"folder": str(disk.folder()), "runs": listed}))
        return 0
    print(f"{len(listed)} {'run' if len(listed) == 1 else 'runs'} in {disk.folder()}")
    for each in listed:
        recipe = each.get("recipe", {})
        settings = " ".join(f"{name}={value}" for name, value in recipe.items())
        about = each.get("why") or f"{each['records']} records  {settings}"
        print(each["key"], each["status"], about, sep="  ")
    return 0


def _listed(key: str) -> dict:
    try:
        end = reader.finished(key) or disk.status(key)
        with reader.Run(key) as run_file:
            current, count = run_file.recipe is not None, run_file.count()
            recipe = run_file.header.get("recipe", {})
    except reader.OlderFormat as error:
        return {"key": key, "status": OLDER, "why": str(error)}
    except reader.DamagedRun as error:
        return {"key": key, "status": "damaged", "why": str(error)}
    state = end.state if end else "training" if disk.being_written(key) else "unfinished"
    return {"key": key, "status": state if current else OLDER, "records": count, "recipe": recipe}
