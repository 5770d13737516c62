"""How a route refuses a request: with a status and a sentence."""

from starlette.responses import JSONResponse


class Refusal(Exception):  # noqa: N818
    """A request is not answered; the status says which way, the message why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def refused(status: int, why: str, **headers: str) -> JSONResponse:
    """Return the response that says why; it is not cached."""
    return JSONResponse({"error": why}, status, headers={"cache-control": "no-store", **headers})
