"""The routes of rooms, in JSON; each answers with the room's report, or with why it refuses.

- `POST /rooms` opens a room.
- `GET /rooms/CODE` reports people and answers.
- `POST /rooms/CODE/people` with `{"voter": …}` joins it.
- `POST /rooms/CODE/answers` with `{"voter": …, "question": …, "option": N}` answers a question.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ammix_viz.server.refusal import Refusal, refused
from ammix_viz.server.rooms import FullError, Report, Rooms
from ammix_viz.settings.rules import quoted

MOST_BYTES = 1000
"""The largest body of a request."""

RETRY_SECONDS = 60
"""Seconds after which a full server may have a place."""

rooms = Rooms()
"""The rooms of this server."""

Handler = Callable[[Request], Awaitable[Report]]


async def start(request: Request) -> Report:
    """Open a room."""
    await _content_of(request)
    return rooms.report(rooms.start())


async def report(request: Request) -> Report:
    """Report people and answers of a room."""
    return rooms.report(request.path_params["code"])


async def join(request: Request) -> Report:
    """Count a person among those of a room."""
    content = await _content_of(request)
    return rooms.join(request.path_params["code"], _text(content, "voter"))


async def answer(request: Request) -> Report:
    """Take a person's answer to a question."""
    content = await _content_of(request)
    voter, question = _text(content, "voter"), _text(content, "question")
    return rooms.answer(request.path_params["code"], voter, question, content.get("option"))


def _text(content: dict[str, Any], name: str) -> str:
    if not isinstance(content.get(name), str):
        raise Refusal(400, f"{name} is {quoted(content.get(name))}; it must be a text.")
    return content[name]


async def _content_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that a page of this server sent."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refusal(403, "Rooms can be used only from the pages of this server.")
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/json":  # pages of other sites may send other kinds unasked
        raise Refusal(415, f"The body is {quoted(kind)}; it must be application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refusal(413, f"The body is longer than {MOST_BYTES} bytes.")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return content


def _answering(method: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler with its report, or the reason for its refusal, as JSON."""

    async def respond(request: Request) -> Response:
        try:
            if request.method != method:
                raise Refusal(405, f"The method is {request.method}; it must be {method}.")
            report = await handler(request)
        except Refusal as error:
            return refused(error.status, str(error))
        except LookupError as error:
            return refused(404, error.args[0])
        except ValueError as error:
            return refused(400, str(error))
        except FullError as error:
            return refused(503, str(error), **{"retry-after": str(RETRY_SECONDS)})
        return JSONResponse(asdict(report), headers={"cache-control": "no-store"})

    return respond


def room_routes(prefix: str = "") -> list[Route]:
    """Return the routes below a folder of the server."""
    handlers: dict[str, tuple[str, Handler]] = {
        "/rooms": ("POST", start),
        "/rooms/{code}": ("GET", report),
        "/rooms/{code}/people": ("POST", join),
        "/rooms/{code}/answers": ("POST", answer),
    }
    return [
        Route(prefix + path, _answering(*handler), methods=["GET", "POST"])
        for path, handler in handlers.items()
    ]
