"""A worker process: what it trains in which turn, and what it answers."""

import contextvars
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ammix_viz.runs import disk, recording
from ammix_viz.workers import worker

ROOT = Path(__file__).parents[2]


class Served(Exception):  # noqa: N818
    """All jobs are done."""


class Inbox:
    """Has two jobs on images, of two steps and of three, each with a folder."""

    def __init__(self, folder):
        self.cancelled = set()
        self._jobs = [
            {
                "job": n,
                "folder": str(folder / str(n)),
                "batch": False,
                "recipes": [{"data": "digits", "epochs": n}],
            }
            for n in (2, 3)
        ]

    def receive(self, wait):
        while self._jobs:
            yield self._jobs.pop(0)


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Serve the two jobs; return each step as (job, folder), and the answers."""
    steps, answers, inbox = [], [], Inbox(tmp_path)

    def record(recipes):
        for _ in range(recipes[0].epochs):
            steps.append((recipes[0].epochs, disk.folder().name))
            yield 1.0

    def answer(message):
        answers.append(message)
        if len(answers) == 2:
            raise Served

    def run(cancelled=(), turn=0.0):
        inbox.cancelled.update(cancelled)
        monkeypatch.setattr(recording, "record", record)
        monkeypatch.setattr(worker, "TURN_SECONDS", turn)
        with pytest.raises(Served):
            contextvars.copy_context().run(worker.serve, inbox, answer)
        return steps, answers

    return run


def test_jobs_take_turns_each_in_its_folder(serve):
    steps, answers = serve()
    assert steps == [(3, "3"), (2, "2"), (3, "3"), (2, "2"), (3, "3")]
    assert answers == [{"done": 2}, {"done": 3}]


def test_a_cancelled_job_is_answered_and_the_other_goes_on(serve):
    steps, answers = serve(cancelled=[3])
    assert steps == [(2, "2"), (2, "2")]
    assert answers == [{"done": 3}, {"done": 2}]


def test_a_worker_that_trains_says_so_now_and_then(serve, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.0)
    _, answers = serve(turn=1.0)
    assert answers[0] == {"beat": True}


NOISY = """
import os, sys, types
from ammix_viz.workers import worker
def record(recipes):
    print("from Python", flush=True)
    os.system("echo from a library")
    yield 1.0
    raise KeyError(recipes[0].method)
sys.modules["ammix_viz.runs.recording"] = types.SimpleNamespace(record=record)
worker.TURN_SECONDS = 0.0
worker.warm_up = lambda: ["cpu"]
worker.main()
"""


def test_what_a_library_prints_does_not_reach_the_pool(tmp_path):
    recipes = [{"data": "digits", "method": "ce"}]
    job = {"job": 7, "folder": str(tmp_path), "batch": False, "recipes": recipes}
    command = [sys.executable, "-c", NOISY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, cwd=ROOT, **pipes) as child:
        child.stdin.write(json.dumps(job) + "\n")
        child.stdin.flush()
        ready, answer = (json.loads(child.stdout.readline()) for _ in range(2))
        child.stdin.close()
        assert child.stdout.read() == ""
        log = child.stderr.read()
    assert ready["ready"] is True
    assert ready["devices"][0] == "cpu"
    why = "Training broke off (KeyError); the server's log says more."
    assert answer == {"error": 7, "why": why}
    assert all(text in log for text in ("from Python", "from a library", "KeyError: 'ce'"))


def test_a_device_that_is_not_there_ends_training_on_images_with_two_and_a_sentence(capsys):
    import torch

    from ammix_viz.__main__ import main

    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    assert main(["train", "--data", "digits", "--device", "cuda"]) == 2
    assert capsys.readouterr().err.strip() == "device is cuda; this machine has cpu."
