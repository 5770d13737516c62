"""Ctrl-C and a closed pipe, with real processes."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from support.full_disk import file_size_limit
from support.waiting import wait_for

from ammix_viz.__main__ import main
from ammix_viz.commands.interrupts import until_interrupted
from ammix_viz.runs import disk
from ammix_viz.workers.processes import WorkerProcess

PROGRAM = [sys.executable, "-m", "ammix_viz"]
LONG = ["sweep", "--x", "epochs=1,2000", "--methods", "ce", "--imbalance", "200"]


def start(words, **streams):
    """Start a command as a shell does: in a process group that Ctrl-C reaches as a whole."""
    return subprocess.Popen([*PROGRAM, *words], text=True, process_group=0, **streams)


def interrupt(process):
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=60)


def ended():
    """Return the states of the runs that have come to an end."""
    found = map(disk.status, disk.keys())
    return [end.state for end in found if end]


def test_ctrl_c_ends_many_runs_quietly_and_keeps_what_has_ended(runs_folder, capsys):
    with start(LONG, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_for(lambda: ended() == ["ended"])
        out, err = interrupt(process)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "Error" not in err
    assert main(["runs", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["runs"]
    assert "ended" in {run["status"] for run in listed}
    assert "damaged" not in {run["status"] for run in listed}


def test_ctrl_c_ends_one_run_quietly(runs_folder):
    words = ["train", "--epochs", "2000", "--method", "ce"]
    with start(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_for(lambda: list(runs_folder.glob("*.run")))
        out, err = interrupt(process)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_ctrl_c_says_how_many_runs_have_ended_and_how_to_go_on(tmp_path, runs_folder):
    words = ["reproduce", "all", "--seeds", "1", "--data", "digits", "--out", str(tmp_path / "all")]
    with start(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_for(lambda: list(runs_folder.glob("*.run")))
        out, err = interrupt(process)
    assert (process.returncode, out) == (130, "")
    assert re.fullmatch(
        r"\d+ of \d+ runs have ended\. The same command trains the rest; with --no-train it "
        r"reports what has ended\.",
        err.strip(),
    )
    assert set(ended()) <= {"ended", "stopped"}


def test_ctrl_c_is_not_for_worker_processes():
    worker = WorkerProcess(lambda *_: None, lambda _: None)
    try:
        assert os.getpgid(worker.pid) != os.getpgrp()
    finally:
        worker.kill()


def test_ctrl_c_closes_a_generator_at_its_next_item():
    seen, before = [], signal.getsignal(signal.SIGINT)

    def items():
        try:
            for number in range(5):
                if number == 2:
                    signal.raise_signal(signal.SIGINT)
                    seen.append("goes on")
                yield number
        finally:
            seen.append("closed")

    def follow():
        for number in until_interrupted(items()):
            seen.append(number)

    with pytest.raises(KeyboardInterrupt):
        follow()
    assert seen == [0, 1, "goes on", 2, "closed"]
    assert signal.getsignal(signal.SIGINT) is before
    assert list(until_interrupted(item for item in "ab")) == ["a", "b"]


@pytest.mark.parametrize("words", [["runs"], ["-h"], ["train", "--epochs", "1", "--json"]])
def test_a_closed_pipe_ends_it_without_a_word(words):
    reader, writer = os.pipe()
    os.close(reader)
    with start(words, stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 141
    assert "Traceback" not in err
    assert "Exception" not in err
    assert ended() == (["ended"] if words[0] == "train" else [])


@pytest.mark.parametrize("size", [50, 20_000], ids=["nothing fits", "the header fits"])
def test_many_runs_end_with_the_reason_on_a_full_disk(size, capsys):
    words = ["sweep", "--x", "beta=0,1", "--methods", "am_mixup", "--epochs", "2"]
    with file_size_limit(size):
        assert main(words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("2 runs stopped: The run cannot be written: File too large.\n")
    assert main(words) == 0
    assert capsys.readouterr().err == ""
