"""The routes of the app: the stream of frames, and health.

`GET /image?run=KEY&point=N` sends the image of a drawn point as PNG.
`GET /frames?run=KEY&run=KEY…[&from=N]` sends several runs in one response, as messages: uint32
run index, uint32 kind, uint32 length, then so many bytes, all little-endian. It ends when every
run has come to its end.
"""

import contextlib
import shutil
import signal
import tempfile
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

from ammix_viz.runs import store
from ammix_viz.server.frame_stream import POLL_SECONDS, Feed, Source
from ammix_viz.server.images import png_of
from ammix_viz.settings.recipe import is_key
from ammix_viz.settings.rules import Number, quoted
from ammix_viz.workers.pool import Pool, shared

MAX_RUNS = 32
MAX_QUERY = 2000
FROM = Number(0, 1_000_000, whole=True)
TOUCH_SECONDS = 1.0
MIN_FREE = 200_000_000
"""Free bytes on the runs' disk under which the app is not well."""

closing = threading.Event()
"""Set once the server is about to stop, which waits for every response to end."""


_sources: WeakValueDictionary[str, Source] = WeakValueDictionary()


def _refused(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status, headers={"cache-control": "no-store"})


async def frames(request: Request) -> Response:
    """Send the runs asked for, from record `from` on, as they grow."""
    if request.method != "GET":
        return _refused(405, "Frames can only be read, with GET.")
    if len(request.url.query) > MAX_QUERY:
        return _refused(414, f"The query is longer than {MAX_QUERY} characters.")
    keys = request.query_params.getlist("run")
    first = FROM.parse(request.query_params.get("from", "0"))
    if not 1 <= len(keys) <= MAX_RUNS:
        return _refused(400, f"{len(keys)} runs are asked for; it must be 1 to {MAX_RUNS}.")
    if first is None or not FROM.allows(first):
        given = quoted(request.query_params["from"])
        return _refused(400, f"from is {given}; it must be {FROM}.")
    pool = shared()
    for key in keys:
        if not is_key(key):
            return _refused(404, f"run is {quoted(key)}; a run's key is 24 hexadecimal digits.")
        if pool.state(key).state == "unknown":
            return _refused(404, f"There is no run {key}.")
    feeds = [Feed(i, await _source(key, pool), first) for i, key in enumerate(keys)]
    headers = {
        "cache-control": "no-store",
        "content-encoding": "identity",  # no middleware shall hold frames back to compress them
        "x-accel-buffering": "no",
    }
    return StreamingResponse(_stream(feeds, pool), 200, headers, "application/octet-stream")


async def image(request: Request) -> Response:
    """Send the image of one drawn point of a run."""
    query = request.query_params
    key, point = query.get("run", ""), FROM.parse(query.get("point", ""))
    if not is_key(key):
        return _refused(404, f"run is {quoted(key)}; a run's key is 24 hexadecimal digits.")
    if point is None or not FROM.allows(point):
        return _refused(400, f"point is {quoted(query.get('point', ''))}; it must be {FROM}.")
    try:
        content = await to_thread.run_sync(png_of, key, point)
    except (OSError, ValueError, LookupError) as error:
        return _refused(404, f"There is no such image: {error}")
    return Response(content, headers={"cache-control": "max-age=86400"}, media_type="image/png")


async def _source(key: str, pool: Pool) -> Source:
    source = _sources.setdefault(key, Source(key))
    if not pool.state(key).live:
        await to_thread.run_sync(source.verify)
    return source


async def _stream(feeds: list[Feed], pool: Pool) -> AsyncIterator[bytes]:
    keys = [feed.source.key for feed in feeds]
    touched = 0.0
    try:
        with pool.reading(keys):
            while not closing.is_set():
                if time.monotonic() - touched > TOUCH_SECONDS:
                    pool.touch(keys)
                    touched = time.monotonic()
                if chunk := _turn(feeds, pool):
                    yield chunk
                if all(feed.done for feed in feeds):
                    return
                await anyio.sleep(0 if chunk else POLL_SECONDS)
    finally:
        feeds.clear()  # a cancelled task may be collected late; its files are let go now


def _turn(feeds: list[Feed], pool: Pool) -> bytes:
    for feed in feeds:
        feed.source.look(pool)
    return b"".join(feed.turn() for feed in feeds)


async def healthz(request: Request) -> JSONResponse:
    """Say whether workers and disk are well."""
    pool = shared()
    problems = pool.healthy() + await to_thread.run_sync(disk_problems)
    if problems:
        return JSONResponse({"ok": False, "problems": problems}, 503)
    return JSONResponse({"ok": True, "workers": pool.ready()})


def disk_problems() -> list[str]:
    """Return a sentence for what is wrong with the folder of the runs."""
    folder = store.folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return [f"The folder of the runs cannot be written to: {error.strerror}."]
    short = free < MIN_FREE
    return [f"The disk of the runs is nearly full: {free // 10**6} MB are left."] if short else []


@contextlib.contextmanager
def _noticing_the_end() -> Iterator[None]:
    """Set `closing` as soon as a signal asks the server to stop."""
    closing.clear()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            _notice(number)
    try:
        yield
    finally:
        closing.set()


def _notice(number: int) -> None:
    before = signal.getsignal(number)

    def handle(number: int, frame: FrameType | None) -> None:
        closing.set()
        if callable(before):
            before(number, frame)

    signal.signal(number, handle)


@contextlib.asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Run the workers for as long as the server runs."""
    pool = await to_thread.run_sync(shared)
    pool.start()
    try:
        with _noticing_the_end():
            yield
    finally:
        await to_thread.run_sync(pool.stop)


routes = [Route("/frames", frames), Route("/image", image), Route("/healthz", healthz)]
