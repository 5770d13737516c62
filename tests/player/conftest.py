"""Chromium, and a page with the player in it."""

import contextlib
import os
import shutil

import pytest
from support.player_page import Behaviour, serve

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def behaviour():
    """What the server of the page does; some files of tests have another one."""
    return Behaviour()


@pytest.fixture
def open_page(browser, behaviour):
    """Open the page with runs; fail at the end if it raised anything."""
    errors = []
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(serve(behaviour))

        def open_it(*keys, **options):
            page = browser.new_page(viewport={"width": 1000, "height": 900}, **options)
            page.set_default_timeout(8000)
            stack.callback(page.close)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{address}/?runs={','.join(keys)}")
            return page

        yield open_it
    assert errors == []
