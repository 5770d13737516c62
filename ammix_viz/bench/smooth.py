"""How smoothly four panels move while training goes on, and what that costs the training."""

import statistics
import time
from typing import TYPE_CHECKING

from ammix_viz.bench.browser import PAINTED, browser, painted, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECONDS = 5
QUERY = {"epochs": "2000", "lr": "0.02"}


def measure() -> dict:
    """Count paints and epochs a second, playing; paints with more switched on; epochs, paused."""
    with served() as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address + "?" + "&".join(f"{name}={value}" for name, value in QUERY.items()))
        page.wait_for_function(f"{PAINTED} > 0")
        page.wait_for_timeout(6000)
        paints, playing = _watch(page)
        with_mixing, _ = _pressed(page, "Mixing", "Margins")
        with_inputs, _ = _pressed(page, "Both")
        paused = _paused(page)
    return {
        "paints a second": statistics.median(paints),
        "paints, second by second": paints,
        "paints a second with mixing and margins": statistics.median(with_mixing),
        "paints a second with input space too": statistics.median(with_inputs),
        "epochs a second, playing": round(playing, 1),
        "epochs a second, paused": round(paused, 1),
        "playing / paused": round(playing / paused, 3),
    }


def _frames(page: "Page") -> int:
    return int(page.evaluate("+document.querySelector('[data-testid=player]').dataset.frames"))


def _watch(page: "Page") -> tuple[list[int], float]:
    paints, begun, frames = [], time.perf_counter(), _frames(page)
    for _ in range(SECONDS):
        before, start = painted(page), time.perf_counter()
        page.wait_for_timeout(1000)
        paints.append(round((painted(page) - before) / (time.perf_counter() - start)))
    return paints, (_frames(page) - frames) / (time.perf_counter() - begun)


def _pressed(page: "Page", *switches: str) -> tuple[list[int], float]:
    """Turn on switches of the player and watch it."""
    for name in switches:
        page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(2000)
    return _watch(page)


def _paused(page: "Page") -> float:
    """Pause the player, so that the browser only receives."""
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(500)
    begun, frames = time.perf_counter(), _frames(page)
    page.wait_for_timeout(1000 * SECONDS)
    return (_frames(page) - frames) / (time.perf_counter() - begun)
