"""The pool with real worker processes: what is trained, and what becomes of it."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
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

from ammix_viz.runs import disk, reader, writer
from ammix_viz.runs.format import make_header
from ammix_viz.runs.recording import record
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits
from ammix_viz.workers.run_state import GIVEN_UP, RunState

ROOT = Path(__file__).parents[2]
ONE_STAGE = [{"name": "training", "epochs": 4, "last": 3}]


def undisturbed(recipe, folder):
    """The bytes of a run that this process trains by itself."""
    with disk.use_folder(folder):
        assert list(record([recipe]))
        return disk.path(recipe.key).read_bytes()


def test_a_run_is_trained_to_its_end_and_served_from_disk_from_then_on(pool):
    assert pool.state(QUICK.key).state == "unknown"
    assert pool.submit([QUICK]) == []
    is_state(pool, QUICK, "ended")
    before = disk.path(QUICK.key).stat()
    assert pool.submit([QUICK], restart=True) == []
    assert pool.state(QUICK.key) == RunState("ended")
    after = disk.path(QUICK.key).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_recipe_is_trained_once_however_many_ask(pool, monkeypatch):
    together = threading.Barrier(20)

    def finished(key):
        together.wait(10)  # all have read the disk before the first goes on
        return None

    with monkeypatch.context() as patch:
        patch.setattr(reader, "finished", finished)
        askers = [threading.Thread(target=pool.submit, args=([LONG],)) for _ in range(20)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
    pool.submit([replace(LONG, beta=1.0), replace(LONG, alpha=2.0)])  # ce reads neither
    (job,) = pool.jobs()
    assert list(job.recipes) == [LONG.key]


def test_runs_of_one_stack_share_one_worker(pool):
    four = Comparison(shared=LONG).recipes
    pool.submit(four)
    assert states(pool, *four) == ["training"] * 4
    assert len(pool.jobs()) == 1
    for recipe in four:
        wait_for(lambda recipe=recipe: has_records(recipe))


def test_waiting_runs_know_their_position(pool):
    recipes = several(LONG, 4)
    for recipe in recipes:
        pool.submit([recipe])
    found = [(s.state, s.position) for s in (pool.state(r.key) for r in recipes)]
    assert found == [("training", 0), ("training", 0), ("queued", 1), ("queued", 2)]


def test_a_run_that_nobody_reads_is_given_up_and_trained_again_when_asked_for(pool, monkeypatch):
    unread, read = several(LONG, 2)
    pool.submit([unread])
    pool.submit([read])
    wait_for(lambda: has_records(unread))
    first = inode(unread)
    with monkeypatch.context() as patch:
        pool.touch([read.key], LATER)
        patch.setattr(limits, "IDLE_SECONDS", 0.0)
        is_state(pool, unread, "stopped")
    assert pool.state(unread.key).why == GIVEN_UP
    assert pool.state(read.key).state == "training"
    pool.submit([unread])
    wait_for(lambda: has_records(unread))
    assert pool.state(unread.key).state == "training"
    assert inode(unread) != first or disk.status(unread.key) is None


def test_a_run_makes_way_once_its_last_reader_has_left(pool):
    read, left, waiting = several(LONG, 3)
    with pool.reading([read.key]):
        with pool.reading([left.key]):
            for recipe in (read, left, waiting):
                pool.submit([recipe])
            before = job_of(pool, left).read_at
            with pool.reading([left.key]):
                pass
            pool.leave([left.key])  # a page that is left has no say over another's reader
            assert job_of(pool, left).read_at == before
            assert states(pool, left, waiting) == ["training", "queued"]
        assert job_of(pool, left).read_at < before
        is_state(pool, waiting, "training")
        assert pool.state(read.key).state == "training"


def test_a_reader_that_comes_back_later_keeps_its_run(pool):
    with pool.reading([LONG.key]):
        pool.submit([LONG])
        pool.touch([LONG.key], LATER)
    assert job_of(pool, LONG).read_at > time.monotonic() + LATER / 2


def test_runs_of_several_sessions_train_in_one_stack_to_the_bytes_of_a_run_alone(pool, tmp_path):
    recipes = [replace(QUICK, method="am_mixup", epochs=40, beta=0.1 * n) for n in range(5)]
    for number, recipe in enumerate(recipes):
        pool.submit([recipe], session=str(number))
        wait_for(lambda recipe=recipe: has_records(recipe))
    assert len({job.worker for job in pool.jobs()}) <= 2
    for recipe in recipes:
        is_state(pool, recipe, "ended", "stopped")
    for recipe in recipes[-2:]:
        whole = undisturbed(recipe, tmp_path / "apart")
        assert disk.path(recipe.key).read_bytes() == whole


def test_a_session_has_a_limit_and_another_session_still_gets_in(pool, set_limits):
    set_limits(session_runs=8)
    mine = [replace(LONG, init_seed=seed) for seed in range(9)]
    pool.submit(mine[:6], session="mine")
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        pool.submit(mine, session="mine")
    assert str(refused.value) == (
        "6 of your runs wait or are being trained and 3 more are asked for; at most 8 may at a "
        "time. Stop some, or wait for some to end."
    )
    pool.submit(mine[6:], session="another")
    assert states(pool, *mine) == ["training"] * 9


def test_a_cancelled_run_stops_at_once_unless_only_unread_ones_shall(pool):
    read, unread = (replace(LONG, init_seed=seed) for seed in range(2))
    for recipe in (read, unread):
        pool.submit([recipe], keep=True)
    with pool.reading([read.key]):
        assert sorted(r.init_seed for r in pool.kept()) == [0, 1]
        pool.cancel([read.key, unread.key], unread_only=True)
        is_state(pool, unread, "stopped", "unknown")
        assert pool.state(read.key).state == "training"
        pool.release([read.key])
        assert pool.kept() == []
        pool.cancel([read.key])
        is_state(pool, read, "stopped", "unknown")


def test_a_run_that_another_process_writes_is_followed(pool):
    header = make_header(QUICK, np.zeros(4, int), 4, ("a", "b"), 1, ONE_STAGE)
    writing = writer.Writer(header)
    assert pool.submit([QUICK]) == []
    assert pool.state(QUICK.key) == RunState("training")
    assert pool.jobs() == ()
    writing.close()
    assert pool.state(QUICK.key) == RunState("stopped", why=GIVEN_UP)
    pool.submit([QUICK])
    is_state(pool, QUICK, "ended")


def test_more_runs_than_may_wait_are_refused_and_none_is_queued(pool, set_limits):
    set_limits(waiting_runs=8)
    recipes = several(LONG, 11)
    for recipe in recipes[:4]:
        pool.submit([recipe])
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        pool.submit(recipes[2:])
    assert str(refused.value) == (
        "2 runs wait to be trained and 7 more are asked for; at most 8 may wait."
    )
    assert states(pool, *recipes[4:]) == ["unknown"] * 7
    pool.submit(recipes[2:10])
    assert pool.state(recipes[9].key).position == 8


def test_the_first_record_is_written_soon_after_the_request(pool):
    pool.submit([QUICK])
    is_state(pool, QUICK, "ended")
    another = replace(QUICK, batch_seed=1)
    start = time.perf_counter()
    pool.submit([another])
    wait_for(lambda: has_records(another))
    assert time.perf_counter() - start < 0.5  # some 20 ms on an idle machine


def test_runs_that_take_turns_end_as_if_each_were_alone(pool, runs_folder, tmp_path):
    recipes = [replace(DIGITS, epochs=2, init_seed=i) for i in range(3)]
    pool.submit(recipes)
    pool.touch([recipe.key for recipe in recipes], LATER)
    first, other, last = (job.worker for job in pool.jobs())
    assert first == last != other
    for recipe in recipes:
        is_state(pool, recipe, "ended", "stopped")
    assert states(pool, *recipes) == ["ended"] * 3
    whole = undisturbed(recipes[-1], tmp_path / "apart")
    assert disk.path(recipes[-1].key).read_bytes() == whole
    assert list(runs_folder.glob("*.ckpt")) == []


def test_a_kept_run_on_images_that_makes_way_resumes_to_the_same_bytes(pool, monkeypatch, tmp_path):
    kept = replace(DIGITS, epochs=8)
    read = Recipe(data="digits", method="ce", batch_size=2, lr=0.001)  # for minutes
    pool.submit([read])
    pool.submit([LONG])
    pool.submit([kept], keep=True)
    pool.touch([read.key, LONG.key, kept.key], LATER)
    worker = job_of(pool, kept).worker
    assert worker == job_of(pool, read).worker
    wait_for(lambda: has_records(kept) > 3)
    first = inode(kept)
    os.kill(worker, signal.SIGSTOP)  # it shall not end before it makes way
    pool.leave([kept.key])
    wait_for(lambda: job_of(pool, kept).cancelled)
    os.kill(worker, signal.SIGCONT)
    is_state(pool, kept, "queued")
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.0)
    pool.leave([read.key, LONG.key])
    is_state(pool, kept, "ended")
    assert inode(kept) == first
    assert disk.path(kept.key).read_bytes() == undisturbed(kept, tmp_path / "apart")


def test_a_run_on_images_that_is_given_up_resumes_when_asked_for_again(pool, monkeypatch):
    lasting = replace(DIGITS, epochs=2000)
    pool.submit([lasting])
    wait_for(lambda: has_records(lasting) > 5)
    with monkeypatch.context() as patch:
        patch.setattr(limits, "IDLE_SECONDS", 0.0)
        is_state(pool, lasting, "stopped")
    assert pool.state(lasting.key).why == GIVEN_UP
    first, before = inode(lasting), has_records(lasting)
    pool.submit([lasting])
    wait_for(lambda: has_records(lasting) > before)
    assert inode(lasting) == first


def test_the_server_side_loads_neither_torch_nor_streamlit():
    code = (
        "import sys, ammix_viz.server.routes, ammix_viz.workers.batches\n"
        "assert not {'torch', 'streamlit'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_request_in_the_folder_stops_a_run(pool):
    kept, other = (replace(LONG, init_seed=seed) for seed in range(2))
    pool.submit([kept], keep=True)
    pool.submit([other])
    for name, recipe in (("kept", kept), (other.key, other)):
        request = disk.stop_request(name)
        request.parent.mkdir(exist_ok=True)
        request.touch()
        is_state(pool, recipe, "stopped", "unknown")
        assert not request.exists()
    is_state(pool, other, "stopped", "unknown")


def test_a_waiting_run_is_told_about_how_long_it_waits(pool):
    quick, *others = several(replace(LONG, epochs=300), 3)
    for recipe in (quick, *others):
        pool.submit([recipe])
        pool.touch([recipe.key], LATER)
    waiting = others[-1]
    assert wait_for(lambda: pool.state(waiting.key).wait or not pool.state(waiting.key).live)
    state = pool.state(waiting.key)
    assert (state.state, state.position, state.wait % 5) == ("queued", 1, 0)
    assert 5 <= state.wait < 600
