"""Workers and servers killed with -9 at random moments, and runs compared bit for bit."""

import asyncio
import contextlib
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from websockets.exceptions import WebSocketException

from ammix_viz.bench.faults_server import Check, Ledger, Server, writer_of
from ammix_viz.bench.sessions import Session
from ammix_viz.runs import disk
from ammix_viz.runs.recording import record
from ammix_viz.settings.comparison import Comparison, read_query

QUERIES = (
    {"methods": "am_mixup,ce", "epochs": "90"},
    {"methods": "am_mixup", "data": "digits", "imbalance": "140", "epochs": "6"},
)
PAUSE = (0.05, 1.2)
"""Seconds between two kills: uniform between these."""

MAX_DEATHS = {"points": 1, "images": 2}
"""How often the worker of a run is killed, which then goes on by itself."""

SHARE_OF_SERVER = 0.2
"""Share of the kills that are of the server and not of a worker."""

KILLS_A_ROUND = 4
"""So many at most while the same links are open; then their runs are left alone to end."""

LIMIT_SECONDS = 180.0
KILLING_SECONDS = 600.0
"""How long runs may take to end, undisturbed and with kills meanwhile."""

BROKEN = (OSError, EOFError, WebSocketException, TimeoutError)


def comparison_of(query: dict[str, str]) -> Comparison:
    """Return what a link asks for."""
    return read_query(query)[0]


def ended(keys: Sequence[str]) -> bool:
    """Return whether all runs have ended."""
    return all((end := disk.status(key)) is not None and end.state == "ended" for key in keys)


async def watch(server: Server, query: dict[str, str], limit: float = LIMIT_SECONDS) -> str:
    """Open a link, again after each interruption, until its runs have ended; else say why."""
    keys, until, why = [r.key for r in comparison_of(query).recipes], time.monotonic() + limit, ""
    while not ended(keys):
        session = Session(server.address, urlencode(query))
        with contextlib.suppress(*BROKEN):
            async with session.opened():
                await session.finish(min(limit, 15.0))
        why = session.seen.problem or why
        if time.monotonic() > until:
            states = [end.why if (end := disk.status(key)) else "no status" for key in keys]
            return f"The runs of {urlencode(query)} have not ended: {why} {states}"
        await asyncio.sleep(0.2)
    return ""


def kill_at_random(server: Server, rng: random.Random, kills: int, ledger: Ledger) -> list[Check]:
    """Kill workers and the server; compare every run with an undisturbed one."""
    check = Check("kill -9 of workers and server at random moments")
    campaign = _Campaign(server, rng, kills, ledger, check)
    asyncio.run(campaign.run())
    same = Check("the same runs, bit for bit as undisturbed")
    _compare(campaign.queries, same)
    killed = campaign.killed
    check.note = f"{killed['worker']} workers, {killed['server']} servers"
    return [check, same]


class _Campaign:
    def __init__(
        self, server: Server, rng: random.Random, kills: int, ledger: Ledger, check: Check
    ) -> None:
        self._server, self._rng, self._kills = server, rng, kills
        self._ledger, self._check = ledger, check
        self._deaths: Counter[str] = Counter()
        self.killed: Counter[str] = Counter()
        self.queries: list[dict[str, str]] = []

    async def run(self) -> None:
        """Open links until enough has been killed, two at a time."""
        while self._check.tried < self._kills:
            opened = [query | {"seed": str(len(self.queries))} for query in QUERIES]
            self.queries += opened
            watching = [
                asyncio.create_task(watch(self._server, query, KILLING_SECONDS)) for query in opened
            ]
            most = min(self._check.tried + KILLS_A_ROUND, self._kills)
            while self._check.tried < most and not all(task.done() for task in watching):
                await asyncio.sleep(self._rng.uniform(*PAUSE))
                await self._kill_one(opened)
            for why in await asyncio.gather(*watching):
                self._check.expect(not why, why)
            self._ledger.note()
            self._check.violations += self._ledger.lost()

    async def _kill_one(self, opened: Sequence[dict[str, str]]) -> None:
        """Kill the server, or a worker that trains one of the runs, if it may die once more."""
        recipes = [recipe for query in opened for recipe in comparison_of(query).recipes]
        writers = {recipe: writer_of(recipe.key) for recipe in recipes}
        trained = {recipe: pid for recipe, pid in writers.items() if pid in self._server.workers()}
        if not trained:
            return
        victim = self._rng.choice(list(trained.values()))
        dying = [recipe for recipe in recipes if not ended([recipe.key])]  # or about to be trained
        server = self._rng.random() < SHARE_OF_SERVER
        if not server and any(self._deaths[r.key] >= MAX_DEATHS[r.kind] for r in dying):
            return
        self._check.tried += 1
        self.killed["server" if server else "worker"] += 1
        if server:
            self._deaths.clear()
            self._server.kill()
            await asyncio.to_thread(self._server.start)
        else:
            self._deaths.update(recipe.key for recipe in dying)
            os.kill(victim, signal.SIGKILL)


def _compare(queries: Sequence[dict[str, str]], check: Check) -> None:
    """Train the same runs in this process, and compare the files."""
    recipes = [recipe for query in queries for recipe in comparison_of(query).recipes]
    stacks: dict[tuple, list] = {}
    for recipe in recipes:
        stacks.setdefault(recipe.stack, []).append(recipe)
    with tempfile.TemporaryDirectory() as apart:
        for stack in stacks.values():
            with disk.use_folder(Path(apart)):
                for _ in record(stack):
                    pass
                expected = {recipe.key: disk.path(recipe.key).read_bytes() for recipe in stack}
            for key, content in expected.items():
                check.tried += 1
                found = disk.path(key).read_bytes() if disk.exists(key) else b""
                check.expect(found == content, f"Run {key} differs from the undisturbed one.")
