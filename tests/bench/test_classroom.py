"""The class of the benchmark: what its sessions see, and the numbers that are made of it."""

import asyncio
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from ammix_viz.__main__ import main
from ammix_viz.bench.classroom import beta, spread, summary
from ammix_viz.bench.sessions import Seen, messages
from ammix_viz.bench.usage import usage
from ammix_viz.settings.recipe import Recipe


def cut(chunks):
    async def source():
        for chunk in chunks:
            yield chunk

    async def collect():
        return [message async for message in messages(source())]

    return asyncio.run(collect())


@pytest.mark.parametrize("size", [1, 5, 12, 13, 100])
def test_messages_are_read_however_the_stream_is_cut(size):
    sent = [(0, 2, b'{"state": "queued"}'), (3, 1, b"records"), (1, 3, b"")]
    stream = b"".join(struct.pack("<III", i, kind, len(p)) + p for i, kind, p in sent)
    assert cut(stream[at : at + size] for at in range(0, len(stream), size)) == sent


def test_at_most_five_percent_exceed_the_95th_percentile():
    assert spread([float(i) for i in range(100, 0, -1)]) == {"median": 50.5, "95 %": 95.0}
    assert spread([3.0, 1.0]) == {"median": 2.0, "95 %": 3.0}
    assert spread([]) == {"median": None, "95 %": None}


def test_what_did_not_happen_is_left_out_of_the_times_and_counted_as_a_problem():
    report = summary(
        [
            Seen(script=0.1, first=0.2, followed=1, end=4, page_bytes=2_000_000),
            Seen(script=0.3, problem="The page's WebSocket was closed."),
        ]
    )
    assert (report["sessions"], report["sessions with a problem"]) == (2, 1)
    assert report["first problem"] == "The page's WebSocket was closed."
    assert report["end of the page's script, median, s"] == 0.2
    assert report["first record of the AM-mixup run, 95 %, s"] == 1
    assert report["received by a session of the page, MB"] == 1


def test_every_session_of_a_class_trains_a_different_run():
    keys = {Recipe(method="am_mixup", beta=float(beta(i, 300))).key for i in range(300)}
    assert len(keys) == 300


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_processes_that_this_one_has_started_are_counted_as_server_or_workers():
    before = usage()
    waiting = [sys.executable, "-c", "print('up', flush=True); input()"]
    for number, words in enumerate((waiting, [*waiting, "ammix_viz.workers.worker"])):
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            now = usage()
            child.stdin.close()
        assert now[number].threads == before[number].threads + 1
        assert now[number].memory > before[number].memory + 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("fast --sessions 3", "The benchmark fast does not read --sessions."),
        ("study --same", "The benchmark study does not read --same."),
        (
            "classroom --sessions 0",
            "sessions is 0; it must be a whole number from 1 to 10000.",
        ),
    ],
)
def test_options_that_a_benchmark_does_not_read_or_allow_are_refused(words, sentence, capsys):
    assert main(["bench", *words.split()]) == 2
    assert capsys.readouterr().err == sentence + "\n"
