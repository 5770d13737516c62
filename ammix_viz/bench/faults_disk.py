"""A disk that is full, a folder that is read-only, and one that is removed while it is served."""

import asyncio
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import urlencode

from ammix_viz.bench.faults_kills import BROKEN, comparison_of, watch
from ammix_viz.bench.faults_server import Check, Ledger, Server
from ammix_viz.bench.sessions import LIVE, Session
from ammix_viz.runs import disk

SIZE = "2m"
"""Of the small disk: two runs of the toy fit."""

LIMIT_SECONDS = 60.0


def break_disk(folder: Path, log: Path) -> list[Check]:
    """Fill a small disk, make it read-only, and remove the folder of runs, each while serving."""
    checks = [Check("disk full"), Check("folder read-only"), Check("folder removed while serving")]
    full, read_only, removed = checks
    small = folder / "small"
    small.mkdir()
    if why := _mount(small):
        full.note = read_only.note = f"skipped: {why}"
    try:
        with disk.use_folder(small / "runs"), Server(small / "runs", log) as server:
            if not why:
                ledger = Ledger()
                asyncio.run(_fill(server, small, full, ledger))
                asyncio.run(_forbid(server, small, read_only, ledger))
            asyncio.run(_remove(server, removed))
    finally:
        if not why:
            subprocess.run(["umount", small], check=False)
    return checks


def _mount(folder: Path, options: str = f"size={SIZE}") -> str:
    """Mount a small disk at a folder, or change its options; return why it cannot be."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"mount: {error.strerror}"
    return done.stderr.strip().splitlines()[0] if done.returncode else ""


async def _fill(server: Server, small: Path, check: Check, ledger: Ledger) -> None:
    """Train until nothing fits, then make room and go on."""
    for seed in range(6):
        await _state_of(server, {"methods": "ce", "epochs": "60", "seed": str(seed)}, check)
    ledger.note()
    check.expect("stopped" in check.note, "The disk was never full.")
    check.expect('"ok":false' in server.health(), "/healthz reports no problem of a full disk.")
    _mount(small, "remount,size=100m")
    why = await watch(server, {"methods": "ce", "epochs": "60", "seed": "99"})
    check.expect(not why, f"After room was made: {why}")
    check.violations += ledger.lost()


async def _forbid(server: Server, small: Path, check: Check, ledger: Ledger) -> None:
    """Train in a folder that is read-only, then in the same one that can be written again."""
    query = {"methods": "ce", "epochs": "60", "seed": "99"}
    _mount(small, "remount,ro,size=100m")
    for seed in range(100, 103):
        await _state_of(server, query | {"seed": str(seed)}, check)
    await _state_of(server, query, check)
    check.expect("ended" in check.note, "A finished run is not served from a read-only folder.")
    _mount(small, "remount,rw,size=100m")
    why = await watch(server, query | {"seed": "110"})
    check.expect(not why, f"After it could be written again: {why}")
    check.violations += ledger.lost()


async def _remove(server: Server, check: Check) -> None:
    """Remove the folder of runs while one is trained; the run ends, and others are trained."""
    query = {"methods": "ce", "epochs": "2000", "seed": "200", "lr": "0.01"}
    key = comparison_of(query).recipes[0].key
    watching = asyncio.create_task(_state_of(server, query, check))
    until = time.monotonic() + LIMIT_SECONDS
    while not disk.exists(key) and time.monotonic() < until:
        await asyncio.sleep(0.02)
    shutil.rmtree(server.folder)
    await watching
    why = await watch(server, query | {"epochs": "20"})
    check.expect(not why, f"After the folder was removed: {why}")


async def _state_of(server: Server, query: dict[str, str], check: Check) -> None:
    """Open a link until its run has come to an end of any kind; note it in the check."""
    check.tried += 1
    session = Session(server.address, urlencode(query))
    try:
        async with session.opened():
            await session.finish(LIMIT_SECONDS)
    except BROKEN as error:
        session.seen.problem = f"{type(error).__name__}: {error}"
    states = set(session.seen.states.values())
    check.expect(
        bool(states) and not states & {*LIVE},
        f"{urlencode(query)} does not end: {states} {session.seen.problem}",
    )
    words = ", ".join(states)
    check.note += f"{', ' if check.note else ''}{words}"
