"""The whole app in a real browser: served by `streamlit run`, trained by its own workers."""

import contextlib
import json
import os
import signal
import urllib.request
from pathlib import Path

import pytest
from support.waiting import wait_for

from ammix_viz.bench.browser import PAINTED, browser, painted, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture
def open_app(chromium, address):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})

    def open_it(query=""):
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(address + query)
        page.wait_for_function(f"{PAINTED} > 0")
        return page

    yield open_it
    context.close()


def player_of(page):
    return page.eval_on_selector("[data-testid=player]", "player => ({...player.dataset})")


def keys_of(page):
    return page.eval_on_selector_all(
        "[data-testid=panel]", "panels => panels.map(panel => panel.dataset.key)"
    )


def test_it_opens_moving_on_four_methods_that_really_train(open_app):
    page = open_app()
    before = painted(page)
    page.wait_for_function(f"{PAINTED} > {before + 10}")
    titles = page.locator("[data-testid=panel] h3").all_inner_texts()
    assert titles == ["Cross entropy", "Mixup", "Manifold mixup", "AM-mixup"]
    page.wait_for_function("document.querySelector('[data-testid=player]').dataset.frames == '105'")
    page.get_by_role("slider", name="epoch").focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "document.querySelector('[data-testid=player]').dataset.state == 'ended'"
    )
    assert float(player_of(page)["position"]) == 104
    accuracies = page.locator("[data-measure=accuracy] dd").all_inner_texts()
    assert all(float(text.strip("★ %")) > 95 for text in accuracies)


def test_a_changed_beta_trains_its_run_and_leaves_the_others(open_app):
    page = open_app("?epochs=20")
    before = keys_of(page)
    page.get_by_role("slider", name="β").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "key => document.querySelectorAll('[data-testid=panel]')[3].dataset.key != key",
        arg=before[3],
    )
    assert keys_of(page)[:3] == before[:3]
    page.wait_for_function("location.search.includes('beta=0.35')")
    page.wait_for_function("document.querySelector('[data-testid=player]').dataset.frames == '25'")


def test_a_reload_and_a_second_tab_show_the_same_runs(open_app):
    page = open_app("?epochs=20&imbalance=50&methods=ce,am_mixup")
    page.wait_for_function("location.search.includes('seed=0')")
    keys, link = keys_of(page), page.url.split("/", 3)[3]
    page.reload()
    page.wait_for_function(f"{PAINTED} > 0")
    assert keys_of(page) == keys
    assert keys_of(open_app(link)) == keys
    assert len(keys) == 2


def test_what_the_url_may_not_say_is_said_on_the_page_as_plain_text(open_app):
    hostile = ("[x](http://evil.com)", "![x](http://evil.com)", "http://evil.com", ":smile:")
    page = open_app(f"?beta=9&epochs=20&methods=ce,{','.join(hostile)}")
    page.get_by_text("beta is 9; it must be a number from 0 to 1.5. 1.5 is used.").wait_for()
    said = page.get_by_test_id("stAlert").all_inner_texts()
    for text in hostile:
        assert any(f'method is "{text}"' in words.replace("\u2060", "") for words in said)
    assert page.locator("[href*='evil.com'], [src*='evil.com']").count() == 0


def test_a_run_that_diverges_says_why_while_its_neighbours_go_on(open_app):
    page = open_app("?batch_size=16&lr=0.1&pairs=partner&epochs=5&methods=ce,mixup&init_seed=1")
    page.get_by_text("lr 0.1 is too high for batch_size 16 here").first.wait_for()
    states = "[...document.querySelectorAll('[data-testid=panel]')].map(p => p.dataset.runState)"
    page.wait_for_function(f"{states}.join() == 'failed,ended'")
    assert "nan" not in page.locator("[data-testid=player]").inner_text().lower()


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the workers in /proc")
def test_a_run_whose_worker_is_killed_twice_says_so_and_can_be_restarted(open_app, address):
    page = open_app("?epochs=2000&methods=ce&lr=0.02")
    frames = "+document.querySelector('[data-testid=player]').dataset.frames"
    page.wait_for_function(f"{frames} > 200")
    os.kill(wait_for(_training_worker), signal.SIGKILL)
    page.wait_for_function(f"{frames} > 0 && {frames} < 150")  # it has begun again
    os.kill(wait_for(_training_worker), signal.SIGKILL)
    page.get_by_text("came to a sudden end").first.wait_for()
    wait_for(lambda: _ready_workers(address))
    page.get_by_role("button", name="Restart").first.click()
    page.get_by_text("Trained to epoch").first.wait_for()


def _ready_workers(address):
    """How many workers are ready, as the app says; none while it is not well."""
    try:
        return json.load(urllib.request.urlopen(address + "healthz", timeout=5))["workers"]
    except urllib.error.HTTPError:
        return 0


def _workers():
    """Process numbers of the workers whose server this process started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
            if (
                b"ammix_viz.workers.worker" in words
                and _parent(_parent(entry.parent.name)) == os.getpid()
            ):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def _training_worker():
    """Process number of a worker that has a run file open; None if there is none."""
    for pid in _workers():
        with contextlib.suppress(OSError):  # a file may be closed meanwhile
            files = [each.readlink() for each in Path(f"/proc/{pid}/fd").iterdir()]
            if any(file.suffix == ".run" for file in files):
                return pid
    return None


def _parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_curves_and_table_come_at_the_end(open_app):
    page = open_app("?epochs=10")
    page.locator(".js-plotly-plot .subplot").nth(5).wait_for(state="attached")
    page.get_by_role("button", name="All snapshots as CSV").wait_for(state="attached")
    with page.expect_download() as download:
        page.get_by_role("button", name="All snapshots as CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0].startswith("method,seed_offset,step,epoch,lam,loss,train.accuracy")
    assert len(lines) == 1 + 4 * 15


IMAGE = ".ammix-image-box img"


def test_it_works_below_a_folder_of_the_server_with_images_of_points(chromium):
    """Reached as behind a reverse proxy with a prefix; no other site may frame its pages."""
    with served("class/ammix") as at:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(30_000)
        response = page.goto(at + "?data=digits&methods=ce&epochs=1")
        assert response.headers["content-security-policy"] == "frame-ancestors 'self'"
        page.wait_for_function(f"{PAINTED} > 0")
        canvas = page.locator("[data-testid=panel] canvas").bounding_box()
        across = iter(sorted(range(5, 96), key=lambda share: abs(share - 50)))  # from the middle
        while not page.locator(IMAGE).get_attribute("src"):
            share = next(across) / 100
            page.mouse.move(
                canvas["x"] + share * canvas["width"], canvas["y"] + share * canvas["height"]
            )
            page.wait_for_timeout(90)
        page.wait_for_function(f"document.querySelector('{IMAGE}').naturalWidth == 8")
        page.close()
