"""The player's connection: the compact coding, gaps, silence, busy servers and hidden pages."""

import base64
import contextlib
import json
import struct
import zlib

import pytest
from support.player_browser import (
    paused_at,
    position,
    text_is,
    until,
    value,
    wait_frames,
    wait_state,
)
from support.player_page import Behaviour

from ammix_viz.player.bundle import bundle
from ammix_viz.server.coding import (
    STREAM_END,
    Coder,
    coarse_first,
    deflated,
    in_order,
    rounded,
    stored,
)
from ammix_viz.server.frame_stream import HEADER, HEARTBEAT, PIECE, STATUS

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.browser]

COARSE = [0, 8, 16, 23]


class CodedBehaviour(Behaviour):
    """Runs in the compact coding: finished ones coarse first, and one that falls silent."""

    def pieces(self, key):
        run = self.run(key)
        exact, _ = rounded(run.records)
        coder = Coder(run.header, run.records.dtype)
        plans = [in_order(0, 6), in_order(6, 24)] if key[0] == "q" else coarse_first(len(exact))
        return [coder.piece(dict(enumerate(exact)), plan) for plan in plans]

    def kind_of(self, keys):
        coded = all(key.startswith(("coded", "quiet")) for key in keys)
        return super().kind_of(keys) + ("; coding=predicted" if coded else "")

    def parts(self, i, key, first):
        if not key.startswith(("coded", "quiet")):
            yield from super().parts(i, key, first)
            return
        quiet = key.startswith("quiet")
        if quiet and first:
            self.gate.wait(20)
        yield told(i, "training" if quiet else "ended")
        yield packed(i, HEADER, deflated(json.dumps(self.run(key).header).encode()))
        pieces = self.pieces(key)
        if not (quiet and first):
            yield packed(i, PIECE, pieces[0]) + packed(i, HEARTBEAT)
            self.gate.wait(20)
        for piece in pieces[1:]:
            yield packed(i, PIECE, piece)
        yield told(i, "ended") + STREAM_END


def packed(run, kind, payload=None):
    """One message as a part of the deflated stream."""
    head = struct.pack("<III", run, kind, payload.size if payload else 0)
    return stored(head) + (payload.content if payload else b"")


def told(run, state):
    return packed(run, STATUS, deflated(json.dumps({"state": state}).encode()))


@pytest.fixture
def behaviour():
    return CodedBehaviour()


def test_the_browser_decodes_pieces_to_the_rounded_records(open_page, behaviour):
    page = open_page("full-0")
    run = behaviour.run("coded-3")
    pieces = [
        base64.b64encode(zlib.decompressobj(-15).decompress(piece.content)).decode()
        for piece in behaviour.pieces("coded-3")
    ]
    source = f"{bundle()}\nexport {{ decode, RunStore }};"
    answer = page.evaluate(
        """async ([source, header, pieces]) => {
          const blob = new Blob([source], { type: "text/javascript" });
          const { decode, RunStore } = await import(URL.createObjectURL(blob));
          const store = new RunStore("coded-3");
          store.accept(header);
          const prefixes = [];
          for (const piece of pieces) {
            const bytes = Uint8Array.from(atob(piece), (letter) => letter.charCodeAt(0));
            const made = decode(bytes.buffer, header, (index) => store.view(index, "features"));
            store.put(made.buffer, made.indices, header.record_size);
            prefixes.push(store.prefix);
          }
          const size = header.record_size;
          const all = store.places.map(([buffer, at]) => [...new Uint8Array(buffer, at, size)]);
          return [all, prefixes];
        }""",
        [source, run.header, pieces],
    )
    exact, _ = rounded(run.records)
    assert [bytes(record) for record in answer[0]] == [record.tobytes() for record in exact]
    assert answer[1] == [1, 9, 17, 24]


def test_a_finished_run_plays_coarse_first_and_its_gaps_fill(open_page, behaviour):
    page = open_page("coded-0")
    wait_frames(page, len(COARSE))
    records = behaviour.run("coded-0").records
    paused_at(page, 3)
    assert value(page, "coded-0", "A") == f"{records['train.A'][0]:.2f}"
    paused_at(page, 13)
    assert value(page, "coded-0", "A") == f"{records['train.A'][16]:.2f}"
    behaviour.gate.set()
    wait_frames(page, 24)
    text = f"{records['train.A'][13]:.2f}"
    until(
        page, "t => document.querySelector('[data-measure=A] .ammix-value').textContent === t", text
    )
    page.keyboard.press("End")
    wait_state(page, "ended")
    assert position(page) == 23
    assert behaviour.requests == [(["coded-0"], 0)]


def test_nothing_jumps_when_a_gap_fills_during_playback(open_page):
    page = open_page("full-0")
    source = f"{bundle()}\nexport {{ placeIn, RunStore }};"
    places = page.evaluate(
        """async (source) => {
          const blob = new Blob([source], { type: "text/javascript" });
          const { placeIn, RunStore } = await import(URL.createObjectURL(blob));
          const store = new RunStore("0");
          for (const index of [0, 8, 16]) store.places[index] = [];
          let place;
          const at = (position, playing) => {
            place = placeIn(store, { position, playing }, place);
            return [place.before, place.after, place.share];
          };
          const found = [at(2, true)];
          for (let index = 1; index < 8; index++) store.places[index] = [];
          found.push(at(4, true), at(4.5, false), at(6, true), at(7.5, true), at(12, true));
          return found;
        }""",
        source,
    )
    assert places == [[0, 8, 0.25], [0, 8, 0.5], [4, 5, 0.5], [6, 7, 0], [7, 8, 0.5], [8, 16, 0.5]]


def test_a_silent_server_is_noticed_and_asked_again_for_what_is_missing(open_page, behaviour):
    page = open_page()
    page.clock.install()
    page.evaluate("window.show({ runs: window.runs('quiet-0') })")
    wait_frames(page, 6)
    page.clock.run_for(9000)
    assert len(behaviour.requests) == 1
    page.clock.run_for(1500)
    text_is(page, page.locator(".ammix-overall"), "The server is silent, connecting again…")
    behaviour.gate.set()
    page.clock.run_for(1000)
    wait_frames(page, 24)
    assert behaviour.requests == [(["quiet-0"], 0), (["quiet-0"], 6)]


def test_a_busy_server_is_asked_again_by_itself(open_page, behaviour):
    behaviour.refused = 1
    page = open_page("full-0")
    text_is(page, page.locator(".ammix-overall"), "Too many pages are open. Try again soon.")
    wait_frames(page, 24)
    wait_state(page, "ended")
    assert len(behaviour.requests) == 2


HIDE = """hidden => {
  if (document.hidden === hidden) return;
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_hidden_page_closes_its_stream_and_resumes_when_visible(open_page, behaviour):
    page = open_page("hold-0")
    wait_frames(page, 8)
    page.evaluate(HIDE, True)
    page.wait_for_timeout(1000)
    assert behaviour.asked_states == []
    page.wait_for_function(
        "performance.getEntriesByType('resource').some(e => e.name.includes('/states'))"
    )
    assert behaviour.asked_states[0] == ["hold-0"]
    page.wait_for_timeout(700)
    assert len(behaviour.requests) == 1
    assert "Connection lost" not in page.locator(".ammix-overall").inner_text()
    page.evaluate(HIDE, False)
    behaviour.gate.set()
    wait_frames(page, 24)
    assert behaviour.requests == [(["hold-0"], 0), (["hold-0"], 8)]


def test_a_page_that_is_opened_hidden_only_says_that_it_reads_its_runs(
    browser, behaviour, open_page
):
    page = open_page()
    page.evaluate(HIDE, True)
    page.evaluate("window.show({ runs: window.runs('full-0') })")
    page.wait_for_function(
        "performance.getEntriesByType('resource').some(e => e.name.includes('/states'))"
    )
    assert behaviour.requests == []
    page.evaluate(HIDE, False)
    wait_frames(page, 24)


def test_eight_tabs_leave_connections_for_the_one_in_view(browser, open_page):
    address = open_page().url.partition("?")[0]
    with contextlib.closing(browser.new_context()) as context:
        for number in range(8):
            tab = context.new_page()
            tab.set_default_timeout(8000)
            tab.goto(f"{address}?runs=hold-{number}")
            wait_frames(tab, 8)
            for other in context.pages[:-1]:
                other.evaluate(HIDE, True)
        assert tab.evaluate("fetch('/favicon.ico').then((answer) => answer.status)") == 200
