"""The compact coding over real HTTP, and the optional parts of records."""

import json
from dataclasses import replace

from support.decoder import decode_part
from support.streams import (
    QUICK,
    Trainer,
    coded,
    decoded,
    frames,
    kinds,
    message,
    messages,
    payload,
    records_of,
    rounded_records,
    states,
    until,
    write,
)

from ammix_viz.runs import reader
from ammix_viz.runs.recording import record
from ammix_viz.server import frame_stream, streams
from ammix_viz.server.coding import Coder

AM = replace(QUICK, method="am_mixup")


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
