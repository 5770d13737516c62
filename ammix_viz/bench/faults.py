"""A campaign of faults against a real server: what is lost, disclosed, or never ends."""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ammix_viz.bench.faults_crowd import serve_twice, vanish
from ammix_viz.bench.faults_disk import break_disk
from ammix_viz.bench.faults_files import open_damaged
from ammix_viz.bench.faults_kills import kill_at_random
from ammix_viz.bench.faults_server import Check, Ledger, Server
from ammix_viz.bench.faults_urls import send_hostile
from ammix_viz.runs import disk

FILES, REQUESTS, CLIENTS = 200, 1000, 100


def measure(seed: int = 0, kills: int = 50) -> dict:
    """Run the campaign; `violations` lists what must not be, and was.

    Parameters
    ----------
    seed : int, default=0
        Decides what is damaged, requested and killed, and when.
    kills : int, default=50
        How often a worker or the server is killed.
    """
    begun, rng, ledger = time.monotonic(), random.Random(seed), Ledger()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        runs, log = folder / "runs", folder / "log"
        with disk.use_folder(runs), Server(runs, log) as server:
            parts: list[Callable[[], list[Check]]] = [
                lambda: kill_at_random(server, rng, kills, ledger),
                lambda: open_damaged(server, rng, FILES),
                lambda: vanish(server, rng, CLIENTS),
                lambda: send_hostile(server, rng, REQUESTS),
            ]
            checks = [check for part in parts for check in part()]
            kept = Check("finished runs that are still there", ledger.note(), ledger.lost())
        checks += [*break_disk(folder, log), *serve_twice(folder, log, rng), kept]
        checks.append(Check("lines of the server's log", *_log(server)))
    return _report(checks, seed, time.monotonic() - begun)


def _log(server: Server) -> tuple[int, list[str]]:
    return len(server.log.read_text(errors="replace").splitlines()), server.trouble()


def _report(checks: list[Check], seed: int, seconds: float) -> dict:
    return {
        "seed": seed,
        "seconds": round(seconds),
        "checks": [
            {
                "name": check.name,
                "tried": check.tried,
                "violations": len(check.violations),
                "note": check.note,
            }
            for check in checks
        ],
        "violations": [f"{check.name}: {each}" for check in checks for each in check.violations],
    }


def as_text(report: dict) -> str:
    """Return a report as a table, followed by the violations."""
    lines = [f"{'tried':>6}  {'violations':>10}  seed {report['seed']}, {report['seconds']} s"]
    for check in report["checks"]:
        words = ": ".join(filter(None, [check["name"], check["note"]]))
        lines.append(f"{check['tried']:>6}  {check['violations']:>10}  {words}")
    return "\n".join([*lines, *report["violations"]])
