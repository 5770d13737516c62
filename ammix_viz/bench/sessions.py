"""Sessions as a browser holds them, without the browser: the page's WebSocket and the frame stream.

A session sends what Streamlit's frontend sends, in the messages of `streamlit.proto`, follows the
timers of the page's fragments, and requests the frames of the runs that the player is given.
"""

import asyncio
import contextlib
import json
import struct
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from ammix_viz.server.frame_stream import PIECE, RECORDS, STATUS
from ammix_viz.server.routes import CODING

HEAD = struct.Struct("<III")
LIVE = ("queued", "training", "unknown")
RECONNECT_SECONDS = 0.5
NEVER = float("nan")


@dataclass
class Seen:
    """What one session has seen. Times are seconds after it was opened; nan if it did not happen.

    Attributes
    ----------
    script : float
        The page's script has finished for the first time.
    first, followed : float
        The first record of any run has come, and of the run that this session follows.
    end : float
        Every run has ended.
    states : dict of str to str
        State of each run, by key.
    chunks : list of float
        When chunks of the stream came.
    page_bytes, stream_bytes : int
        Bytes received of the page, by WebSocket, and of the stream.
    problem : str
        What went wrong, if anything.
    """

    script: float = NEVER
    first: float = NEVER
    followed: float = NEVER
    end: float = NEVER
    states: dict[str, str] = field(default_factory=dict)
    chunks: list[float] = field(default_factory=list)
    page_bytes: int = 0
    stream_bytes: int = 0
    problem: str = ""


class Session:
    """One person who opens a link.

    Parameters
    ----------
    address : str
        Address of the app, which ends with a slash.
    query : str
        The link's query.
    follows : str
        Title of the panel whose first record counts.
    """

    def __init__(self, address: str, query: str = "", follows: str = "AM-mixup") -> None:
        self.seen = Seen()
        self._address = address
        self._query = query
        self._follows = follows
        self._page = ""
        self._why = ""
        self._cached: set[str] = set()
        self._timers: dict[str, asyncio.Task] = {}
        self._runs: asyncio.Future[list[dict[str, str]]] = asyncio.Future()

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the page, and keep it open inside an `async with` block."""
        self._opened = time.perf_counter()
        address = self._address.replace("http", "ws", 1) + "_stcore/stream"
        async with connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None
        ) as socket:
            await self._rerun(socket)
            listening = asyncio.create_task(self._listen(socket))
            self._streaming = asyncio.create_task(self._stream())
            try:
                yield
            finally:
                for task in (listening, self._streaming, *self._timers.values()):
                    task.cancel()

    async def finish(self, limit: float) -> None:
        """Wait until every run has ended, at most `limit` seconds."""
        try:
            await asyncio.wait_for(self._streaming, limit)
        except TimeoutError:
            self.seen.problem = self.seen.problem or f"The runs had not ended after {limit:g} s."
        except (OSError, EOFError, ValueError, RuntimeError) as error:
            self.seen.problem = self.seen.problem or f"{type(error).__name__}: {error}"

    def gaps(self, begin: float, end: float) -> list[float]:
        """Return the seconds between chunks of the stream in a period of `time.perf_counter`."""
        times = [at + self._opened for at in self.seen.chunks]
        return [after - before for before, after in pairwise(times) if begin <= after <= end]

    def _now(self) -> float:
        return time.perf_counter() - self._opened

    async def _rerun(self, socket: ClientConnection, fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self._query, self._page
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.cached_message_hashes.extend(self._cached)
        await socket.send(message.SerializeToString())

    async def _listen(self, socket: ClientConnection) -> None:
        """Follow the page's messages."""
        async for content in socket:
            self.seen.page_bytes += len(content)
            message = ForwardMsg()
            message.ParseFromString(content)
            if message.metadata.cacheable:
                self._cached.add(message.hash)
            self._take(message, socket)

    def _take(self, message: ForwardMsg, socket: ClientConnection) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._show(message.delta.new_element)
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._repeat(socket, message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_timer(fragment)
        elif kind == "new_session" and not message.metadata.run.fragment_ids:
            for fragment in list(self._timers):
                self._stop_timer(fragment)
        elif kind == "script_finished" and self.seen.script != self.seen.script:
            self.seen.script = self._now()

    def _show(self, element: Element) -> None:
        """Take the runs from the player's data, and errors from what stands in its place."""
        kind = element.WhichOneof("type")
        if kind == "bidi_component" and element.bidi_component.component_name == "ammix_player":
            if not self._runs.done():
                self._runs.set_result(json.loads(element.bidi_component.json)["runs"])
        elif kind == "exception":
            self.seen.problem = element.exception.message
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self.seen.problem = element.alert.body

    def _repeat(self, socket: ClientConnection, fragment: str, interval: float) -> None:
        """Rerun a fragment at intervals, as its `run_every` asks for."""

        async def repeat() -> None:
            while True:
                await asyncio.sleep(interval)
                await self._rerun(socket, fragment)

        if fragment not in self._timers:
            self._timers[fragment] = asyncio.create_task(repeat())

    def _stop_timer(self, fragment: str) -> None:
        if timer := self._timers.pop(fragment, None):
            timer.cancel()

    async def _stream(self) -> None:
        """Read frames until every run has ended, reconnecting as the player does."""
        runs = await self._runs
        self.seen.states = dict.fromkeys((run["key"] for run in runs), "unknown")
        counted = {run["key"] for run in runs if run["title"] == self._follows}
        while keys := [key for key, state in self.seen.states.items() if state in LIVE]:
            with contextlib.suppress(BlockingIOError):
                await self._receive(keys, counted)
            if set(self.seen.states.values()) & {*LIVE}:
                await asyncio.sleep(RECONNECT_SECONDS)
        if bad := [state for state in self.seen.states.values() if state != "ended"]:
            raise RuntimeError(f"A run is {bad[0]}: {self._why}")
        self.seen.end = self._now()

    async def _receive(self, keys: list[str], counted: set[str]) -> None:
        async for index, kind, payload in messages(self._chunks(keys)):
            if kind in (RECORDS, PIECE):
                self._note(keys[index] in counted)
            elif kind == STATUS:
                status = json.loads(payload)
                self.seen.states[keys[index]] = status["state"]
                self._why = status["why"] or self._why

    def _note(self, follows: bool) -> None:
        now = self._now()
        if self.seen.first != self.seen.first:
            self.seen.first = now
        if follows and self.seen.followed != self.seen.followed:
            self.seen.followed = now

    async def _chunks(self, keys: list[str]) -> AsyncIterator[bytes]:
        """Yield the chunks of the frame stream of these runs."""
        query = urlencode([*(("run", key) for key in keys), ("coding", CODING)])
        async with response(f"{self._address}frames?{query}") as chunks:
            inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            async for chunk in chunks:
                self.seen.chunks.append(self._now())
                self.seen.stream_bytes += len(chunk)
                yield inflate.decompress(chunk)


@contextlib.asynccontextmanager
async def response(address: str) -> AsyncIterator[AsyncIterator[bytes]]:
    """Yield the chunks of the answer to a GET request.

    Raises
    ------
    BlockingIOError
        If the server has too many readers (503).
    ValueError
        If the status is another one than 200.
    """
    url = urlsplit(address)
    reader, writer = await asyncio.open_connection(url.hostname, url.port, limit=2**20)
    try:
        head = f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        if answer.split()[1] == "503":
            raise BlockingIOError("The server has too many readers.")
        if answer.split()[1] != "200":
            raise ValueError(f"GET {url.path} was answered by {answer.splitlines()[0]}.")
        yield _chunks(reader)
    finally:
        writer.close()


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline() or b"0", 16):
        chunk = await reader.readexactly(size + 2)
        yield chunk[:-2]


async def messages(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, int, bytes]]:
    """Yield run index, kind and payload of each message of the frame stream."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        at = 0
        while at + HEAD.size <= len(buffer):
            index, kind, size = HEAD.unpack_from(buffer, at)
            end = at + HEAD.size + size
            if end > len(buffer):
                break
            yield index, kind, bytes(buffer[at + HEAD.size : end])
            at = end
        del buffer[:at]
