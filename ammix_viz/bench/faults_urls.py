"""Hostile requests: paths, queries and methods by HTTP, and links of pages by WebSocket."""

import asyncio
import http.client
import json
import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import connect

from ammix_viz.bench.faults_server import Check, Server, leaks
from ammix_viz.settings.moment import MOMENT
from ammix_viz.settings.table import SETTINGS

ROUTES = (
    *("/frames", "/states", "/image", "/inputs", "/qr", "/healthz"),
    *("/", "/sweep", "/paper_figures", "/coarse_to_fine"),
)
METHODS = ("GET", "GET", "GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE")
NAMES = (
    *("run", "from", "part", "part_from", "point", "link", *SETTINGS, "methods", "vary"),
    *("seeds", "displayed", *MOMENT, "figure", "x", "y"),
)
TRAVERSALS = (
    *("../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "....//....//etc/passwd"),
    *("/etc/passwd", "file:///etc/passwd", "..\\..\\windows\\win.ini", "%00", "%2e%2e/%2e%2e/"),
)
VALUES = (
    *("", "0", "-1", "1e999", "nan", "inf", "-0", "9" * 400, "0x10", "1_000", "٣", "1.5", "true"),
    *("null", "[]", "{}", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"),
    *("[a link](https://example.org)", "![image](https://example.org/x.png)", "`code` **bold**"),
    *("$\\frac{1}{0}$", ":material/bolt:", ":red[red]", "{{7*7}}", "${7*7}", "'; DROP TABLE runs"),
    *("\r\nSet-Cookie: a=b", "\x00", "\ufeff", "\u202egnp.exe", "😀" * 50, "a" * 1900),
    *("ce", "ce,ce,ce", "am_mixup", "digits", "mini_cifar", "ama-fig2", "beta=0,1", "A"),
)
PAGES = ("", "coarse_to_fine", "paper_figures", "sweep")
ACTIVE = re.compile(r"(?<!\\)\[[^\]]*(?<!\\)\]\(")
"""A link or an image in Markdown that is not escaped; pages display elements of HTML as text."""

PAGE_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    text: str


def hostile(rng: random.Random, count: int) -> list[tuple[str, str]]:
    """Return so many different requests, as (method, path and query)."""
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        found[rng.choice(METHODS), _path(rng) + _query(rng)] = None
    return list(found)


def _path(rng: random.Random) -> str:
    route = rng.choice(ROUTES)
    choice = rng.random()
    if choice < 0.6:
        return route
    if choice < 0.75:
        return route.rstrip("/") + "/" + rng.choice(TRAVERSALS)
    start = rng.choice(
        ("/static", "/media", "/component", "/_stcore", "/app/static", "", "/vendor")
    )
    return f"{start}/{rng.choice((*TRAVERSALS, quote(rng.choice(VALUES)), 'health', 'stream'))}"


def _query(rng: random.Random) -> str:
    pairs = list(_pairs(rng))
    return "?" + urlencode(pairs) if pairs else ""


def _pairs(rng: random.Random) -> Iterator[tuple[str, str]]:
    for _ in range(rng.choice((0, 1, 1, 2, 3, 40))):
        name = rng.choice((*NAMES, rng.choice(VALUES)))
        for _ in range(rng.choice((1, 1, 1, 2))):
            yield name, _value(rng)


def _value(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.15:
        return f"{rng.randrange(16**24):024x}"
    return rng.choice(TRAVERSALS if kind < 0.3 else VALUES)


def request(address: str, path: str, method: str = "GET", limit: float = 10.0) -> Answer:
    """Send one request as it is, valid or not, and return the answer.

    Raises
    ------
    OSError, http.client.HTTPException
        If there is no answer.
    """
    url = urlsplit(address)
    with socket.create_connection((url.hostname or "", url.port or 80), limit) as connection:
        head = f"{method} {path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        return Answer(answer.status, answer.read().decode("utf-8", "replace"))


def send_hostile(server: Server, rng: random.Random, count: int) -> list[Check]:
    """Send hostile requests, and open pages with hostile links."""
    pages = count // 5
    return [_by_http(server, rng, count - pages), _by_links(server, rng, pages)]


def _by_http(server: Server, rng: random.Random, count: int) -> Check:
    check = Check("hostile requests by HTTP")
    statuses: Counter[int] = Counter()
    for method, path in hostile(rng, count):
        check.tried += 1
        try:
            answer = request(server.address, path, method)
        except (OSError, http.client.HTTPException) as error:
            check.violations.append(f"{method} {path:.80}: {type(error).__name__}")
            continue
        statuses[answer.status] += 1
        check.expect(answer.status < 500, f"{method} {path:.80}: {answer.status}")
        disclosed = leaks(answer.text, server.folder)
        check.expect(not disclosed, f"{method} {path:.80} discloses {disclosed}")
    check.note = ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))
    return check


def _by_links(server: Server, rng: random.Random, count: int) -> Check:
    check = Check("pages opened by hostile links")
    links: dict[tuple[str, str], None] = {}
    while len(links) < count:
        links[rng.choice(PAGES), _query(rng).lstrip("?")] = None

    async def open_all() -> None:
        at_once = asyncio.Semaphore(4)

        async def one(page: str, query: str) -> None:
            async with at_once:
                check.tried += 1
                for why in await _open(server, page, query):
                    check.violations.append(f"/{page}?{query:.80}: {why}")

        await asyncio.gather(*(one(*link) for link in links))

    asyncio.run(open_all())
    return check


async def _open(server: Server, page: str, query: str) -> list[str]:
    """Open a page by a link; return what must not be."""
    address = server.address.replace("http", "ws", 1) + "_stcore/stream"
    message, found = BackMsg(), list[str]()
    message.rerun_script.query_string, message.rerun_script.page_name = query, page
    try:
        async with (
            asyncio.timeout(PAGE_SECONDS),
            connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as page_socket,
        ):
            await page_socket.send(message.SerializeToString())
            async for content in page_socket:
                answer = ForwardMsg()
                answer.ParseFromString(content)
                kind = answer.WhichOneof("type")
                if kind == "delta":
                    found += _wrong(answer, server)
                elif kind == "script_finished":
                    return found
    except TimeoutError:
        return [*found, f"the page had not come after {PAGE_SECONDS:g} s"]
    return [*found, "the connection was closed"]


def _wrong(answer: ForwardMsg, server: Server) -> Iterator[str]:
    element = answer.delta.new_element
    kind = element.WhichOneof("type")
    if kind == "exception":
        yield f"an exception: {element.exception.type} {element.exception.message:.100}"
    text = element.alert.body if kind == "alert" else ""
    if ACTIVE.search(text):
        yield f"active Markdown: {json.dumps(text):.200}"
    if disclosed := leaks(str(element), server.folder):
        yield f"discloses {disclosed}"
