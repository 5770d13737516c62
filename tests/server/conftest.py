"""A real server with a real worker, asked over HTTP."""

import contextlib
import http.client
import threading
import zlib
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from support.pools import give_up_all
from support.waiting import wait_for

from ammix_viz.server import lifespan, routes
from ammix_viz.workers import limits
from ammix_viz.workers.pool import Pool


@pytest.fixture(scope="module")
def app():
    """A real server with one real worker; yields the pool and the port."""
    pool = Pool(size=1)
    with pytest.MonkeyPatch.context() as patch:
        for module in (routes, lifespan):
            patch.setattr(module, "shared", lambda: pool)
        wanted = Starlette(routes=routes.routes_at(), lifespan=lifespan.lifespan)
        host = uvicorn.Server(uvicorn.Config(wanted, port=0, log_level="warning"))
        thread = threading.Thread(target=host.run)
        thread.start()
        wait_for(lambda: host.started and pool.ready(), 60)
        yield pool, host.servers[0].sockets[0].getsockname()[1]
        lifespan.closing.set()
        host.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
        assert pool.ready() == 0


@pytest.fixture
def pool(app, runs_folder, monkeypatch):
    monkeypatch.setattr(limits, "EXPECTED_SECONDS", 0.0)
    yield app[0]
    give_up_all(app[0], 1, monkeypatch)


class Inflated:
    """A response whose body is inflated as it is read."""

    def __init__(self, response):
        self.response, self.status, self.headers = response, response.status, response.headers
        self.inflater, self.ready = zlib.decompressobj(-15), b""

    def read(self, size):
        while len(self.ready) < size and (chunk := self.response.read1()):
            self.ready += self.inflater.decompress(chunk)
        taken, self.ready = self.ready[:size], self.ready[size:]
        return taken

    def close(self):
        self.response.close()


def open_run_files():
    """Run files that this process, and so the server, holds open."""
    found = []
    for link in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(OSError):
            found += [file for file in [link.readlink()] if ".run" in file.name]
    return found


@pytest.fixture
def get(app, pool):
    """Ask the server for a path; answers with the open response."""
    asked = []

    def ask(path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", app[1], timeout=20)
        connection.request(method, path)
        response = connection.getresponse()
        if "coding=" in response.headers["content-type"]:
            response = Inflated(response)
        response.hang_up = lambda: (response.close(), connection.close())
        asked.append(response)
        return response

    yield ask
    for response in asked:
        response.hang_up()
    wait_for(lambda: not open_run_files())  # nothing stays open for readers who have gone
