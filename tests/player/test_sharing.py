"""The moment in the URL, links, QR codes, pictures and animations."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from support.player_browser import (
    PLAYER,
    panel,
    paused_at,
    reading,
    until,
    wait_frames,
    wait_state,
)

from ammix_viz.player.bundle import FOLDER, MODULES

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]


def query_of(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def share(page, item):
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("menuitem", name=item).click()


def paused_with_margins(open_page):
    """A page of two runs, paused at the fifteenth record, with margins."""
    page = open_page("full-0", "full-1")
    wait_frames(page, 24)
    paused_at(page, 14)
    page.get_by_role("button", name="Margins").click()
    return page


def link_of(page):
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error()); }")
    share(page, "Copy link")  # where the clipboard is not allowed, the link is displayed
    link = page.locator("dialog input").input_value()
    page.get_by_role("button", name="Close").click()
    return link


def test_the_url_follows_a_pause_the_switches_and_hidden_panels(open_page):
    page = paused_with_margins(open_page)
    page.get_by_role("button", name="Hide this panel").last.click()
    until(page, "new URL(location).searchParams.get('hidden') === '2'")
    assert query_of(page.evaluate("location.href")) == {
        "runs": "full-0,full-1",
        "split": "train",
        "axes": "shared",
        "margins": "on",
        "hidden": "2",
        "at": "10",  # the fifteenth record: five lie within the first epoch
    }
    page.keyboard.press(" ")
    until(page, "!new URL(location).searchParams.has('at')")


def test_a_link_shows_what_its_sender_sees(open_page):
    page = paused_with_margins(open_page)
    page.get_by_role("button", name="Hide this panel").first.click()
    link = link_of(page)
    page.goto(link)
    wait_state(page, "paused")
    until(page, f"document.querySelector('{PLAYER}').dataset.position === '14'")
    assert page.get_by_role("button", name="Margins").get_attribute("aria-pressed") == "true"
    assert not panel(page, "full-0").is_visible()
    assert panel(page, "full-1").is_visible()
    page.get_by_role("button", name="Show 1 hidden panel").click()
    assert panel(page, "full-0").is_visible()


def test_a_link_to_an_epoch_that_is_not_trained_yet_plays_until_it_comes(open_page, behaviour):
    page = open_page("live-0&at=4")
    until(page, f"document.querySelector('{PLAYER}').dataset.state === 'paused'")
    assert float(reading(page, "position")) == 8
    page.keyboard.press("Home")
    page.wait_for_selector(f'{PLAYER}[data-position="0"]', state="attached")


def test_the_last_panel_cannot_be_hidden(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    page.get_by_role("button", name="Hide this panel").click()
    assert panel(page, "full-0").is_visible()


def test_a_picture_has_the_panels_as_they_are_displayed(open_page):
    page = open_page("full-0", "full-1")
    wait_frames(page, 24)
    paused_at(page, 20)
    colours = (
        panel(page, "full-0")
        .locator("canvas")
        .evaluate(
            """(canvas) => [0.2, 0.5, 0.8].map((share) => {
          const at = Math.round(share * canvas.width);
          return [...canvas.getContext("2d").getImageData(at, at, 1, 1).data];
        })"""
        )
    )
    offset = page.evaluate(
        """() => {
          const root = document.querySelector(".ammix-player").getBoundingClientRect();
          const box = document.querySelector(".ammix-canvas").getBoundingClientRect();
          return [box.left - root.left, box.top - root.top, box.width];
        }"""
    )
    with page.expect_download() as download:
        share(page, "Save picture")
    picture = np.array(Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGBA"))
    assert download.value.suggested_filename == "ammix_viz.png"
    left, top, width = offset
    for share_of_side, colour in zip((0.2, 0.5, 0.8), colours, strict=True):
        x, y = 24 + left + share_of_side * width, 60 + top + share_of_side * width
        around = picture[int(2 * y) - 3 : int(2 * y) + 4, int(2 * x) - 3 : int(2 * x) + 4]
        assert np.abs(around.astype(int) - colour).max(-1).min() < 12


def test_an_animation_is_recorded_from_the_start_and_playback_returns(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    paused_at(page, 20)
    with page.expect_download(timeout=20000) as download:
        share(page, "Save animation")
    assert download.value.path().read_bytes()[:4] == b"\x1a\x45\xdf\xa3"  # WebM
    page.wait_for_selector(f'{PLAYER}[data-position="20"]', state="attached")


def test_a_code_that_cannot_be_made_says_why(open_page):
    page = open_page("full-0")
    page.route("**/qr?*", lambda route: route.fulfill(status=400, json={"error": "Too long."}))
    wait_frames(page, 24)
    share(page, "QR code")
    page.get_by_text("Too long.").wait_for()


def test_a_replay_of_what_the_url_says_is_saved_or_says_why_not(open_page):
    page = open_page("full-0")
    asked = []
    answers = [{"body": "<!doctype html>"}, {"status": 409, "json": {"error": "Not finished."}}]
    page.route(
        "**/replay?*",
        lambda route: (asked.append(route.request.url), route.fulfill(**answers[len(asked) - 1])),
    )
    wait_frames(page, 24)
    page.get_by_role("button", name="Margins").click()
    with page.expect_download() as download:
        share(page, "Save replay")
    assert download.value.suggested_filename == "ammix_viz.html"
    assert download.value.path().read_text() == "<!doctype html>"
    assert query_of(asked[0])["margins"] == "on"
    share(page, "Save replay")
    page.get_by_text("Not finished.").wait_for()


def test_the_menu_is_used_with_the_keyboard(open_page):
    page = open_page("full-0")
    wait_frames(page, 24)
    page.get_by_role("button", name="Share", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "QR code"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Share"
    assert not page.get_by_role("menu").is_visible()


def test_no_two_modules_declare_the_same_name():
    kind = r"^(?:export )?(?:async )?(?:const|let|function\*?|class) (\w+)"
    names = [
        name
        for module in MODULES
        for name in re.findall(kind, (FOLDER / f"{module}.js").read_text("utf-8"), re.MULTILINE)
    ]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})


def test_hidden_panels_are_forgotten_with_other_panels_and_never_all_hidden(open_page):
    page = open_page("full-0,full-1&hidden=1,2")
    wait_frames(page, 24)
    assert panel(page, "full-0").is_visible()
    page.get_by_role("button", name="Hide this panel").first.click()
    until(page, "new URL(location).searchParams.get('hidden') === '1'")
    assert not panel(page, "full-0").is_visible()
    page.evaluate("show({ runs: runs('full-1', 'full-2') })")
    until(page, "!new URL(location).searchParams.has('hidden')")
    assert panel(page, "full-1").is_visible()


def test_a_pause_between_two_snapshots_is_kept(open_page):
    page = open_page("full-0&at=10.5")
    wait_state(page, "paused")
    until(page, f"document.querySelector('{PLAYER}').dataset.position === '14.5'")
    assert query_of(page.evaluate("location.href"))["at"] == "10.5"
