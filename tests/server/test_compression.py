"""Static files of Streamlit are compressed once, and only for those who accept that."""

import gzip

import anyio
import pytest
from starlette.responses import Response

from ammix_viz.server.compression import CompressedStatic

SCRIPT = b"const margin = 1;\n" * 1000
GZIP = {"accept-encoding": "gzip, br"}


class Served:
    """An application behind the middleware, and the paths of the requests that reached it."""

    def __init__(self):
        self.reached = []
        self.app = CompressedStatic(self.answer)

    async def answer(self, scope, receive, send):
        self.reached.append(scope["path"])
        missing = "missing" in scope["path"]
        response = Response(b"" if missing else SCRIPT, 404 if missing else 200, {"etag": '"1"'})
        await response(scope, receive, send)

    def get(self, path, headers):
        """The status, headers and body with which a request is answered."""
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        sent = []

        async def request():
            async def send(message):
                sent.append(message)

            scope = {"type": "http", "method": "GET", "path": path, "headers": raw}
            await self.app(scope, None, send)

        anyio.run(request)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.parametrize("path", ["/static/js/index.js", "/prefix/static/css/index.css"])
def test_a_static_file_is_compressed_once_and_sent_to_everybody(path):
    served = Served()
    for _ in range(3):
        status, headers, body = served.get(path, GZIP)
        assert (status, headers["content-encoding"], headers["etag"]) == (200, "gzip", '"1"')
        assert "accept-encoding" in headers["vary"].lower()
        assert int(headers["content-length"]) == len(body) < 1000
        assert gzip.decompress(body) == SCRIPT
    assert served.reached == [path]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/js/index.js", {}),
        ("/static/js/index.js", GZIP | {"range": "bytes=0-9"}),
        ("/static/js/index.js", GZIP | {"if-none-match": '"1"'}),
        ("/static/media/font.woff2", GZIP),
        ("/frames", GZIP),
    ],
)
def test_any_other_request_reaches_the_application_as_it_is(path, headers):
    served = Served()
    for _ in range(2):
        _, sent, body = served.get(path, headers)
        assert (body, "content-encoding" in sent) == (SCRIPT, False)
    assert served.reached == [path] * 2


def test_what_is_missing_is_asked_for_again():
    served = Served()
    answers = [served.get("/static/js/missing.js", GZIP) for _ in range(2)]
    assert [(status, body) for status, _, body in answers] == [(404, b"")] * 2
    assert len(served.reached) == 2
