import anyio
import pytest
from starlette.responses import Response

from ammix_viz.server.headers import VARIABLE, SecurityHeaders


def headers_of(response, **options):
    """The headers with which the middleware sends a response."""
    sent = []

    async def serve():
        async def send(message):
            sent.append(message)

        await SecurityHeaders(response, **options)({"type": "http"}, None, send)

    anyio.run(serve)
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_only_pages_of_the_same_server_may_frame_the_app():
    headers = headers_of(Response("page"))
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "given", ["https://a.example https://b.example", "https://a.example,https://b.example"]
)
def test_other_sites_may_frame_it_where_the_environment_names_them(monkeypatch, given):
    monkeypatch.setenv(VARIABLE, given)
    headers = headers_of(Response("page"))
    allowed = "frame-ancestors 'self' https://a.example https://b.example"
    assert headers["content-security-policy"] == allowed
    assert "x-frame-options" not in headers


def test_a_policy_cannot_be_added_to_by_the_list_of_sites():
    headers = headers_of(Response("page"), ancestors="https://a.example; script-src *")
    assert headers["content-security-policy"].count(";") == 0


def test_what_a_response_says_itself_stays():
    stated = Response("page", headers={"content-security-policy": "default-src 'none'"})
    assert headers_of(stated)["content-security-policy"] == "default-src 'none'"
