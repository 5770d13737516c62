"""The frame stream over real HTTP, read byte by byte."""

import contextlib
import http.client
import io
import json
import os
import signal
import struct
import threading
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from support.decoder import decode, decode_part
from support.pools import give_up_all
from support.waiting import wait_for

from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs import disk, reader, writer
from ammix_viz.runs.format import make_header, pack_header, record_dtype
from ammix_viz.runs.recording import record
from ammix_viz.server import frame_stream, health, images, lifespan, routes, shared_run, streams
from ammix_viz.server.coding import Coder, rounded
from ammix_viz.server.inputs import input_plane
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import GIVEN_UP

QUICK = Recipe(method="ce", epochs=3)
LONG = Recipe(method="ce", epochs=2000)
ONE_STAGE = [{"name": "training", "epochs": 4, "last": 8}]
POINTS = 40


@pytest.fixture(scope="module")
def app():
    """A real server with one real worker; yields the pool and the port."""
    pool = Pool(size=1)
    with pytest.MonkeyPatch.context() as patch:
        for module in (routes, lifespan):
            patch.setattr(module, "shared", lambda: pool)
        wanted = Starlette(routes=routes.routes_at(), lifespan=lifespan.lifespan)
        host = uvicorn.Server(uvicorn.Config(wanted, port=0, log_level="warning"))
        thread = threading.Thread(target=host.run)
        thread.start()
        wait_for(lambda: host.started and pool.ready(), 60)
        yield pool, host.servers[0].sockets[0].getsockname()[1]
        lifespan.closing.set()
        host.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
        assert pool.ready() == 0


@pytest.fixture
def pool(app, runs_folder, monkeypatch):
    monkeypatch.setattr(limits, "EXPECTED_SECONDS", 0.0)
    yield app[0]
    give_up_all(app[0], 1, monkeypatch)


class Inflated:
    """A response whose body is inflated as it is read."""

    def __init__(self, response):
        self.response, self.status, self.headers = response, response.status, response.headers
        self.inflater, self.ready = zlib.decompressobj(-15), b""

    def read(self, size):
        while len(self.ready) < size and (chunk := self.response.read1()):
            self.ready += self.inflater.decompress(chunk)
        taken, self.ready = self.ready[:size], self.ready[size:]
        return taken

    def close(self):
        self.response.close()


def open_run_files():
    """Run files that this process, and so the server, holds open."""
    found = []
    for link in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(OSError):
            found += [file for file in [link.readlink()] if ".run" in file.name]
    return found


@pytest.fixture
def get(app, pool):
    """Ask the server for a path; answers with the open response."""
    asked = []

    def ask(path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", app[1], timeout=20)
        connection.request(method, path)
        response = connection.getresponse()
        if "coding=" in response.headers["content-type"]:
            response = Inflated(response)
        response.hang_up = lambda: (response.close(), connection.close())
        asked.append(response)
        return response

    yield ask
    for response in asked:
        response.hang_up()
    wait_for(lambda: not open_run_files())  # nothing stays open for readers who have gone


def frames(*recipes, start=None):
    query = "&".join(f"run={recipe.key}" for recipe in recipes)
    return f"/frames?{query}" + ("" if start is None else f"&from={start}")


def message(response):
    """The next message as (run, kind, payload), None at the end."""
    head = response.read(12)
    if not head:
        return None
    run, kind, length = struct.unpack("<III", head)
    payload = response.read(length)
    assert len(payload) == length
    assert kind not in (0, 1) or length % 4 == 0
    return run, kind, payload


def messages(response):
    """All messages up to the end."""
    return list(iter(lambda: message(response), None))


def payload(sent, run, kind):
    return b"".join(content for r, k, content in sent if (r, k) == (run, kind))


def states(sent, run=0):
    return [
        json.loads(content)["state"]
        for r, k, content in sent
        if (r, k) == (run, frame_stream.STATUS)
    ]


def kinds(sent):
    return [kind for _, kind, _ in sent]


def until(response, kind):
    """Read on up to and with the first message of a kind."""
    sent = []
    while not sent or sent[-1][1] != kind:
        sent.append(message(response))
    return sent


class Trainer:
    """Stands for another process that writes a run."""

    def __init__(self, recipe):
        dtype = record_dtype(4, POINTS)
        labels = np.repeat(np.arange(4), POINTS // 4)
        self.header = make_header(recipe, labels, POINTS // 2, tuple("abcd"), 16, ONE_STAGE)
        self.writer = writer.Writer(self.header)
        self.record = np.zeros(1, dtype)
        self.records = []

    def add(self, count=1):
        for _ in range(count):
            self.record["step"] = len(self.records) + 1
            self.records.append(self.record.tobytes())
            self.writer.append(self.records[-1])

    def end(self, state="ended", why=""):
        self.writer.finish(state, why)
        self.writer.close()


def write(recipe, count=9):
    trainer = Trainer(recipe)
    trainer.add(count)
    trainer.end()
    return trainer


def test_several_runs_are_sent_as_the_bytes_of_their_files(pool, get):
    recipes = Comparison(shared=QUICK).recipes
    pool.submit(recipes)
    response = get(frames(*recipes))
    assert response.status == 200
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-encoding"] == "identity"
    assert response.headers["cache-control"] == "no-store"
    sent = messages(response)
    for index, recipe in enumerate(recipes):
        file = disk.path(recipe.key).read_bytes()
        header = payload(sent, index, frame_stream.HEADER)
        assert (
            struct.pack("<I", len(header)) + header + payload(sent, index, frame_stream.RECORDS)
            == file
        )
        assert states(sent, index)[-1] == "ended"
        assert kinds(m for m in sent if m[0] == index).count(frame_stream.HEADER) == 1


def test_a_finished_run_says_so_at_once_and_the_response_ends(get):
    trainer = write(QUICK)
    sent = messages(get(frames(QUICK)))
    assert kinds(sent) == [frame_stream.STATUS, frame_stream.HEADER, frame_stream.RECORDS]
    assert json.loads(sent[0][2]) == {"state": "ended", "position": 0, "why": ""}
    assert sent[1][2] == pack_header(trainer.header)[4:]
    assert sent[2][2] == b"".join(trainer.records)


@pytest.mark.parametrize("start", [0, 4, 9, 30])
def test_a_reader_may_start_at_a_later_record(get, start):
    trainer = write(QUICK)
    sent = messages(get(frames(QUICK, start=start)))
    assert payload(sent, 0, frame_stream.HEADER)
    assert payload(sent, 0, frame_stream.RECORDS) == b"".join(trainer.records[start:])


def test_long_runs_take_turns(get, monkeypatch):
    first, second = QUICK, replace(QUICK, lr=0.05)
    size = len(write(first).records[0])
    write(second)
    monkeypatch.setattr(frame_stream, "CHUNK_BYTES", 2 * size + 1)
    sent = messages(get(frames(first, second)))
    turns = [
        (run, len(content) // size) for run, kind, content in sent if kind == frame_stream.RECORDS
    ]
    assert turns == [(0, 2), (1, 2)] * 4 + [(0, 1), (1, 1)]


def test_a_live_run_is_followed_record_by_record_to_its_end(get, monkeypatch):
    monkeypatch.setattr(shared_run, "POLL_SECONDS", 0.0)  # the file is read at each turn
    trainer = Trainer(QUICK)
    trainer.add()
    response = get(frames(QUICK))
    sent = until(response, frame_stream.RECORDS)
    assert states(sent) == ["training"]
    for _ in range(3):
        trainer.add()
        assert message(response) == (0, frame_stream.RECORDS, trainer.records[-1])
    trainer.writer.append(b"half a record")
    later = until(get(frames(QUICK)), frame_stream.RECORDS)
    assert payload(later, 0, frame_stream.RECORDS) == b"".join(trainer.records)
    trainer.end("failed", "Step 7 gave a loss that is no number; try a smaller lr.")
    end = messages(response)
    assert [json.loads(content) for _, _, content in end] == [
        {
            "state": "failed",
            "position": 0,
            "why": "Step 7 gave a loss that is no number; try a smaller lr.",
        }
    ]


def test_the_end_is_sent_after_the_last_record(get, monkeypatch):
    trainer = Trainer(QUICK)
    trainer.add()
    monkeypatch.setattr(frame_stream, "CHUNK_BYTES", len(trainer.records[0]))
    response = get(frames(QUICK))
    until(response, frame_stream.RECORDS)
    trainer.add(5)
    trainer.end()
    assert kinds(messages(response)) == [frame_stream.RECORDS] * 5 + [frame_stream.STATUS]


def test_a_run_whose_trainer_vanished_is_stopped(get):
    trainer = Trainer(QUICK)
    trainer.add(2)
    response = get(frames(QUICK))
    until(response, frame_stream.RECORDS)
    trainer.writer.close()
    _, kind, content = message(response)
    assert (kind, json.loads(content)["state"]) == (frame_stream.STATUS, "stopped")
    assert json.loads(content)["why"] == GIVEN_UP
    assert message(response) is None


def kill_worker_of(pool, recipe):
    """Kill the worker that trains a run, once there is one."""
    worker = wait_for(
        lambda: next((j.worker for j in pool.jobs() if recipe.key in j.recipes), None)
    )
    os.kill(worker, signal.SIGKILL)


def test_a_run_begins_anew_by_itself_after_a_killed_worker_and_the_next_time_when_restarted(
    pool, get
):
    pool.submit([LONG])
    other = Trainer(QUICK)  # keeps the response open
    response = get(frames(LONG, QUICK))
    sent = []
    while not payload(sent, 0, frame_stream.RECORDS):
        sent.append(message(response))
    kill_worker_of(pool, LONG)
    begun = until(response, frame_stream.RESTART) + until(response, frame_stream.RECORDS)
    assert set(states(begun)) <= {"queued", "training"}
    kill_worker_of(pool, LONG)
    while "stopped" not in states(begun):
        begun.append(message(response))
    why = json.loads(begun[-1][2])["why"]
    assert why == "The process that trained this run came to a sudden end (SIGKILL)."
    pool.submit([LONG], restart=True)
    again = until(response, frame_stream.RESTART)
    assert again[-1] == (0, frame_stream.RESTART, b"")
    wait_for(pool.ready)
    again += until(response, frame_stream.RECORDS)
    assert set(states(again)) <= {"queued", "training"}
    assert json.loads(payload(again, 0, frame_stream.HEADER))["key"] == LONG.key
    other.end()


def test_a_rewritten_run_is_sent_again_from_its_first_record(get):
    old = Trainer(QUICK)
    old.add(3)
    other = Trainer(replace(QUICK, lr=0.05))  # keeps the response open
    response = get(frames(QUICK, replace(QUICK, lr=0.05), start=2))
    assert payload(until(response, frame_stream.RECORDS), 0, frame_stream.RECORDS) == old.records[2]
    old.writer.close()
    new = write(QUICK, 5)
    sent = until(response, frame_stream.RECORDS)
    other.end()
    sent += messages(response)
    sent = [m for m in sent if m[0] == 0 and m[1] != frame_stream.STATUS]
    assert kinds(sent)[:2] == [frame_stream.RESTART, frame_stream.HEADER]
    assert payload(sent, 0, frame_stream.RECORDS) == b"".join(new.records)


def test_a_queued_run_reports_its_position_and_is_then_sent(pool, get, monkeypatch):
    monkeypatch.setattr(limits, "MAX_STACKS", 1)
    first, second, third = (
        replace(LONG, lr=lr, epochs=e) for lr, e in ((0.1, 2000), (0.05, 60), (0.02, 4))
    )
    for recipe in (first, second, third):
        pool.submit([recipe])
    response = get(frames(third, second))
    sent = [message(response), message(response)]
    assert [json.loads(content)["position"] for _, _, content in sent] == [2, 1]
    pool.touch([second.key, third.key], ahead=60)
    pool.cancel([first.key])
    sent += messages(response)
    states_sent = [
        (s["state"], s["position"]) for s in (json.loads(c) for r, k, c in sent if (r, k) == (0, 2))
    ]
    assert states_sent[0] == ("queued", 2)
    assert states_sent[1] == ("queued", 1)
    assert states_sent[-1] == ("ended", 0)
    for index, recipe in enumerate((third, second)):
        with reader.Run(recipe.key) as run:
            assert payload(sent, index, frame_stream.RECORDS) == run.read()


def test_a_run_is_read_for_as_long_as_somebody_is_connected(pool, get, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.6)
    monkeypatch.setattr(streams, "TOUCH_SECONDS", 0.1)
    unread = replace(LONG, lr=0.05)
    pool.submit([LONG])
    response = get(frames(LONG))
    until(response, frame_stream.RECORDS)
    pool.submit([unread])
    wait_for(lambda: not pool.state(unread.key).live)  # given up, asked for later
    assert pool.state(LONG.key).state == "training"
    response.hang_up()
    wait_for(lambda: pool.state(LONG.key).state == "stopped")


def test_a_damaged_file_is_never_sent(get):
    trainer = write(QUICK)
    file = disk.path(QUICK.key)
    file.write_bytes(file.read_bytes()[:-4] + b"four")
    foreign = replace(QUICK, lr=0.05)
    disk.path(foreign.key).write_bytes(pack_header(trainer.header))
    sent = messages(get(frames(QUICK, foreign)))
    assert [(run, json.loads(content)) for run, _, content in sent] == [
        (0, failed(QUICK, "its content has changed")),
        (1, failed(foreign, "it holds another recipe than its name says")),
    ]


def test_a_run_without_features_to_display_is_not_sent(get):
    headless = Recipe(data="cifar10_lt")
    width = {"feature_width": 64}
    header = make_header(headless, np.zeros(1, int), 1, tuple("abcd"), 16, ONE_STAGE, width)
    made = writer.Writer(header)
    made.append(np.zeros(1, record_dtype(4, 1, width=64)).tobytes())
    made.finish("ended")
    made.close()
    sent = messages(get(frames(headless)))
    why = f"The run {headless.key} has no 2-D features, so it cannot be displayed."
    assert [(run, json.loads(content)) for run, _, content in sent] == [
        (0, {"state": "failed", "position": 0, "why": why})
    ]
    response = get(f"/image?run={headless.key}&point=0")
    assert response.status == 404
    assert json.load(response)["error"] == (f"There is no such image: {headless.why_not_displayed}")


def failed(recipe, reason):
    why = f"The saved run {recipe.key} cannot be used: {reason}."
    return {"state": "failed", "position": 0, "why": why}


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        (
            "run=../../etc/passwd",
            404,
            'run is "../../etc/passwd"; a run\'s key is 24 hexadecimal digits.',
        ),
        ("run=" + "A" * 24, 404, f'run is "{"A" * 24}"; a run\'s key is 24 hexadecimal digits.'),
        ("run=" + "0" * 24, 404, f"There is no run {'0' * 24}."),
        (
            "run=" + "0" * 23 + "%0A",
            404,
            f'run is "{"0" * 23}?"; a run\'s key is 24 hexadecimal digits.',
        ),
        ("run=", 404, 'run is ""; a run\'s key is 24 hexadecimal digits.'),
        ("", 400, "0 runs are asked for; it must be 1 to 32."),
        ("&".join(["run=" + "0" * 24] * 33), 400, "33 runs are asked for; it must be 1 to 32."),
        ("x=" + "y" * 2000, 414, "The query is longer than 2000 characters."),
    ],
)
def test_an_invalid_run_is_refused_with_a_clear_message(get, query, status, why):
    response = get("/frames?" + query)
    assert (response.status, json.loads(response.read())) == (status, {"error": why})


@pytest.mark.parametrize("start", ["-1", "x", "1.5", "nan", "9999999"])
def test_a_start_that_is_no_record_number_is_refused(get, start):
    write(QUICK)
    response = get(frames(QUICK, start=start))
    shown = f'"{start}"' if start in ("x", "nan") else start
    why = f"from is {shown}; it must be a whole number from 0 to 1000000."
    assert (response.status, json.loads(response.read())) == (400, {"error": why})


def coded(*recipes, start=()):
    return frames(*recipes) + "&coding=predicted" + "".join(f"&from={n}" for n in start)


def decoded(sent, run=0):
    """The header of a run in the compact coding, and its records by index, in order of arrival."""
    of_run = [(kind, content) for index, kind, content in sent if index == run]
    header = next(content for kind, content in of_run if kind == frame_stream.HEADER)
    header, found = json.loads(header), {}
    for kind, content in of_run:
        if kind == frame_stream.PIECE:
            found |= decode(content, header, found)
    return header, found


def rounded_records(trainer):
    records = np.frombuffer(b"".join(trainer.records), trainer.record.dtype)
    return [record.tobytes() for record in rounded(records)[0]]


def test_a_finished_run_in_the_compact_coding_comes_coarse_first(get):
    trainer = write(QUICK, 20)
    sent = messages(get(coded(QUICK)))
    assert kinds(sent)[:2] == [frame_stream.STATUS, frame_stream.HEADER]
    assert set(kinds(sent)[2:]) == {frame_stream.PIECE}
    header, found = decoded(sent)
    assert header == trainer.header
    assert list(found)[:4] == [0, 8, 16, 19]
    assert [found[index] for index in range(20)] == rounded_records(trainer)


def test_each_run_in_the_compact_coding_starts_at_its_record(get):
    first, second = QUICK, replace(QUICK, lr=0.05)
    write(first, 20), write(second, 20)
    sent = messages(get(coded(first, second, start=(20, 9))))
    assert [kind for run, kind, _ in sent if run == 0] == [
        frame_stream.STATUS,
        frame_stream.HEADER,
    ]
    coarse, *others = [
        content for run, kind, content in sent if (run, kind) == (1, frame_stream.PIECE)
    ]
    assert [sorted(records_of(piece)) for piece in (coarse, *others)] == [
        [0, 8, 16, 19],
        [9, 10, 11, 12, 13, 14, 15],
        [17, 18],
    ]


def records_of(piece):
    """The indices of the records in a piece."""
    count = struct.unpack_from("<I", piece)[0]
    return struct.unpack_from(f"<{count}I", piece, 4)


def test_a_live_run_in_the_compact_coding_is_followed_record_by_record(get):
    trainer = Trainer(QUICK)
    trainer.add(3)
    response = get(coded(QUICK))
    sent = until(response, frame_stream.PIECE)
    for _ in range(3):
        trainer.add()
        sent += until(response, frame_stream.PIECE)
    late = get(coded(QUICK, start=[5]))
    assert records_of(until(late, frame_stream.PIECE)[-1][2])[-1] == 5
    trainer.end()
    sent += messages(response)
    _, found = decoded(sent)
    assert list(found) == list(range(6))
    assert list(found.values()) == rounded_records(trainer)
    assert states(sent) == ["training", "ended"]


def test_readers_share_the_pieces_of_a_run(get, monkeypatch):
    made = []
    piece = Coder.piece
    monkeypatch.setattr(Coder, "piece", lambda *args: made.append(args[2]) or piece(*args))
    trainer = Trainer(QUICK)
    trainer.add(4)
    responses = [get(coded(QUICK)) for _ in range(20)]
    for response in responses:
        until(response, frame_stream.PIECE)
    live = len(made)
    trainer.end()
    for response in responses:
        assert decoded([(0, 0, json.dumps(trainer.header).encode()), *messages(response)])
    for _ in range(3):
        assert messages(get(coded(QUICK)))
    assert (live, len(made)) == (1, 3)


def test_a_stream_in_the_compact_coding_is_never_silent_for_long(get, monkeypatch):
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.05)
    trainer = Trainer(QUICK)
    response = get(coded(QUICK))
    assert until(response, frame_stream.HEARTBEAT)[-1] == (0, frame_stream.HEARTBEAT, b"")
    raw = get(frames(QUICK))
    assert kinds(until(raw, frame_stream.HEADER)) == [frame_stream.STATUS, frame_stream.HEADER]
    trainer.add()
    assert message(raw)[1] == frame_stream.RECORDS
    trainer.end()


def test_an_unknown_run_leaves_the_others_of_its_request_alone(get):
    trainer = write(QUICK)
    unknown = replace(QUICK, lr=0.05)
    sent = messages(get(frames(unknown, QUICK)))
    why = "The run is no longer there; start it again."
    assert [json.loads(content) for run, _, content in sent if run == 0] == [
        {"state": "stopped", "position": 0, "why": why}
    ]
    assert payload(sent, 1, frame_stream.RECORDS) == b"".join(trainer.records)


def test_a_run_that_is_asked_for_too_early_is_waited_for(pool, get):
    response = get(coded(QUICK))
    pool.submit([QUICK])
    sent = messages(response)
    assert states(sent)[-1] == "ended"
    assert "stopped" not in states(sent)
    assert len(decoded(sent)[1]) == 8


def test_a_run_that_does_not_come_is_said_to_be_no_longer_there(get, monkeypatch):
    monkeypatch.setattr(frame_stream, "PATIENCE_SECONDS", 0.1)
    sent = messages(get(coded(QUICK)))
    assert [json.loads(content)["state"] for _, _, content in sent] == ["stopped"]


def test_above_the_limit_of_streams_a_reader_is_asked_to_come_again(get, set_limits):
    set_limits(streams=1)
    trainer = Trainer(QUICK)
    first = get(frames(QUICK))
    message(first)
    response = get(frames(QUICK))
    assert (response.status, response.headers["retry-after"]) == (503, "5")
    why = "The server sends runs to as many pages as it may (1). Try again in a moment."
    assert json.loads(response.read()) == {"error": why}
    trainer.end()
    messages(first)
    assert get(frames(QUICK)).status == 200


def test_a_finished_run_is_verified_once_until_its_file_changes(get, monkeypatch):
    checked = []
    finished = reader.finished
    monkeypatch.setattr(reader, "finished", lambda key: checked.append(key) or finished(key))
    write(QUICK)
    for _ in range(3):
        assert kinds(messages(get(frames(QUICK))))[-1] == frame_stream.RECORDS
    assert checked == [QUICK.key]
    file = disk.path(QUICK.key)
    file.write_bytes(file.read_bytes()[:-4] + b"four")
    assert states(messages(get(frames(QUICK)))) == ["failed"]
    assert len(checked) == 2


def test_states_are_sent_and_count_as_reading(pool, get, monkeypatch):
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.6)
    ended = replace(QUICK, lr=0.05)
    write(ended)
    pool.submit([LONG])
    answer = json.loads(get(f"/states?run={LONG.key}&run={ended.key}").read())
    assert answer[LONG.key]["state"] in ("queued", "training")
    assert answer[ended.key] == {"state": "ended", "position": 0, "why": "", "wait": None}
    unread = replace(LONG, lr=0.05)
    pool.submit([unread])
    wait_for(lambda: pool.state(unread.key).state in ("unknown", "stopped"))
    assert pool.state(LONG.key).live


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (f"run={'0' * 24}&coding=zip", 'coding is "zip"; it must be predicted.'),
        (f"run={'0' * 24}&from=1&from=2", "from is there 2 times; it must be once, or 1 times."),
    ],
)
def test_an_invalid_coding_or_number_of_starts_is_refused(get, query, why):
    response = get("/frames?" + query)
    assert (response.status, json.loads(response.read())) == (400, {"error": why})


@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
def test_frames_can_only_be_read(get, method):
    write(QUICK)
    assert get(frames(QUICK), method).status == 405


def test_health_reports_workers_and_disk(get, tmp_path, monkeypatch):
    response = get("/healthz")
    assert (response.status, json.loads(response.read())) == (200, {"ok": True, "workers": 1})
    monkeypatch.setattr(health, "MIN_FREE_BYTES", 10**18)
    response = get("/healthz")
    assert response.status == 503
    assert "nearly full" in json.loads(response.read())["problems"][0]
    (tmp_path / "file").touch()
    monkeypatch.setenv("AMMIX_RUNS", str(tmp_path / "file"))
    why = "The folder of the runs cannot be written to: File exists."
    assert json.loads(get("/healthz").read()) == {"ok": False, "problems": [why]}


def test_a_hundred_readers_of_one_live_run_all_get_every_record(get):
    trainer = Trainer(QUICK)
    responses = [get(frames(QUICK)) for _ in range(100)]
    trainer.add(5)
    trainer.end()
    for response in responses:
        assert payload(messages(response), 0, frame_stream.RECORDS) == b"".join(trainer.records)


def test_the_image_behind_a_displayed_point_is_sent(pool, get):
    recipe = Recipe(data="digits", method="ce", epochs=1).canonical
    for _ in record([recipe]):
        pass
    dataset = load_dataset(recipe)
    size = len(dataset.train)
    for point in (0, size + 3):
        response = get(f"/image?run={recipe.key}&point={point}")
        assert (response.status, response.headers["content-type"]) == (200, "image/png")
        seen = np.asarray(Image.open(io.BytesIO(response.read())))
        pixels = dataset.train[0] if point == 0 else dataset.test[3]
        np.testing.assert_array_equal(seen, (pixels[..., 0] * (255 / 16)).astype(np.uint8))


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("run=../../etc/passwd&point=1", 404, "a run's key is 24 hexadecimal digits."),
        (f"run={'0' * 24}&point=1", 404, "There is no such image: its run"),
        (f"run={'0' * 24}&point=-1", 400, "point is -1; it must be a whole number from 0 to"),
        (f"run={'0' * 24}", 400, "it must be a whole number from 0 to"),
    ],
)
def test_an_invalid_image_request_is_refused_with_a_clear_message(get, query, status, sentence):
    response = get(f"/image?{query}")
    assert response.status == status
    answer = json.loads(response.read())["error"]
    assert sentence in answer
    assert str(disk.folder()) not in answer


def test_images_that_cannot_be_read_disclose_no_path_of_the_server(
    pool, get, monkeypatch, tmp_path
):
    def unreadable(recipe):
        raise ValueError(f"AMMIX_IMAGES is {tmp_path}; it must be a folder.")

    for _ in record([QUICK]):
        pass
    monkeypatch.setattr(Recipe, "on_images", property(lambda recipe: True))
    monkeypatch.setattr(images, "load_dataset", unreadable)
    answer = json.loads(get(f"/image?run={QUICK.key}&point=0").read())["error"]
    assert answer == "There is no such image: its run or its images cannot be read."


def test_a_run_of_the_toy_has_no_images_and_no_run_more_than_it_has(pool, get):
    digits = Recipe(data="digits", method="ce", epochs=1).canonical
    for recipe in (digits, QUICK):
        for _ in record([recipe]):
            pass
    for key, point, why in ((QUICK.key, 0, "not on images"), (digits.key, 1797, "1797 displayed")):
        response = get(f"/image?run={key}&point={point}")
        assert response.status == 404
        assert why in json.loads(response.read())["error"]


def test_streams_poll_less_often_the_more_are_open_but_ten_times_a_second():
    assert [round(streams.pause(count), 3) for count in (1, 20, 100, 500)] == [
        0.031,
        0.05,
        0.1,
        0.1,
    ]


AM = replace(QUICK, method="am_mixup")


def parts_of(sent):
    """The optional parts of a run's records: name → bytes by index."""
    header = json.loads(payload(sent, 0, frame_stream.HEADER))
    found = {}
    for content in (content for _, kind, content in sent if kind == frame_stream.PART):
        name, of_records = decode_part(content, header)
        found[name] = found.get(name, {}) | of_records
    return found


def records_on_disk(recipe):
    with reader.Run(recipe.key) as run:
        return run.header, run.records(), run.read()


def test_optional_parts_are_sent_only_to_those_who_ask(get):
    list(record([AM]))
    header, records, content = records_on_disk(AM)
    assert not parts_of(messages(get(coded(AM))))
    sent = messages(get(coded(AM) + "&part=mixed&part=grid"))
    size, found = header["record_size"], parts_of(sent)
    for name, (begin, end) in header["parts"].items():
        expected = {i: content[size * i :][begin:end] for i in range(len(records))}
        assert found[name] == expected
    assert len(decoded(sent)[1]) == len(records)
    late = parts_of(messages(get(coded(AM, start=[len(records)]) + "&part=mixed&part_from=3")))
    assert list(late) == ["mixed"]
    assert sorted(late["mixed"]) == list(range(3, len(records)))


def test_optional_parts_of_a_live_run_follow_its_records(pool, get):
    pool.submit([AM])
    sent = messages(get(coded(AM) + "&part=mixed"))
    _, records, _ = records_on_disk(AM)
    assert sorted(parts_of(sent)["mixed"]) == list(range(len(records)))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("part=all", 'part is "all"; it must be one of grid, mixed.'),
        ("part=grid&part_from=-1", "part_from is -1; it must be a whole number from 0 to 1000000."),
    ],
)
def test_an_invalid_part_is_refused_with_a_clear_message(get, query, sentence):
    response = get(f"{coded(AM)}&{query}")
    assert (response.status, json.load(response)["error"]) == (400, sentence)


def test_the_inputs_of_a_run_are_sent(get):
    list(record([AM]))
    assert get(f"/inputs?run={AM.key}").read() == input_plane(AM.key)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"run={'0' * 24}", "There are no such inputs: the run cannot be read."),
        ("run=../x", 'run is "../x"; a run\'s key is 24 hexadecimal digits.'),
    ],
)
def test_an_invalid_request_for_inputs_is_refused_with_a_clear_message(get, query, sentence):
    response = get(f"/inputs?{query}")
    assert (response.status, json.load(response)["error"]) == (404, sentence)
