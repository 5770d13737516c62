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
    """Has two jobs, of two steps and of three, each with a folder."""

    def __init__(self, folder):
        self.cancelled = set()
        self._jobs = [
            {"job": n, "folder": str(folder / str(n)), "recipes": [{"epochs": n}]} for n in (2, 3)
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

    def run(cancelled=()):
        inbox.cancelled.update(cancelled)
        monkeypatch.setattr(recording, "record", record)
        monkeypatch.setattr(worker, "TURN_SECONDS", 0.0)
        with pytest.raises(Served):
            contextvars.copy_context().run(worker.serve, inbox, answer)
        return steps, answers

    return run


def test_jobs_take_turns_each_in_its_folder(serve):
    steps, answers = serve()
    assert steps == [(2, "2"), (3, "3"), (2, "2"), (3, "3"), (3, "3")]
    assert answers == [{"done": 2}, {"done": 3}]


def test_a_cancelled_job_is_answered_and_the_other_goes_on(serve):
    steps, answers = serve(cancelled=[3])
    assert steps == [(2, "2"), (2, "2")]
    assert answers == [{"done": 3}, {"done": 2}]


NOISY = """
import os, sys, types
from ammix_viz.workers import worker
def record(recipes):
    print("from Python", flush=True)
    os.system("echo from a library")
    yield 1.0
    raise KeyError(recipes[0].method)
sys.modules["ammix_viz.runs.recording"] = types.SimpleNamespace(record=record)
worker.warm_up = lambda: ["cpu"]
worker.main()
"""


def test_what_a_library_prints_does_not_reach_the_pool(tmp_path):
    job = {"job": 7, "folder": str(tmp_path), "recipes": [{"method": "ce"}]}
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


def test_an_error_message_is_one_line():
    assert worker.error_message(ValueError("Too big.\nAt line 3")) == "Too big."
    assert worker.error_message(OSError(28, "No space left on device")) == (
        "The run cannot be written: No space left on device."
    )


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB.\nGPU 0 has …"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: out of memory"),
    ],
    ids=["python", "cuda", "cpu"],
)
def test_out_of_memory_is_reported_with_advice(error):
    assert worker.error_message(error) == (
        "The device has not enough memory left for this run. "
        "Try a smaller batch_size, or another device."
    )


def test_a_device_that_is_not_there_ends_training_on_images_with_two_and_a_sentence(capsys):
    import torch

    from ammix_viz.__main__ import main

    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    assert main(["train", "--data", "digits", "--device", "cuda"]) == 2
    assert capsys.readouterr().err.strip() == "device is cuda; this machine has cpu."
