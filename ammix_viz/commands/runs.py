"""List the runs on disk: key, state, records and settings; or stop runs in training.

Example: python -m ammix_viz runs --stop kept
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from ammix_viz.commands.parser import Parser
from ammix_viz.runs import disk, reader
from ammix_viz.settings.recipe import is_key
from ammix_viz.settings.rules import quoted

OLDER = "older format"
"""A run of an earlier version: readable, but no current settings give its key."""


ANSWER_SECONDS = 2.0
"""How long a server of the same folder has to take a request."""


def arguments(parser: Parser) -> None:
    """Add the flags."""
    parser.add_argument(
        "--stop",
        nargs="+",
        metavar="KEY",
        help="stop these runs, which a server of the same folder trains; “kept” stops every run "
        "that goes on when its page is closed",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Print one line per run, or stop runs."""
    if chosen.stop:
        return _stop(list(dict.fromkeys(chosen.stop)), chosen.json)
    _list(chosen.json)
    return 0


def _stop(names: list[str], as_json: bool) -> int:
    """Have a server of this folder stop runs; return 1 if no server trains one of them."""
    for name in names:
        if name != disk.KEPT and not is_key(name):
            raise ValueError(
                f"--stop is {quoted(name)}; it must be kept or the keys of runs, 24 hexadecimal "
                "digits each."
            )
    left = _request(names)
    stopped = [name for name in names if name not in left]
    if as_json:
        found = {"folder": str(disk.folder()), "stopped": stopped, "not_training": left}
        print(json.dumps(found))
    else:
        for name in stopped:
            print(name, "stopped", sep="  ")
    for name in left:
        what = "a run that goes on when its page is closed" if name == disk.KEPT else name
        print(f"No server with the folder {disk.folder()} trains {what}.", file=sys.stderr)
    return 1 if left else 0


def _request(names: Iterable[str]) -> list[str]:
    """Write requests to stop runs, wait for a server to take them, and return those left."""
    files = {name: disk.stop_request(name) for name in names}
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    until = time.monotonic() + ANSWER_SECONDS
    while any(file.exists() for file in files.values()) and time.monotonic() < until:
        time.sleep(0.02)
    return [name for name, file in files.items() if _removed(file)]


def _removed(file: Path) -> bool:
    """Remove a file; return whether it was there."""
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    return True


def _list(as_json: bool) -> None:
    listed = [_listed(key) for key in disk.keys()]  # noqa: SIM118
    if as_json:
        print(json.dumps({"folder": str(disk.folder()), "runs": listed}))
        return
    print(f"{len(listed)} {'run' if len(listed) == 1 else 'runs'} in {disk.folder()}")
    for each in listed:
        recipe = each.get("recipe", {})
        settings = " ".join(f"{name}={value}" for name, value in recipe.items())
        about = each.get("why") or f"{each['records']} records  {settings}"
        print(each["key"], each["status"], about, sep="  ")


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
