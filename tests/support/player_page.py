"""A small server with one page, the player, and made-up runs that behave as their keys say.

A key is `behaviour` or `behaviour-number`; the number varies the run's points and numbers.
"""

import contextlib
import json
import re
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np

from ammix_viz.player.bundle import bundle, stylesheet
from ammix_viz.player.metric_rows import metric_rows
from ammix_viz.runs.format import make_header, quantise, record_dtype
from ammix_viz.settings.recipe import Recipe

HEADER, RECORDS, STATUS, RESTART = range(4)
EARLY = [0, 1 / 16, 2 / 16, 4 / 16, 8 / 16]

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Player</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ margin: 0; padding: 16px; }}
body.dark {{ background: #0e1117; --st-background-color: #0e1117; --st-text-color: #fafafa;
  --st-secondary-background-color: #262730; --st-primary-color: #ff4b4b; }} {css}</style>
<body><div id="here"></div><input id="elsewhere" hidden><script type="module">
import component from "/bundle.js";
const element = document.querySelector("#here");
window.asked = [];
window.kept = {{}};
const query = new URLSearchParams(location.search);
window.metrics = {metrics};
const setTriggerValue = (name, value) => window.asked.push([name, value]);
window.show = (data) => {{
  const asked = [...query].map(([name, word]) => [name, {{ on: true, off: false }}[word] ?? word]);
  const choices = {{ split: "train", axes: "shared", ...Object.fromEntries(asked) }};
  const at = query.has("at") ? Number(query.get("at")) : null;
  const hidden = (query.get("hidden") ?? "").split(",").filter(Boolean).map(Number);
  const moment = {{ choices, at, hidden }};
  const given = {{ metrics: window.metrics, moment, arrivals: 1, settings: "seed 0", ...data }};
  const setStateValue = (name, value) => (window.kept[name] = value);
  const calls = {{ setTriggerValue, setStateValue }};
  window.leave = component({{ data: given, parentElement: element, ...calls }});
}};
const keys = (query.get("runs") ?? "").split(",").filter(Boolean);
if (query.has("dark")) document.body.className = "dark";
window.runs = (...keys) => keys.map((asked) => {{
  const [key, view] = asked.split(":");
  const about = "Mixes features by a share that moves to the midpoint.";
  return {{ key, title: `Method ${{key}}`, about, view }};
}});
if (keys.length) window.show({{ runs: window.runs(...keys), note: query.get("note") ?? "" }});
</script></body></html>"""


def schedule(records: int) -> np.ndarray:
    """Return the epochs of records: some inside the first, then each one's end."""
    return np.array([*EARLY, *range(1, records)])[:records]


def labels_of(counts: tuple[int, ...], test: int) -> np.ndarray:
    """Return the class of each point, train points first."""
    classes = np.arange(len(counts))
    return np.concatenate([np.repeat(classes, counts), np.repeat(classes, test)])


def two_stages(names: tuple[str, ...], total: int) -> list[dict[str, str | int]]:
    """Return stages of a run of so many records, the first of two 10 epochs long."""
    epochs = int(schedule(total)[-1])
    first = {"name": names[0], "epochs": 10, "last": int(np.sum(schedule(total) <= 10)) - 1}
    last = {"name": names[-1], "epochs": epochs, "last": total - 1}
    return [last] if len(names) < 2 else [first, last | {"epochs": epochs - 10}]


def around(classes: int) -> np.ndarray:
    """Return a direction for each class, the first in the upper left, clockwise."""
    angles = np.pi * (0.75 - 2 * np.arange(classes) / classes)
    return np.stack([np.cos(angles), np.sin(angles)], -1)


class FakeRun:
    """A run of classes that drift apart, with a header and packed records."""

    def __init__(
        self,
        number: int,
        records: int,
        counts: tuple[int, ...],
        test: int,
        total: int,
        stages: tuple[str, ...] = ("training",),
        extras: Mapping[str, object] | None = None,
    ) -> None:
        labels = labels_of(counts, test)
        recipe = Recipe(epochs=int(schedule(total)[-1]))
        names = tuple(f"Class {k}" for k in range(len(counts)))
        self.of = np.array((extras or {}).get("coarse", {}).get("of", ()), int)
        self.header = make_header(
            recipe, labels, sum(counts), names, 16, two_stages(stages, total), extras or {}
        )
        self.records = self._make(number, labels, records, total)

    def _make(self, number: int, labels: np.ndarray, records: int, total: int) -> np.ndarray:
        rng = np.random.default_rng(number)
        classes, coarse = labels.max() + 1, len(set(self.of))
        made = np.zeros(records, record_dtype(classes, len(labels), coarse))
        centres = around(classes)
        noise = rng.standard_normal((len(labels), 2))
        drift = rng.standard_normal((len(labels), 2)) * 0.15
        for i, epoch in enumerate(schedule(total)[:records]):
            grown = 1 - np.exp(-epoch / 20)
            away = (0.5 + 5 * grown) * (1 + 0.15 * number)
            wave = drift * np.sin(epoch / 3)[..., None]
            points = centres[labels] * away + noise * (0.7 + 0.5 * grown) + wave
            self._fill(made[i], points, epoch, centres * (0.2 + grown), number)
        return made

    def _fill_coarse(self, record: np.void, weight: np.ndarray) -> None:
        """Fill in the same, of the coarse classes: 30 more in percent, 1 more otherwise."""
        for k in set(self.of):
            record["coarse.weight"][k] = weight[self.of == k].mean(0)
        for split in ("train", "test"):
            record[f"coarse.{split}.accuracy"] = record[f"{split}.accuracy"] + 30
            record[f"coarse.{split}.per_class_accuracy"] = 95 - 20 * np.arange(len(set(self.of)))
            for name in ("A", "U", "U1", "D_relative", "margin_balance"):
                record[f"coarse.{split}.{name}"] = record[f"{split}.{name}"] + 1

    def _fill(
        self, record: np.void, points: np.ndarray, epoch: float, weight: np.ndarray, number: int
    ) -> None:
        record["features"], record["scale"] = quantise(points)
        record["weight"], record["epoch"] = weight, epoch
        record["step"] = round(epoch * 16)
        record["lam"] = np.exp(-0.34 * min(epoch / 50, 1))
        for s, split in enumerate(("train", "test")):
            record[f"{split}.accuracy"] = 40 + number * 5 + s + epoch / 10
            record[f"{split}.A"] = 1 + number + s + epoch / 100
            record[f"{split}.U"] = 1.25 + s / 10
            record[f"{split}.U1"] = 0.5 + number / 10 + epoch / 1000
            record[f"{split}.D_relative"] = 0.9 - number / 10 + epoch / 1000
            record[f"{split}.margin_balance"] = number / 20 - 0.2 + epoch / 50
            record[f"{split}.per_class_accuracy"] = np.resize([90, 60, 30, 10], len(weight)) + s
            record[f"{split}.balanced_accuracy"] = record[f"{split}.per_class_accuracy"].mean()
        if len(self.of):
            self._fill_coarse(record, weight)


def message(run: int, kind: int, payload: bytes = b"") -> bytes:
    """Return one message of the stream; JSON and records are padded to whole words."""
    payload += b" " * (-len(payload) % 4) if kind != RECORDS else b""
    return np.array([run, kind, len(payload)], "<u4").tobytes() + payload


def status(run: int, state: str, **more: object) -> bytes:
    """Return a status message."""
    return message(run, STATUS, json.dumps({"state": state, **more}).encode())


def png_of(point: int, side: int = 8) -> bytes:
    """Return a grey PNG of a chequered square, made for a point."""
    rng = np.random.default_rng(point)
    rows = np.pad(rng.integers(0, 256, (side, side), dtype=np.uint8), ((0, 0), (1, 0)))

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows.tobytes()))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


class Behaviour:
    """What the server says about a run, by the first word of its key."""

    def __init__(self, *, records: int = 24, counts=(60, 30, 12, 5), test: int = 10) -> None:
        self.records, self.counts, self.test = records, counts, test
        self.history, self.pause = 0, 1.0
        self.refused = 0
        self.gate = threading.Event()
        self.requests: list[tuple[list[str], int]] = []
        self.images: list[tuple[str, int]] = []
        self.asked_states: list[list[str]] = []
        self.runs: dict[str, FakeRun] = {}

    def run(self, key: str) -> FakeRun:
        """Return the run that a key stands for, made once."""
        if key not in self.runs:
            number = int((re.findall(r"\d+", key) or [0])[0])
            length = (
                self.records // 2 if key.startswith(("short", "fail", "stop")) else self.records
            )
            stages, extras = self.kind(key)
            self.runs[key] = FakeRun(
                number, length, self.counts, self.test, self.records, stages, extras
            )
            if key.startswith("lost"):
                self.runs[key].records["train.per_class_accuracy"][:, -1] = 0
            if key.startswith("older"):
                del self.runs[key].header["fields"]["train.margin_balance"]
        return self.runs[key]

    def kind(self, key: str) -> tuple[tuple[str, ...], Mapping[str, object]]:
        """Return the names of a run's stages, and what else its header says."""
        return ("encoder", "classifier") if key.startswith("staged") else ("training",), {}

    def kind_of(self, keys: list[str]) -> str:
        """Return the type of a response about runs."""
        return "application/octet-stream"

    def parts(self, i: int, key: str, first: int) -> Iterator[bytes]:
        """Yield what is sent about run i, piece by piece."""
        run = self.run(key)
        records = run.records
        word = key.split("-")[0]
        if word == "queue" and not self.gate.is_set():
            yield status(i, "queued", position=3, wait=20)
            self.gate.wait(20)
        if word == "cut" and first:
            self.gate.wait(20)
        if word == "empty":
            yield status(i, "failed", why="The first step was not finite; try a smaller lr.")
            return
        if word == "early":
            yield from self.early(i, run, first)
            return
        yield message(i, HEADER, json.dumps(run.header).encode())
        yield status(i, "training")
        if word == "bad":
            yield message(i, RECORDS, b"abc!")
            return
        if word in ("grow", "queue"):
            for record in records[first:]:
                yield message(i, RECORDS, record.tobytes())
                time.sleep(0.05)
        elif word == "slow":
            known = max(first, self.history)
            for start in range(first, known, 5):
                yield message(i, RECORDS, records[start : min(start + 5, known)].tobytes())
            for record in records[known:]:
                time.sleep(self.pause)
                yield message(i, RECORDS, record.tobytes())
        elif word in ("hold", "stagedhold") and not self.gate.is_set():
            yield message(i, RECORDS, records[first:8].tobytes())
            self.gate.wait(20)
            yield message(i, RECORDS, records[max(first, 8) :].tobytes())
        elif word == "cut" and first == 0:
            yield message(i, RECORDS, records[:6].tobytes())
            yield message(i, RECORDS, records[6:9].tobytes())[:500]
            return
        else:
            yield message(i, RECORDS, records[first:].tobytes())
        ends = {
            "fail": ("failed", "Features were no longer finite at step 176; try a smaller lr."),
            "stop": ("stopped", "The worker died."),
        }
        state, why = ends.get(word, ("ended", ""))
        yield status(i, state, why=why)

    def early(self, i: int, run: FakeRun, first: int) -> Iterator[bytes]:
        """Yield a run that is known to have ended before its records are sent, in two parts."""
        yield status(i, "ended")
        yield message(i, HEADER, json.dumps(run.header).encode())
        yield message(i, RECORDS, run.records[first:4].tobytes())
        self.gate.wait(20)
        yield message(i, RECORDS, run.records[max(first, 4) :].tobytes())


class _Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/bundle.js":
            self._answer(bundle().encode(), "text/javascript")
        elif url.path == "/frames":
            with contextlib.suppress(OSError):
                self._stream(parse_qs(url.query))
        elif url.path == "/states":
            self._states(parse_qs(url.query)["run"])
        elif url.path == "/inputs":
            content = self.behaviour.inputs(parse_qs(url.query)["run"][0])
            self._answer(content, "application/octet-stream")
        elif url.path == "/image":
            self._image(parse_qs(url.query))
        elif url.path == "/favicon.ico":
            self._answer(b"", "image/x-icon")
        else:
            page = PAGE.format(css=stylesheet(), metrics=json.dumps(metric_rows()))
            self._answer(page.encode(), "text/html")

    def _answer(self, body: bytes, kind: str, code: int = 200) -> None:
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _states(self, keys: list[str]) -> None:
        self.behaviour.asked_states.append(keys)
        answer = {key: {"state": "training"} for key in keys}
        self._answer(json.dumps(answer).encode(), "application/json")

    def _image(self, query: dict[str, list[str]]) -> None:
        key, point = query["run"][0], int(query["point"][0])
        self.behaviour.images.append((key, point))
        if key.startswith("late"):
            self.behaviour.gate.wait(20)
        found = not key.startswith("blind")
        self._answer(png_of(point) if found else b"", "image/png", 200 if found else 404)

    def _stream(self, query: dict[str, list[str]]) -> None:
        keys, first = query["run"], int(query.get("from", ["0"])[0])
        self.behaviour.requests.append((keys, first))
        if "unknown" in keys:
            error = json.dumps({"error": "unknown is no key of a run."}).encode()
            self._answer(error, "application/json", 404)
            return
        if len(self.behaviour.requests) <= self.behaviour.refused:
            self.send_response(503)
            self.send_header("retry-after", "1")
            self.end_headers()
            self.wfile.write(b'{"error": "Too many pages are open. Try again soon."}')
            return
        self.send_response(200)
        self.send_header("content-type", self.behaviour.kind_of(keys))
        self.end_headers()
        active = [self.behaviour.parts(i, key, first) for i, key in enumerate(keys)]
        lock = threading.Lock()
        threads = [threading.Thread(target=self._send, args=(p, lock), daemon=True) for p in active]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self, parts: Iterator[bytes], lock: threading.Lock) -> None:
        with contextlib.suppress(OSError, ValueError):
            for part in parts:
                with lock:
                    self.wfile.write(part)
                    self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve(behaviour: Behaviour, port: int = 0) -> Iterator[str]:
    """Serve the page while the context lasts; yield its address."""
    handler = type("Handler", (_Handler,), {"behaviour": behaviour})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        behaviour.gate.set()
        server.shutdown()
