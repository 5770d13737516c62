"""Runs that a test writes record by record, and the messages of the stream that sends them."""

import json
import struct

import numpy as np
from support.decoder import decode

from ammix_viz.runs import writer
from ammix_viz.runs.format import make_header, record_dtype
from ammix_viz.server import frame_stream
from ammix_viz.server.coding import rounded
from ammix_viz.settings.recipe import Recipe

QUICK = Recipe(method="ce", epochs=3)
LONG = Recipe(method="ce", epochs=2000)
ONE_STAGE = [{"name": "training", "epochs": 4, "last": 8}]
POINTS = 40


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


def frames(*recipes, start=None):
    query = "&".join(f"run={recipe.key}" for recipe in recipes)
    return f"/frames?{query}" + ("" if start is None else f"&from={start}")


def coded(*recipes, start=()):
    return frames(*recipes) + "&coding=predicted" + "".join(f"&from={n}" for n in start)


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


def decoded(sent, run=0):
    """The header of a run in the compact coding, and its records by index, in order of arrival."""
    of_run = [(kind, content) for index, kind, content in sent if index == run]
    header = next(content for kind, content in of_run if kind == frame_stream.HEADER)
    header, found = json.loads(header), {}
    for kind, content in of_run:
        if kind == frame_stream.PIECE:
            found |= decode(content, header, found)
    return header, found


def records_of(piece):
    """The indices of the records in a piece."""
    count = struct.unpack_from("<I", piece)[0]
    return struct.unpack_from(f"<{count}I", piece, 4)


def rounded_records(trainer):
    records = np.frombuffer(b"".join(trainer.records), trainer.record.dtype)
    return [record.tobytes() for record in rounded(records)[0]]
