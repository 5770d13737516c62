"""Worker processes that cannot be started, that hang, or that do not read their messages."""

import subprocess
import threading
import time

import pytest

from ammix_viz.workers import limits, processes
from ammix_viz.workers.processes import WorkerProcess, WorkerProcesses


@pytest.fixture
def asleep(tmp_path, monkeypatch):
    """Replace the program of the workers by one that neither reads nor writes."""
    script = tmp_path / "asleep"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o700)
    monkeypatch.setattr(processes.sys, "executable", str(script))


@pytest.fixture
def workers():
    found = WorkerProcesses(1, lambda *_: None, lambda _: None)
    yield found
    for worker in found.release():
        worker.kill()


def failing(monkeypatch, count, error):
    """Let the first attempts to start a process fail; return the list of all attempts."""
    attempts, start = [], subprocess.Popen

    def popen(*args, **options):
        attempts.append(args)
        if len(attempts) <= count:
            raise error
        return start(*args, **options)

    monkeypatch.setattr(processes.subprocess, "Popen", popen)
    return attempts


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(12, "Cannot allocate memory"), "Cannot allocate memory"),
        (OSError(24, "Too many open files"), "Too many open files"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
    ],
)
def test_a_process_that_cannot_be_started_is_tried_again_later_and_later(
    asleep, workers, monkeypatch, error, why
):
    attempts = failing(monkeypatch, 3, error)
    tried = []
    for tick in range(60):
        before = len(attempts)
        workers.start_one(tick / 10)
        tried += [tick / 10] if len(attempts) > before else []
        if len(tried) == 1:
            assert workers.problem == f"A worker process cannot be started: {why}."
    assert tried == [0.0, 0.5, 1.5, 3.5]
    assert workers.problem == ""
    assert len(workers.by_pid) == 1


def test_a_worker_that_warms_up_without_end_or_is_busy_and_silent_is_found(
    asleep, workers, monkeypatch
):
    workers.start_one(0.0)
    (worker,) = workers.by_pid.values()
    late = time.monotonic() + limits.SILENT_SECONDS
    assert workers.silent(set(), late - 1) == set()
    assert workers.silent(set(), late + 1) == {worker.pid}
    worker.ready = True
    assert workers.silent({None}, late + 1) == set()
    assert workers.silent({worker.pid}, late + 1) == {worker.pid}
    monkeypatch.setattr(processes.time, "monotonic", lambda: late)
    worker.send({"job": 1})
    assert workers.silent({worker.pid}, late + 1) == set()


def test_sending_does_not_wait_for_a_process_that_does_not_read(asleep):
    worker = WorkerProcess(lambda *_: None, lambda _: None)
    try:
        sending = threading.Thread(target=worker.send, args=({"job": "x" * 2**20},), daemon=True)
        sending.start()
        sending.join(5)
        assert not sending.is_alive()
    finally:
        worker.stop(0.0)
    assert worker.exit_reason == "SIGKILL"


def test_a_message_that_cannot_be_handled_does_not_hide_the_end_of_its_process(
    tmp_path, monkeypatch, caplog
):
    script = tmp_path / "talking"
    script.write_text("#!/bin/sh\necho '{\"job\": 1}'\n")
    script.chmod(0o700)
    monkeypatch.setattr(processes.sys, "executable", str(script))
    over = threading.Event()

    def handle(worker, message):
        raise KeyError(message["job"])

    WorkerProcess(handle, lambda _: over.set())
    assert over.wait(5)
    assert "was not handled" in caplog.text
