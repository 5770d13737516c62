"""Clients that vanish in the middle of a stream, and two servers on one folder."""

import asyncio
import random
import socket
import struct
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from ammix_viz.bench.faults_kills import comparison_of, watch
from ammix_viz.bench.faults_server import Check, Ledger, Server
from ammix_viz.bench.sessions import Session
from ammix_viz.runs import disk

LONG = {"methods": "am_mixup", "epochs": "1500", "lr": "0.02", "batch_size": "16"}
CLOSE_SECONDS = 15.0


def vanish(server: Server, rng: random.Random, count: int) -> list[Check]:
    """Let clients read some of a live stream and vanish without a word."""
    check = Check("clients that vanish in the middle of a stream")
    asyncio.run(_vanish(server, rng, count, check))
    return [check]


async def _vanish(server: Server, rng: random.Random, count: int, check: Check) -> None:
    session = Session(server.address, urlencode(LONG))
    key = comparison_of(LONG).recipes[0].key
    async with session.opened():
        until = time.monotonic() + 30
        while not session.seen.chunks and time.monotonic() < until:
            await asyncio.sleep(0.05)
        clients = [await asyncio.to_thread(_begin, server, key) for _ in range(count)]
        for client in clients:
            check.tried += 1
            await asyncio.to_thread(_read_and_vanish, client, rng.choice((0, 100, 10_000)))
        before = len(session.seen.chunks)
        await asyncio.sleep(2)
        check.expect(len(session.seen.chunks) > before, "The one who stayed gets no more frames.")
    until = time.monotonic() + CLOSE_SECONDS
    while server.open_files() and time.monotonic() < until:
        await asyncio.sleep(0.1)
    left = server.open_files()
    check.expect(not left, f"{left} run files stay open for clients that are gone.")
    check.expect('"ok":true' in server.health(), f"/healthz: {server.health()}")


def _begin(server: Server, key: str) -> socket.socket:
    url = urlsplit(server.address)
    client = socket.create_connection((url.hostname, url.port), 10)
    client.sendall(f"GET /frames?run={key} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
    return client


def _read_and_vanish(client: socket.socket, size: int) -> None:
    if size:
        client.recv(size)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()  # with a reset, as when a computer is switched off


def serve_twice(folder: Path, log: Path, rng: random.Random) -> list[Check]:
    """Ask two servers on one folder for the same runs at once, and kill one of them."""
    check, ledger = Check("two servers on one folder"), Ledger()
    runs = folder / "shared"
    with disk.use_folder(runs), Server(runs, log) as one, Server(runs, log) as other:
        asyncio.run(_ask_both(one, other, rng, check))
        check.tried += ledger.note()
        check.violations += ledger.lost()
    return [check]


async def _ask_both(one: Server, other: Server, rng: random.Random, check: Check) -> None:
    for seed in range(300, 306, 2):
        queries = [
            {"methods": "am_mixup,ce", "epochs": "80", "seed": str(seed + each)} for each in (0, 1)
        ]
        watching = [
            asyncio.create_task(watch(server, query))
            for query in queries
            for server in (one, other)
        ]
        await asyncio.sleep(rng.uniform(0.2, 1.5))
        victim = rng.choice((one, other))
        victim.kill()
        await asyncio.to_thread(victim.start)
        for why in await asyncio.gather(*watching):
            check.expect(not why, why)
