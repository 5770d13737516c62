"""All messages about a finished run, decoded apart from the program."""

import json
import struct
import zlib

import anyio
import pytest
from support.decoder import decode, decode_part

from ammix_viz.runs import disk, reader
from ammix_viz.runs.recording import record
from ammix_viz.server.coding import rounded
from ammix_viz.server.frame_stream import HEADER, PART, PIECE, STATUS
from ammix_viz.server.whole_run import Unfinished, whole_run
from ammix_viz.settings.recipe import Recipe

QUICK = Recipe(method="am_mixup", epochs=3)


def messages_of(content):
    """Run, kind and payload of each message of a deflated stream."""
    inflated, at, found = zlib.decompress(content, -15), 0, []
    while at < len(inflated):
        run, kind, size = struct.unpack_from("<3I", inflated, at)
        found.append((run, kind, inflated[at + 12 : at + 12 + size]))
        at += 12 + size
    return found


def test_the_messages_hold_every_record_with_all_of_its_parts():
    list(record([QUICK]))
    run = anyio.run(whole_run, QUICK.key)
    messages = messages_of(run.messages)
    assert {index for index, _, _ in messages} == {0}
    kinds = [kind for _, kind, _ in messages]
    assert kinds == sorted(kinds, key=[STATUS, HEADER, PIECE, PART].index)
    assert json.loads(messages[0][2])["state"] == "ended"
    header, records, parts = json.loads(messages[1][2]), {}, {}
    for _, kind, payload in messages[2:]:
        if kind == PIECE:
            records |= decode(payload, header, records)
        else:
            name, found = decode_part(payload, header)
            parts[name] = found
    with reader.Run(QUICK.key) as file:
        exact, _ = rounded(file.records())
    assert run.records == len(records) == len(exact)
    assert run.image_size == ()
    for i, bytes_of in enumerate(each.tobytes() for each in exact):
        assert records[i] == bytes_of[: len(records[i])]
        for name, (begin, end) in header["parts"].items():
            assert parts[name][i] == bytes_of[begin:end]


def test_a_run_that_is_missing_or_damaged_is_refused_with_a_sentence():
    with pytest.raises(Unfinished) as missing:
        anyio.run(whole_run, QUICK.key)
    assert str(missing.value) == (
        f"The run {QUICK.key} has not finished training, or is no longer there."
    )
    list(record([QUICK]))
    content = bytearray(disk.path(QUICK.key).read_bytes())
    content[-1] ^= 1
    disk.path(QUICK.key).write_bytes(content)
    with pytest.raises(reader.DamagedRun) as damaged:
        anyio.run(whole_run, QUICK.key)
    assert str(damaged.value) == (
        f"The saved run {QUICK.key} cannot be used: its content has changed."
    )
