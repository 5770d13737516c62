"""Headers of every response: who may frame the pages, and that types are not guessed."""

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VARIABLE = "AMMIX_FRAME_ANCESTORS"
"""Sites that may show the pages in a frame, separated by spaces, besides the server's pages."""


class SecurityHeaders:
    """Middleware that adds the headers; a response's value of the same header stays.

    Parameters
    ----------
    app : ASGI application
        The application behind.
    ancestors : str, optional
        Sites that may frame the pages, such as "https://huggingface.co"; by default those of
        `AMMIX_FRAME_ANCESTORS`.
    """

    def __init__(self, app: ASGIApp, ancestors: str | None = None) -> None:
        self._app = app
        self._headers = _headers(os.environ.get(VARIABLE, "") if ancestors is None else ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _headers(ancestors: str) -> dict[str, str]:
    sites = " ".join(["'self'", *ancestors.replace(",", " ").replace(";", " ").split()])
    headers = {
        "x-content-type-options": "nosniff",
        "content-security-policy": f"frame-ancestors {sites}",
    }
    if sites == "'self'":  # an older header, which cannot name other sites
        headers["x-frame-options"] = "SAMEORIGIN"
    return headers
