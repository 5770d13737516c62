"""How long a person waits: for the app, for the page, for a changed β."""

import statistics
import time
from typing import TYPE_CHECKING

from ammix_viz.bench.browser import PAINTED, browser, served

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

ROUNDS = 5
WATCH = """new MutationObserver(() => {
  const player = document.querySelector('[data-testid=player]');
  if (+player?.dataset.painted > 0) window.firstPaint ??= performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true})"""
DOCUMENT = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
ARMED = """() => {
  const player = document.querySelector('[data-testid=player]');
  const panel = player.querySelectorAll('[data-testid=panel]')[3];
  const before = panel.dataset.key;
  window.changed = null;
  const begin = performance.now();
  const poll = () => {
    const fresh = panel.dataset.key !== before && !panel.classList.contains('ammix-stale');
    if (fresh && +player.dataset.frames > 0) window.changed = performance.now() - begin;
    else requestAnimationFrame(poll);
  };
  poll();
}"""


def measure() -> dict:
    """Start the app, open its page several times, and change β several times."""
    start = time.perf_counter()
    with served() as address, browser() as chromium:
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(address)
        page.wait_for_function(f"{PAINTED} > 0")
        cold = time.perf_counter() - start
        loads = [_load(context, address) for _ in range(ROUNDS)]
        page.bring_to_front()
        changes = [_change_beta(page) for _ in range(ROUNDS)]
    paints, documents = zip(*loads, strict=True)
    return {
        "start of the app to the first paint, s": round(cold, 2),
        "page load to the first paint, s": round(statistics.median(paints), 2),
        "of it, until the document is loaded, s": round(statistics.median(documents), 2),
        "changed β to the first paint of the new run, s": round(statistics.median(changes), 2),
    }


def _load(context: "BrowserContext", address: str) -> tuple[float, float]:
    """Return the seconds to the first paint, and to the loaded document."""
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.firstPaint > 0")
    first = page.evaluate("window.firstPaint") / 1e3
    document = page.evaluate(DOCUMENT) / 1e3
    page.close()
    return first, document


def _change_beta(page: "Page") -> float:
    page.wait_for_timeout(1500)
    slider = page.get_by_role("slider").first
    slider.focus()
    page.evaluate(ARMED)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("window.changed !== null")
    return page.evaluate("window.changed") / 1e3
