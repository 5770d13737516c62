"""Chromium, and a page with the player in it."""

import contextlib

import pytest
from support.player_page import Behaviour, serve

from ammix_viz.bench.browser import browser as chromium


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium, for all tests of a file."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def behaviour():
    """What the server of the page does; a file of tests may define another."""
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
