"""The routes of the app: the stream of frames, states, images and health.

- `GET /frames?run=KEY&run=KEY…[&from=N][&coding=predicted]` streams several runs in one response,
  from record N, as the messages of `frame_stream`, until every run has ended. `from` may also be
  there once for each run. In the compact coding `part=grid` and `part=mixed` ask for the optional
  parts of records too, from record `part_from`.
- `GET /states?run=KEY&run=KEY…` sends the states of runs, which count as read for a while.
- `GET /image?run=KEY&point=N` sends the image of a displayed point as PNG.
- `GET /inputs?run=KEY` sends where the displayed points of a run lie, as `input_plane` describes.
- `GET /qr?link=URL` sends a link as a QR code, an SVG.
- `/rooms` and what is below it: the rooms of lessons, see `room_routes`.
- `GET /healthz` reports whether workers and disk work.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ammix_viz.runs.parts import PARTS
from ammix_viz.server.health import disk_problems
from ammix_viz.server.images import point_png
from ammix_viz.server.inputs import input_plane
from ammix_viz.server.qr import qr_svg
from ammix_viz.server.refusal import Refusal, refused
from ammix_viz.server.room_routes import room_routes
from ammix_viz.server.streams import Stream, open_streams
from ammix_viz.settings.limits import current_limits
from ammix_viz.settings.recipe import is_key
from ammix_viz.settings.rules import Number, quoted
from ammix_viz.workers.pool import shared

log = logging.getLogger(__name__)

MAX_RUNS = 32
"""The most runs in one request."""

MAX_QUERY = 2000
"""The most characters of a query."""

INDEX = Number(0, 1_000_000, whole=True)
"""The rule for indices of records and points."""

CODING = "predicted"
"""The name of the compact coding, `server/coding.py`."""

READ_SECONDS = 90.0
"""Seconds for which runs count as read after a request for their states; a hidden page asks every
30 seconds, but browsers let it only once a minute."""

RETRY_SECONDS = 5
"""Seconds after which a reader may try again where too many streams are open."""


KEPT = {"cache-control": "max-age=86400"}
"""The headers of what a browser may keep for a day."""

Handler = Callable[[Request], Awaitable[Response]]


class _Unreadable(Exception):  # noqa: N818
    """The files of a run, or its data, cannot be read."""


async def frames(request: Request) -> Response:
    """Stream the requested runs as they grow, starting at record `from`."""
    try:
        keys, coded = _keys_of(request), _coded(request)
        firsts, parts = _firsts_of(request, len(keys)), _parts_of(request)
        if not coded and all(shared().state(key).state == "unknown" for key in keys):
            raise Refusal(404, f"There is no run {keys[0]}.")
    except Refusal as error:
        return refused(error.status, str(error))
    most = current_limits().streams
    if open_streams() >= most:
        why = f"The server sends runs to as many pages as it may ({most}). Try again in a moment."
        return refused(503, why, **{"retry-after": str(RETRY_SECONDS)})
    headers = {
        "cache-control": "no-store",
        "content-encoding": "identity",  # so that no middleware delays frames to compress them
        "x-accel-buffering": "no",
    }
    chunks = Stream(shared(), keys, firsts, coded, *parts).chunks()
    kind = f"application/octet-stream{f'; coding={CODING}' if coded else ''}"
    return StreamingResponse(chunks, 200, headers, kind)


def _keys_of(request: Request) -> list[str]:
    if request.method != "GET":
        raise Refusal(405, "Runs can only be read, with GET.")
    if len(request.url.query) > MAX_QUERY:
        raise Refusal(414, f"The query is longer than {MAX_QUERY} characters.")
    keys = request.query_params.getlist("run")
    if not 1 <= len(keys) <= MAX_RUNS:
        raise Refusal(400, f"{len(keys)} runs are asked for; it must be 1 to {MAX_RUNS}.")
    return [_checked_key(key) for key in keys]


def _checked_key(text: str) -> str:
    if not is_key(text):
        raise Refusal(404, f"run is {quoted(text)}; a run's key is 24 hexadecimal digits.")
    return text


def _coded(request: Request) -> bool:
    coding = request.query_params.get("coding")
    if coding not in (None, CODING):
        raise Refusal(400, f"coding is {quoted(coding)}; it must be {CODING}.")
    return coding is not None


def _parts_of(request: Request) -> tuple[list[str], int]:
    """Return the optional parts that are asked for, and the first record to send them of."""
    parts = list(dict.fromkeys(request.query_params.getlist("part")))
    for part in parts:
        if part not in PARTS:
            raise Refusal(400, f"part is {quoted(part)}; it must be one of {', '.join(PARTS)}.")
    return parts, _index("part_from", request.query_params.get("part_from", "0"))


def _index(name: str, text: str) -> int:
    index = INDEX.parse(text)
    if index is None or not INDEX.allows(index):
        raise Refusal(400, f"{name} is {quoted(text)}; it must be {INDEX}.")
    return int(index)


def _firsts_of(request: Request, runs: int) -> list[int]:
    """Return the first record of each run."""
    given = request.query_params.getlist("from") or ["0"]
    firsts = [_index("from", text) for text in given]
    if len(given) not in (1, runs):
        raise Refusal(400, f"from is there {len(given)} times; it must be once, or {runs} times.")
    return firsts if len(firsts) == runs else firsts * runs


async def states(request: Request) -> Response:
    """Send the state of each requested run; the runs count as read for a while."""
    try:
        keys = _keys_of(request)
    except Refusal as error:
        return refused(error.status, str(error))
    pool = shared()
    pool.touch(keys, ahead=READ_SECONDS)
    content = {key: asdict(pool.state(key)) for key in keys}
    return JSONResponse(content, headers={"cache-control": "no-store"})


async def image(request: Request) -> Response:
    """Send the image of one displayed point of a run."""
    query = request.query_params
    try:
        key = _checked_key(query.get("run", ""))
        point = _index("point", query.get("point", ""))
        content = await _made(point_png, key, point)
    except Refusal as error:
        return refused(error.status, str(error))
    except LookupError as error:
        return refused(404, f"There is no such image: {error.args[0]}")
    except _Unreadable:
        return refused(404, "There is no such image: its run or its images cannot be read.")
    return Response(content, headers=KEPT, media_type="image/png")


async def inputs(request: Request) -> Response:
    """Send where the displayed points of a run lie in input space."""
    try:
        key = _checked_key(request.query_params.get("run", ""))
        content = await _made(input_plane, key)
    except Refusal as error:
        return refused(error.status, str(error))
    except LookupError as error:
        return refused(404, f"There are no such inputs: {error.args[0]}")
    except _Unreadable:
        return refused(404, "There are no such inputs: the run cannot be read.")
    return Response(content, headers=KEPT, media_type="application/octet-stream")


async def _made(make: Callable[..., bytes], *args: str | int) -> bytes:
    """Return what a function makes of a run, in a thread."""
    try:
        return await to_thread.run_sync(make, *args)
    except (OSError, ValueError) as error:  # its message may name folders of the server
        log.warning("No %s of %s: %s", make.__name__, args, error)
        raise _Unreadable from error


async def qr(request: Request) -> Response:
    """Send a link as a QR code."""
    try:
        content = qr_svg(request.query_params.get("link", ""))
    except ValueError as error:
        return refused(400, str(error))
    return Response(content, headers={"cache-control": "no-store"}, media_type="image/svg+xml")


async def healthz(request: Request) -> JSONResponse:
    """Report whether workers and disk work."""
    pool = shared()
    problems = pool.problems() + await to_thread.run_sync(disk_problems)
    if problems:
        return JSONResponse({"ok": False, "problems": problems}, 503)
    return JSONResponse({"ok": True, "workers": pool.ready()})


def routes_at(folder: str = "", **others: Handler) -> list[Route]:
    """Return the routes below a folder of the server.

    Parameters
    ----------
    folder : str, default=""
        The folder, such as Streamlit's `server.baseUrlPath`.
    **others : callable
        More routes by name.
    """
    prefix = "".join(f"/{part}" for part in folder.split("/") if part)
    handlers = {
        "frames": frames,
        "states": states,
        "image": image,
        "inputs": inputs,
        "qr": qr,
        "healthz": healthz,
    }
    read = [Route(f"{prefix}/{name}", handler) for name, handler in (handlers | others).items()]
    return [*read, *room_routes(prefix)]
