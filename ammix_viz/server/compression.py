"""Streamlit's scripts and style sheets, compressed once for all visitors.

A first visit loads 9 MB of them, which Streamlit leaves to a proxy to compress.
"""

import gzip
from dataclasses import dataclass

import anyio
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = "/static/"
SUFFIXES = (".js", ".css")
LEVEL = 4  # 9 saves 4 % more, and takes twice as long


@dataclass(frozen=True)
class Answer:
    """A whole response: its first message, and its body."""

    start: Message
    body: bytes


class CompressedStatic:
    """Middleware that sends static text compressed, to those who accept that.

    The names of these files contain a hash of their content, so they are kept by path.

    Parameters
    ----------
    app : ASGI application
        The application behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, Answer] = {}
        self._making = anyio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not _wanted(scope):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if (answer := self._kept.get(path)) is None:
            async with self._making:
                answer = self._kept.get(path) or await self._make(scope, receive)
                if answer.start["status"] == 200:
                    self._kept[path] = answer
        await send({**answer.start, "headers": list(answer.start["headers"])})
        await send({"type": "http.response.body", "body": answer.body})

    async def _make(self, scope: Scope, receive: Receive) -> Answer:
        """Return what the application answers, with a compressed body."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, collect)
        start, *parts = messages
        body = b"".join(part.get("body", b"") for part in parts)
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and "content-encoding" not in headers:
            body = await to_thread.run_sync(gzip.compress, body, LEVEL)
            headers["content-encoding"] = "gzip"
            headers["content-length"] = str(len(body))
            headers.add_vary_header("accept-encoding")
        return Answer(start, body)


def _wanted(scope: Scope) -> bool:
    """Return whether a request is one for static text, whole, that may be compressed."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    if any(name in headers for name in ("range", "if-none-match", "if-modified-since")):
        return False
    accepted = "gzip" in headers.get("accept-encoding", "")
    return accepted and FOLDER in scope["path"] and scope["path"].endswith(SUFFIXES)
