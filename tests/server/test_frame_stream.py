"""The frame stream over real HTTP, read byte by byte."""

import json
import os
import signal
import struct
from dataclasses import replace

import pytest
from support.streams import (
    LONG,
    QUICK,
    Trainer,
    frames,
    kinds,
    message,
    messages,
    payload,
    states,
    until,
    write,
)
from support.waiting import wait_for

from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import pack_header
from ammix_viz.server import frame_stream, shared_run, streams
from ammix_viz.settings.comparison import Comparison
from ammix_viz.workers import limits
from ammix_viz.workers.run_state import GIVEN_UP


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


def failed(recipe, reason):
    why = f"The saved run {recipe.key} cannot be used: {reason}."
    return {"state": "failed", "position": 0, "why": why}


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


def test_an_unknown_run_leaves_the_others_of_its_request_alone(get):
    trainer = write(QUICK)
    unknown = replace(QUICK, lr=0.05)
    sent = messages(get(frames(unknown, QUICK)))
    why = "The run is no longer there; start it again."
    assert [json.loads(content) for run, _, content in sent if run == 0] == [
        {"state": "stopped", "position": 0, "why": why}
    ]
    assert payload(sent, 1, frame_stream.RECORDS) == b"".join(trainer.records)


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


def test_a_hundred_readers_of_one_live_run_all_get_every_record(get):
    trainer = Trainer(QUICK)
    responses = [get(frames(QUICK)) for _ in range(100)]
    trainer.add(5)
    trainer.end()
    for response in responses:
        assert payload(messages(response), 0, frame_stream.RECORDS) == b"".join(trainer.records)
