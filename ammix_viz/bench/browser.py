"""The app served by a separate process, and opened in headless Chromium."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ammix_viz.server.app_script import app_script

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")

PAINTED = "+document.querySelector('[data-testid=player]')?.dataset.painted"


def chromium() -> str:
    """Return the path of Chromium: `CHROMIUM`, or what is installed.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not found:
        raise RuntimeError("No Chromium is found; install it, or name it in CHROMIUM.")
    return found


def free_port() -> int:
    """Return a port of this computer that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def served(folder_of_app: str = "") -> Iterator[str]:
    """Serve the app on a free port, with a new folder of runs; yield its address.

    Parameters
    ----------
    folder_of_app : str, default=""
        The folder of the server that the app is served below (`server.baseUrlPath`).
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(app_script())]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    command += [f"--server.baseUrlPath={folder_of_app}"]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            command,
            env=os.environ | {"AMMIX_RUNS": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}/" + (f"{folder_of_app}/" if folder_of_app else "")
            _wait_until_healthy(f"{address}healthz", server)
            yield address
        finally:
            server.terminate()
            server.wait(20)


def _wait_until_healthy(address: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.05)
    raise RuntimeError("The app did not come up within a minute.")


@contextlib.contextmanager
def browser() -> "Iterator[Browser]":
    """Yield a headless Chromium, driven by Playwright.

    Raises
    ------
    RuntimeError
        If Playwright is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise RuntimeError("This needs Playwright: pip install playwright") from None
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield opened
        opened.close()


def painted(page: "Page") -> int:
    """Return how often the player has painted."""
    return int(page.evaluate(PAINTED))
