"""Workers that are killed, hang or cannot be started, and runs that cannot be used or trained."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support.pools import (
    DIGITS,
    LATER,
    LONG,
    QUICK,
    has_records,
    inode,
    is_state,
    job_of,
    several,
    states,
)
from support.waiting import wait_for

from ammix_viz.runs import disk, reader
from ammix_viz.workers import limits, processes
from ammix_viz.workers.dispatcher import NO_WORKER
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import RunState

ROOT = Path(__file__).parents[2]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter if it ends between open and read
        return False


def test_after_a_killed_worker_points_begin_again_once_and_images_resume(pool, monkeypatch):
    victim, neighbour = several(LONG, 2)
    image = replace(DIGITS, epochs=12)
    for recipe in (victim, neighbour, image):
        pool.submit([recipe])
        pool.touch([recipe.key], LATER)
    wait_for(lambda: has_records(victim) and has_records(image) > 3)  # the first epoch is over
    worker, first, begun = job_of(pool, victim).worker, inode(image), inode(victim)
    assert job_of(pool, image).worker == worker
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: inode(victim) != begun and has_records(victim))
    assert states(pool, victim, neighbour) == ["training"] * 2
    os.kill(job_of(pool, victim).worker, signal.SIGKILL)
    is_state(pool, victim, "stopped")
    why = "The process that trained this run came to a sudden end (SIGKILL)."
    assert pool.state(victim.key).why == why
    assert disk.status(victim.key).size == disk.path(victim.key).stat().st_size
    pool.submit([victim])
    assert pool.state(victim.key).state == "stopped"
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.0)
    pool.leave([neighbour.key])
    is_state(pool, image, "ended", "stopped")
    assert (pool.state(image.key).state, inode(image)) == ("ended", first)


def asked_for_while_cancelled(pool, monkeypatch):
    """Ask for a run again whose cancelled worker is stopped (SIGSTOP); return that worker."""
    pool.submit([LONG])
    wait_for(lambda: has_records(LONG))
    worker = job_of(pool, LONG).worker
    os.kill(worker, signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(limits, "IDLE_SECONDS", 0.0)
        wait_for(lambda: job_of(pool, LONG).cancelled)
    pool.submit([LONG])
    assert pool.state(LONG.key) == RunState("queued", position=1)  # the other worker is idle
    return worker


def test_a_worker_that_does_not_answer_a_cancel_is_killed_and_its_run_can_start_anew(
    pool, monkeypatch
):
    stuck = asked_for_while_cancelled(pool, monkeypatch)
    assert alive(stuck)
    monkeypatch.setattr(limits, "STUCK_SECONDS", 0.0)
    wait_for(lambda: not alive(stuck))
    is_state(pool, LONG, "training")


def test_a_worker_that_hangs_is_killed_and_its_run_begins_again(pool, monkeypatch):
    pool.submit([LONG])
    pool.touch([LONG.key], LATER)
    wait_for(lambda: has_records(LONG))
    hanging = job_of(pool, LONG).worker
    os.kill(hanging, signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(limits, "SILENT_SECONDS", 5.0)
        wait_for(lambda: not alive(hanging))
    wait_for(lambda: job_of(pool, LONG).worker not in (None, hanging))
    assert pool.state(LONG.key).state == "training"


def test_a_run_asked_for_while_it_is_given_up_is_trained_again(pool, monkeypatch):
    worker = asked_for_while_cancelled(pool, monkeypatch)
    os.kill(worker, signal.SIGCONT)
    is_state(pool, LONG, "training")
    wait_for(lambda: has_records(LONG))


def test_a_damaged_or_foreign_file_is_reported_and_trained_again(pool):
    changed, foreign = QUICK, replace(QUICK, lr=0.05)
    pool.submit([changed])
    is_state(pool, changed, "ended")
    whole = disk.path(changed.key).read_bytes()
    disk.path(changed.key).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    disk.path(foreign.key).write_bytes(whole)
    assert pool.submit([changed, foreign]) == [
        f"The saved run {changed.key} cannot be used: its content has changed. "
        "It is trained again.",
        f"The saved run {foreign.key} cannot be used: it holds another recipe than its name "
        "says. It is trained again.",
    ]
    is_state(pool, changed, "ended")
    is_state(pool, foreign, "ended")
    assert disk.path(changed.key).read_bytes() == whole
    assert reader.finished(foreign.key).state == "ended"


def test_a_run_that_cannot_be_trained_says_why_and_its_worker_lives_on(pool, caplog):
    if "cuda" in pool.devices():
        pytest.skip("this machine has the device")
    bad = replace(QUICK, device="cuda")
    pool.submit([bad])
    is_state(pool, bad, "stopped")
    assert pool.state(bad.key).why == "device is cuda; this machine has cpu."
    pool.submit([bad])
    assert pool.state(bad.key).state == "stopped"
    assert (pool.ready(), caplog.messages) == (2, [])


def test_workers_that_die_at_once_stay_down_and_the_pool_says_so(monkeypatch):
    monkeypatch.setattr(limits, "MAX_QUICK_DEATHS", 2)
    monkeypatch.setattr(processes.sys, "executable", "false")
    pool = Pool(size=1)
    assert pool.problems() == ["The workers are not started."]
    pool.start()
    pool.submit([QUICK])
    is_state(pool, QUICK, "stopped")
    assert pool.state(QUICK.key).why == NO_WORKER
    assert pool.problems() == [NO_WORKER]
    with pytest.raises(ValueError, match="No worker process stays alive"):
        pool.submit([LONG])
    pool.stop()


def test_a_worker_that_cannot_be_started_is_a_problem_until_it_can_be(monkeypatch):
    start, broken = processes.WorkerProcess, threading.Event()
    broken.set()

    def fork(*callbacks):
        if broken.is_set():
            raise OSError(12, "Cannot allocate memory")
        return start(*callbacks)

    monkeypatch.setattr(processes, "WorkerProcess", fork)
    pool = Pool(size=1)
    pool.start()
    pool.submit([QUICK])
    why = "A worker process cannot be started: Cannot allocate memory."
    wait_for(lambda: pool.problems() == [why])
    assert states(pool, QUICK) == ["queued"]
    broken.clear()
    is_state(pool, QUICK, "ended")
    assert pool.problems() == []
    pool.stop()


SERVER = """
import time
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.pool import Pool
pool = Pool(1)
pool.start()
pool.submit([Recipe(epochs=2000)])
while pool.jobs()[0].worker is None:
    time.sleep(0.01)
print(pool.jobs()[0].worker, flush=True)
input()
"""


def test_no_worker_outlives_a_server_that_is_killed():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, **pipes) as server:
        worker = int(server.stdout.readline())
        assert alive(worker)
        server.kill()
    wait_for(lambda: not alive(worker), 5)
