"""Replays in a browser: everything that the player does, from one file and without a request."""

import io
import json
import struct
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import anyio
import numpy as np
import pytest
from PIL import Image
from support.player_browser import PLAYER, wait_frames, wait_state
from support.player_page import FakeRun

from ammix_viz.player.replay.contents import contents_of
from ammix_viz.player.replay.page import replay_page
from ammix_viz.player.replay.replay import make_replay
from ammix_viz.runs import disk
from ammix_viz.runs.recording import record
from ammix_viz.server.coding import STREAM_END, deflated, stored
from ammix_viz.server.frame_stream import HEADER, RECORDS, STATUS

pytestmark = pytest.mark.browser

LESSON = """
id = "tiny"
title = "A tiny lesson"
[[step]]
title = "Runs"
text = "They train."
link = "methods=ce,am_mixup&epochs=3"
explain = ["U"]
[[step]]
title = "A step"
text = "It is slow."
link = "methods=ce,am_mixup&epochs=3"
pictures = ["step"]
"""
QUERY = {"methods": "ce,am_mixup", "epochs": "3", "mixing": "on", "margins": "on"}
COUNT, COLUMNS = 8, 64


def page_of(query, folder):
    """The replay of a query, whose runs are trained here."""
    with disk.use_folder(folder):
        contents, notes = contents_of(query)
        assert notes == []
        list(record(contents.recipes))
        return anyio.run(make_replay, contents)


def page_of_images():
    """The replay of a made-up run on images, each as grey as 80 times its class."""
    run = FakeRun(0, 24, (60, 30, 12), 10, 24, extras={"images": [8, 8]})
    labels = np.array(run.header["labels"])
    tiles = np.zeros((-(-len(labels) // COLUMNS) * COLUMNS, 8, 8), np.uint8)
    tiles[: len(labels)] = 80 * labels[:, None, None]
    rows = tiles.reshape(-1, COLUMNS, 8, 8).swapaxes(1, 2).reshape(-1, 8 * COLUMNS)
    sheet = io.BytesIO()
    Image.fromarray(rows).convert("RGB").save(sheet, "webp", lossless=True)
    payloads = {
        STATUS: json.dumps({"state": "ended"}).encode(),
        HEADER: json.dumps(run.header).encode(),
        RECORDS: run.records.tobytes(),
    }
    messages = b"".join(
        stored(struct.pack("<3I", 0, kind, len(payload))) + deflated(payload).content
        for kind, payload in payloads.items()
    )
    entry = {"messages": text_of(messages + STREAM_END), "records": 24, "data": 0}
    data = [{"content": text_of(sheet.getvalue()), "size": [8, 8]}]
    contents, _ = contents_of({"methods": "ce"})
    card = contents.data["runs"][0] | {"key": "made-up"}
    contents = replace(contents, data=contents.data | {"runs": [card]})
    archive = {"runs": {"made-up": entry}, "data": data, "columns": COLUMNS}
    return replay_page(contents, archive, date(2025, 1, 1))


def text_of(content):
    return b64encode(content).decode()


@pytest.fixture(scope="module", name="files")
def files_fixture(tmp_path_factory):
    """Replays as files, by what they display."""
    folder = tmp_path_factory.mktemp("replays")
    (folder / "lesson.toml").write_text(LESSON)
    with (
        ThreadPoolExecutor(1) as thread,  # the browser has an event loop in this one
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AMMIX_LESSON", str(folder / "lesson.toml"))
        queries = {"points": QUERY, "lesson": {"lesson": "tiny", "step": "1"}}
        made = {n: thread.submit(page_of, q, folder).result() for n, q in queries.items()}
    made["images"] = page_of_images()
    made["cut"] = made["points"][: -len(made["points"]) // 3]
    made["spoiled"] = made["points"].replace('"messages":"', '"messages":"AAAA')
    for name, page in made.items():
        (folder / f"{name}.html").write_text(page, "utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in made}


@pytest.fixture(name="open_file")
def open_file_fixture(browser, files):
    """Open a replay; fail at the end if it asked for anything, or raised."""
    wrong, opened = [], []

    def open_it(name, **options):
        page = browser.new_page(viewport={"width": 1280, "height": 900}, **options)
        page.set_default_timeout(8000)
        opened.append(page)
        page.on("request", lambda request: wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(files[name])
        return page

    yield open_it
    for page in opened:
        page.close()
    asked = [each for each in wrong if not each.startswith(("data:", "blob:"))]
    assert set(asked) <= set(files.values())


def test_it_plays_with_mixing_margins_and_input_space(open_file):
    page = open_file("points")
    wait_frames(page, COUNT)
    wait_state(page, "ended")
    assert page.get_by_role("heading", level=1).inner_text() == (
        "How does mixing change the margins between classes?"
    )
    assert page.locator("[data-testid=panel] h3").all_inner_texts() == ["Cross entropy", "AM-mixup"]
    page.wait_for_selector(f"{PLAYER}[data-mixing]:not([data-mixing='0'])", state="attached")
    assert page.get_by_text("Margin balance").count() >= 2
    page.get_by_role("button", name="Input", exact=True).click()
    page.wait_for_selector(f"{PLAYER}[data-view=input]", state="attached")
    page.get_by_role("img", name="Inputs and confidence of AM-mixup").wait_for()
    page.keyboard.press("Home")
    page.wait_for_selector(f'{PLAYER}[data-position="0"]', state="attached")


def test_it_offers_what_needs_no_server_and_no_request_leaves_it(open_file):
    page = open_file("points")
    wait_frames(page, COUNT)
    page.get_by_role("button", name="Share", exact=True).click()
    assert page.get_by_role("menuitem").all_inner_texts() == ["Save picture", "Save animation"]
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save picture").click()
    assert download.value.path().read_bytes()[:4] == b"\x89PNG"
    violated = page.evaluate(
        """() => new Promise((resolve) => {
          const tell = ({ violatedDirective }) => resolve(violatedDirective);
          document.addEventListener("securitypolicyviolation", tell);
          setTimeout(() => resolve("none"), 5000);
          fetch("https://example.org").catch(() => {});
        })"""
    )
    assert violated == "connect-src"
    page.get_by_text("How this file was made").click()
    assert "python -m ammix_viz export 'data=gaussian&" in page.locator("pre").inner_text()


def test_it_is_dark_where_the_device_is(open_file):
    page = open_file("points", color_scheme="dark")
    wait_frames(page, COUNT)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 23)"
    page.emulate_media(color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_points_of_images_show_their_image(open_file):
    page = open_file("images")
    wait_frames(page, 24)
    wait_state(page, "ended")
    canvas = page.locator("[data-testid=panel] canvas").bounding_box()
    image = page.locator(".ammix-image")
    for share in range(10, 90, 3):
        at = share / 100
        page.mouse.move(canvas["x"] + at * canvas["width"], canvas["y"] + at * canvas["height"])
        page.wait_for_timeout(70)
        if image.is_visible():
            break
    assert image.get_attribute("src").startswith("data:image/png")
    grey = image.evaluate(
        """image => {
          const context = document.createElement("canvas").getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(4, 4, 1, 1);
          return [image.naturalWidth, image.naturalHeight, ...data];
        }"""
    )
    label = int(image.get_attribute("alt").split()[-1])
    assert grey == [8, 8, *[80 * label] * 3, 255]


def test_a_lesson_goes_from_step_to_step_without_a_server(open_file):
    page = open_file("lesson")
    wait_frames(page, COUNT)
    assert page.get_by_role("heading", name="Runs").is_visible()
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_selector("[data-testid=lesson][data-step='2']")
    page.wait_for_selector(".ammix-slow[data-phase]:not([data-state=failed]) canvas")
    for of_server in ("Open in the live lab", "Save lesson", "Answer together"):
        assert not page.get_by_text(of_server).locator("visible=true").count()


@pytest.mark.parametrize("name", ["cut", "spoiled"])
def test_a_file_that_is_damaged_says_so(open_file, name):
    page = open_file(name)
    page.get_by_text("This file is damaged. Save it again.").first.wait_for()
