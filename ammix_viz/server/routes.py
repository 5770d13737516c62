"""The routes of the app: the stream of frames, images and health.

- `GET /frames?run=KEY&run=KEY…[&from=N]` streams several runs in one response, from record N, as
  the messages of `frame_stream`, until every run has ended.
- `GET /image?run=KEY&point=N` sends the image of a displayed point as PNG.
- `GET /healthz` reports whether workers and disk work.
"""

import contextlib
import logging
import shutil
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from types import FrameType
from weakref import WeakValueDictionary

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ammix_viz.datasets.folders import why_not_writable
from ammix_viz.runs import disk
from ammix_viz.server.frame_stream import POLL_SECONDS, SharedRun, Subscription
from ammix_viz.server.images import point_png
from ammix_viz.settings.recipe import is_key
from ammix_viz.settings.rules import Number, quoted
from ammix_viz.workers.pool import Pool, shared

log = logging.getLogger(__name__)

MAX_RUNS = 32
"""The most runs in one request for frames."""

MAX_QUERY = 2000
"""The most characters of a query."""

INDEX = Number(0, 1_000_000, whole=True)
"""The rule for indices of records and points."""

TOUCH_SECONDS = 1.0
"""Interval for telling the pool that the runs of a stream are read."""

MIN_FREE_BYTES = 200_000_000
"""Free bytes on the disk of the runs below which `/healthz` reports a problem."""

closing = threading.Event()
"""Set when the server is about to stop, because it waits for every response to end."""

_shared_runs: WeakValueDictionary[str, SharedRun] = WeakValueDictionary()
"""The runs that have a reader."""


def _error(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status, headers={"cache-control": "no-store"})


async def frames(request: Request) -> Response:
    """Stream the requested runs as they grow, starting at record `from`."""
    if request.method != "GET":
        return _error(405, "Frames can only be read, with GET.")
    if len(request.url.query) > MAX_QUERY:
        return _error(414, f"The query is longer than {MAX_QUERY} characters.")
    keys = request.query_params.getlist("run")
    first = INDEX.parse(request.query_params.get("from", "0"))
    if not 1 <= len(keys) <= MAX_RUNS:
        return _error(400, f"{len(keys)} runs are asked for; it must be 1 to {MAX_RUNS}.")
    if first is None or not INDEX.allows(first):
        given = quoted(request.query_params["from"])
        return _error(400, f"from is {given}; it must be {INDEX}.")
    pool = shared()
    for key in keys:
        if not is_key(key):
            return _error(404, f"run is {quoted(key)}; a run's key is 24 hexadecimal digits.")
        if pool.state(key).state == "unknown":
            return _error(404, f"There is no run {key}.")
    subscriptions = [
        Subscription(i, await _shared_run(key, pool), int(first)) for i, key in enumerate(keys)
    ]
    headers = {
        "cache-control": "no-store",
        "content-encoding": "identity",  # so that no middleware delays frames to compress them
        "x-accel-buffering": "no",
    }
    return StreamingResponse(_stream(subscriptions, pool), 200, headers, "application/octet-stream")


async def image(request: Request) -> Response:
    """Send the image of one displayed point of a run."""
    query = request.query_params
    key, point = query.get("run", ""), INDEX.parse(query.get("point", ""))
    if not is_key(key):
        return _error(404, f"run is {quoted(key)}; a run's key is 24 hexadecimal digits.")
    if point is None or not INDEX.allows(point):
        return _error(400, f"point is {quoted(query.get('point', ''))}; it must be {INDEX}.")
    try:
        content = await to_thread.run_sync(point_png, key, point)
    except LookupError as error:
        return _error(404, f"There is no such image: {error.args[0]}")
    except (OSError, ValueError) as error:  # its message may name folders of the server
        log.warning("No image %s of run %s: %s", point, key, error)
        return _error(404, "There is no such image: its run or its images cannot be read.")
    return Response(content, headers={"cache-control": "max-age=86400"}, media_type="image/png")


async def _shared_run(key: str, pool: Pool) -> SharedRun:
    run = _shared_runs.setdefault(key, SharedRun(key))
    if not pool.state(key).live:
        await to_thread.run_sync(run.verify)
    return run


async def _stream(subscriptions: list[Subscription], pool: Pool) -> AsyncIterator[bytes]:
    keys = [each.run.key for each in subscriptions]
    touched = 0.0
    try:
        with pool.reading(keys):
            while not closing.is_set():
                if time.monotonic() - touched > TOUCH_SECONDS:
                    pool.touch(keys)
                    touched = time.monotonic()
                if chunk := _next_chunk(subscriptions, pool):
                    yield chunk
                if all(each.done for each in subscriptions):
                    return
                await anyio.sleep(0 if chunk else POLL_SECONDS)
    finally:
        subscriptions.clear()  # a cancelled task may be collected late; its files are closed now


def _next_chunk(subscriptions: list[Subscription], pool: Pool) -> bytes:
    for each in subscriptions:
        each.run.refresh(pool)
    return b"".join(each.next_messages() for each in subscriptions)


async def healthz(request: Request) -> JSONResponse:
    """Report whether workers and disk work."""
    pool = shared()
    problems = pool.problems() + await to_thread.run_sync(disk_problems)
    if problems:
        return JSONResponse({"ok": False, "problems": problems}, 503)
    return JSONResponse({"ok": True, "workers": pool.ready()})


def disk_problems() -> list[str]:
    """Return a message for each problem with the folder of the runs."""
    folder = disk.folder()
    if why := why_not_writable(folder):
        return [f"The folder of the runs cannot be written to: {why}."]
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        return [f"The disk of the runs is nearly full: {free // 10**6} MB are left."]
    return []


@contextlib.contextmanager
def _closing_on_signals() -> Iterator[None]:
    """Set `closing` when a signal tells the server to stop."""
    closing.clear()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            _close_on(number)
    try:
        yield
    finally:
        closing.set()


def _close_on(number: int) -> None:
    previous = signal.getsignal(number)

    def handle(number: int, frame: FrameType | None) -> None:
        closing.set()
        if callable(previous):
            previous(number, frame)

    signal.signal(number, handle)


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Run the workers while the server runs."""
    pool = await to_thread.run_sync(shared)
    pool.start()
    try:
        with _closing_on_signals():
            yield
    finally:
        await to_thread.run_sync(pool.stop)


def routes_at(folder: str = "") -> list[Route]:
    """Return the routes below a folder of the server, such as Streamlit's `server.baseUrlPath`."""
    prefix = "".join(f"/{part}" for part in folder.split("/") if part)
    return [
        Route(f"{prefix}/frames", frames),
        Route(f"{prefix}/image", image),
        Route(f"{prefix}/healthz", healthz),
    ]
