"""The route that saves what a page displays as one file.

`GET /replay?…` with the query of a page's URL sends an HTML file that plays the page's runs without
a server, if all of them have finished training.
"""

import anyio
from starlette.requests import Request
from starlette.responses import Response

from ammix_viz.player.replay.contents import contents_of
from ammix_viz.player.replay.replay import make_replay
from ammix_viz.runs.reader import DamagedRun
from ammix_viz.server.refusal import Refusal, refused
from ammix_viz.server.whole_run import Unfinished

MOST_QUERY = 8000
"""The most characters of a query; with 300 placed points it has about 3,000."""

HEADERS = {
    "cache-control": "no-store",
    "content-disposition": 'attachment; filename="ammix_viz.html"',
}

_one_at_a_time = anyio.Lock()


async def replay(request: Request) -> Response:
    """Send the replay of a page."""
    try:
        page = await _page_of(request)
    except Refusal as error:
        return refused(error.status, str(error))
    return Response(page, headers=HEADERS, media_type="text/html")


async def _page_of(request: Request) -> str:
    if len(request.url.query) > MOST_QUERY:
        raise Refusal(414, f"The query is longer than {MOST_QUERY} characters.")
    try:
        contents, _ = contents_of(dict(request.query_params))
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    try:
        async with _one_at_a_time:
            return await make_replay(contents)
    except Unfinished as error:
        raise Refusal(409, str(error)) from None
    except DamagedRun as error:
        raise Refusal(409, f"{error} Train it again to save a replay.") from None
    except OSError:  # its message may name folders of the server
        raise Refusal(409, "A run is no longer there; train it again to save a replay.") from None
