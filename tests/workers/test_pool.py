"""The pool with real worker processes: who is trained, when, and how often."""

import contextvars
import json
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
from filelock import FileLock
from support.waiting import wait_for

from ammix_viz.runs import store, writer
from ammix_viz.runs.format import make_header
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import job_queue, limits, processes, run_state, worker
from ammix_viz.workers import pool as pools

ROOT = Path(__file__).parents[2]
ONE_STAGE = [{"name": "training", "epochs": 4, "last": 3}]
QUICK = Recipe(method="ce", epochs=3)
LONG = Recipe(method="ce", epochs=2000)


def is_state(pool, recipe, *names):
    return wait_for(lambda: pool.state(recipe.key).state in names)


def seeds(recipe, count):
    """As many recipes that cannot share a stack."""
    return [replace(recipe, lr=0.01 + 0.001 * i) for i in range(count)]


def inode(recipe):
    return store.path(recipe.key).stat().st_ino


def has_records(recipe):
    try:
        with store.Run(recipe.key) as run:
            return run.count()
    except FileNotFoundError:
        return 0


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def clear(pool):
    """Give up all that is left over, so that the next test finds idle workers."""
    with pool._changed:
        for job in [*pool._jobs.queue, *pool._jobs.training()]:
            pool._jobs.cancel(job)
    wait_for(lambda: pool.ready() == 2 and not pool._jobs.training())


@pytest.fixture(scope="module")
def workers_of_two():
    pool = pools.Pool(size=2)
    pool.start()
    wait_for(lambda: pool.ready() == 2, 60)
    yield pool
    pool.stop()


@pytest.fixture
def pool(workers_of_two, tmp_path, monkeypatch):
    monkeypatch.setenv("AMMIX_RUNS", str(tmp_path))
    yield workers_of_two
    clear(workers_of_two)


def test_a_run_is_trained_to_its_end_and_served_from_disk_from_then_on(pool):
    assert pool.state(QUICK.key).state == "unknown"
    assert pool.submit([QUICK]) == []
    is_state(pool, QUICK, "ended")
    before = store.path(QUICK.key).stat()
    assert pool.submit([QUICK], restart=True) == []
    assert pool.state(QUICK.key) == run_state.RunState("ended")
    after = store.path(QUICK.key).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_recipe_is_trained_once_however_many_ask(pool, monkeypatch):
    together = threading.Barrier(20)

    def finished(key):
        together.wait(10)  # all have looked at the disk before the first goes on
        return None

    with monkeypatch.context() as patch:
        patch.setattr(store, "finished", finished)
        askers = [threading.Thread(target=pool.submit, args=([LONG],)) for _ in range(20)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
    wait_for(lambda: has_records(LONG))
    first = inode(LONG)
    pool.submit([replace(LONG, beta=1.0), replace(LONG, alpha=2.0)])  # ce reads neither
    assert (len(pool._jobs.training()), pool._jobs.queue) == (1, [])
    assert inode(LONG) == first


def test_runs_of_one_stack_share_one_worker(pool):
    four = Comparison(shared=LONG).recipes
    pool.submit(four)
    assert [pool.state(recipe.key).state for recipe in four] == ["training"] * 4
    assert len(pool._jobs.training()) == 1
    for recipe in four:
        wait_for(lambda recipe=recipe: has_records(recipe))


def test_many_runs_of_one_stack_are_spread_over_the_workers(pool):
    pool.submit([LONG.at_seed(offset) for offset in range(10)], keep=True)
    assert sorted(len(job.recipes) for job in pool._jobs.training()) == [5, 5]
    pool.submit([replace(LONG, lr=0.03).at_seed(offset) for offset in range(40)], keep=True)
    assert [len(job.recipes) for job in pool._jobs.queue] == [14, 13, 13]


def test_runs_that_somebody_reads_go_before_those_that_nobody_does(pool, monkeypatch):
    monkeypatch.setattr(job_queue, "UNREAD_SECONDS", 0.3)
    busy, unread, read = seeds(LONG, 2), replace(QUICK, lr=0.03), replace(QUICK, lr=0.04)
    for recipe in busy:
        pool.submit([recipe], keep=True)
    pool.submit([unread], keep=True)
    time.sleep(0.4)
    pool.submit([read])
    pool.touch([read.key], ahead=60)
    pool._jobs.cancel(pool._jobs.live[busy[0].key])
    is_state(pool, read, "ended")
    assert pool.state(unread.key).state in ("queued", "training")


def test_a_page_that_comes_back_now_and_then_keeps_its_runs(pool, monkeypatch):
    monkeypatch.setattr(job_queue, "UNREAD_SECONDS", 0.2)
    mine, *others = seeds(LONG, 3)
    with pool.reading([mine.key]):
        pool.submit([mine])
        pool.touch([mine.key], ahead=30)
    for recipe in others:
        pool.submit([recipe], keep=True)
    time.sleep(1)
    assert pool.state(mine.key).state == "training"


def test_runs_that_a_page_has_left_make_room_at_once(pool, monkeypatch):
    monkeypatch.setattr(job_queue, "UNREAD_SECONDS", 0.5)
    left, stays, waits = seeds(LONG, 3)
    pool.submit([left])
    pool.submit([stays], keep=True)
    pool.touch([left.key], ahead=60)
    pool.submit([waits], keep=True)
    time.sleep(1)
    assert pool.state(waits.key).state == "queued"
    pool.leave([left.key, stays.key])
    is_state(pool, waits, "training")
    assert pool.state(stays.key).state == "training"


def test_runs_that_wait_know_their_place(pool):
    recipes = seeds(LONG, 4)
    for recipe in recipes:
        pool.submit([recipe], keep=True)
    states = [(s.state, s.position) for s in (pool.state(r.key) for r in recipes)]
    assert states == [("training", 0), ("training", 0), ("queued", 1), ("queued", 2)]


def test_a_run_that_nobody_reads_is_given_up_and_trained_again_when_asked_for(pool, monkeypatch):
    monkeypatch.setattr(pools, "IDLE_SECONDS", 0.5)
    unread, read = seeds(LONG, 2)
    pool.submit([unread])
    pool.submit([read])
    wait_for(lambda: has_records(unread))
    first = inode(unread)
    wait_for(lambda: pool.touch([read.key]) or pool.state(unread.key).state == "stopped")
    assert pool.state(unread.key).why == run_state.GIVEN_UP
    assert pool.state(read.key).state == "training"
    monkeypatch.setattr(pools, "IDLE_SECONDS", 60)
    pool.submit([unread])
    wait_for(lambda: has_records(unread))
    assert pool.state(unread.key).state == "training"
    assert inode(unread) != first or store.status(unread.key) is None


def test_a_run_that_is_kept_goes_on_unread(pool, monkeypatch):
    monkeypatch.setattr(pools, "IDLE_SECONDS", 0.2)
    kept, later = seeds(LONG, 2)
    pool.submit([kept], keep=True)
    pool.submit([later])
    pool.keep([later.key])
    wait_for(lambda: has_records(later))
    time.sleep(0.6)
    assert [pool.state(r.key).state for r in (kept, later)] == ["training"] * 2


def test_a_waiting_run_gets_the_worker_of_one_that_nobody_reads(pool, monkeypatch):
    monkeypatch.setattr(job_queue, "UNREAD_SECONDS", 0.4)
    read, unread, waiting = seeds(LONG, 3)
    for recipe in (read, unread, waiting):
        pool.submit([recipe])
    assert pool.state(waiting.key) == run_state.RunState("queued", position=1)
    wait_for(lambda: pool.touch([read.key]) or pool.state(waiting.key).state == "training")
    assert pool.state(read.key).state == "training"
    is_state(pool, unread, "stopped", "unknown")


def test_a_run_whose_last_reader_left_makes_room_at_once(pool, monkeypatch):
    monkeypatch.setattr(job_queue, "UNREAD_SECONDS", 30.0)
    read, left, waiting = seeds(LONG, 3)
    with pool.reading([read.key]):
        with pool.reading([left.key]):
            pool.submit([read])
            pool.submit([left])
            pool.submit([waiting])
            with pool.reading([left.key]):
                pass
            time.sleep(0.5)
            assert pool.state(waiting.key).state == "queued"
        is_state(pool, waiting, "training")
        assert pool.state(read.key).state == "training"


def test_a_killed_worker_stops_its_run_alone_and_a_restart_trains_it(pool):
    victim, neighbour = replace(QUICK, epochs=1999), replace(LONG, lr=0.05)
    pool.submit([victim])
    pool.submit([neighbour])
    wait_for(lambda: has_records(victim))
    child = next(
        c for c in pool._crew.children for job in c.jobs.values() if victim.key in job.recipes
    )
    os.kill(child.pid, signal.SIGKILL)
    is_state(pool, victim, "stopped")
    why = "The process that trained this run came to a sudden end (SIGKILL)."
    assert pool.state(victim.key).why == why
    assert pool.state(neighbour.key).state == "training"
    assert store.status(victim.key).size == store.path(victim.key).stat().st_size
    pool.submit([victim])
    assert pool.state(victim.key).state == "stopped"
    wait_for(lambda: pool.ready() == 2)
    pool.submit([victim], restart=True)
    assert pool.state(victim.key).state == "training"
    wait_for(lambda: has_records(victim))
    assert pool.healthy() == []


def test_a_worker_that_does_not_answer_a_cancel_is_killed_and_replaced(pool, monkeypatch):
    monkeypatch.setattr(pools, "STUCK_SECONDS", 0.2)
    pool.submit([LONG])
    wait_for(lambda: has_records(LONG))
    stuck = next(child for child in pool._crew.children if child.jobs)
    os.kill(stuck.pid, signal.SIGSTOP)
    clear(pool)
    assert not alive(stuck.pid)
    pool.submit([QUICK])
    is_state(pool, QUICK, "ended")


def test_a_damaged_or_foreign_file_is_reported_and_trained_again(pool):
    changed, foreign = QUICK, replace(QUICK, lr=0.05)
    pool.submit([changed])
    is_state(pool, changed, "ended")
    whole = store.path(changed.key).read_bytes()
    store.path(changed.key).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    store.path(foreign.key).write_bytes(whole)
    assert pool.submit([changed, foreign]) == [
        f"The saved run {changed.key} cannot be used: its content has changed. "
        "It is trained again.",
        f"The saved run {foreign.key} cannot be used: it holds another recipe than its name "
        "says. It is trained again.",
    ]
    is_state(pool, changed, "ended")
    is_state(pool, foreign, "ended")
    assert store.path(changed.key).read_bytes() == whole
    assert store.finished(foreign.key).state == "ended"


def test_a_run_that_another_process_writes_is_followed(pool):
    header = make_header(QUICK, np.zeros(4, int), 4, ("a", "b"), 1, ONE_STAGE)
    writing = writer.Writer(header)
    assert pool.submit([QUICK]) == []
    assert pool.state(QUICK.key) == run_state.RunState("training")
    assert pool._jobs.live == {}
    writing.close()
    assert pool.state(QUICK.key) == run_state.RunState("stopped", why=run_state.GIVEN_UP)
    pool.submit([QUICK])
    is_state(pool, QUICK, "ended")


def test_a_look_at_a_run_does_not_keep_its_trainer_off(pool):
    header = make_header(QUICK, np.zeros(4, int), 4, ("a", "b"), 1, ONE_STAGE)
    look = FileLock(store.path(QUICK.key, ".lock"), thread_local=False)
    look.acquire()
    threading.Timer(0.1, look.release).start()
    writer.Writer(header).close()


def test_a_run_asked_for_while_it_is_being_given_up_is_trained_again(pool):
    pool.submit([LONG])
    wait_for(lambda: has_records(LONG))
    busy = next(child for child in pool._crew.children if child.jobs)
    os.kill(busy.pid, signal.SIGSTOP)
    with pool._changed:
        pool._jobs.cancel(*busy.jobs.values())
    pool.submit([LONG])
    assert pool.state(LONG.key) == run_state.RunState("queued", position=1)
    time.sleep(0.3)  # the other worker is free, but the run is not yet let go of
    assert pool.state(LONG.key).state == "queued"
    os.kill(busy.pid, signal.SIGCONT)
    is_state(pool, LONG, "training")
    wait_for(lambda: has_records(LONG))


def test_more_runs_than_may_wait_are_refused_and_none_is_queued(pool, monkeypatch):
    monkeypatch.setattr(limits, "MAX_QUEUE", 3)
    recipes = seeds(LONG, 6)
    for recipe in recipes[:4]:
        pool.submit([recipe])
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        pool.submit(recipes[2:])
    assert str(refused.value) == (
        "2 runs wait to be trained and 2 more are asked for; at most 3 may wait. "
        "Try again in a while."
    )
    assert [pool.state(r.key).state for r in recipes[4:]] == ["unknown"] * 2
    pool.submit(recipes[2:5])
    assert pool.state(recipes[4].key).position == 3


def test_a_run_that_cannot_be_trained_says_why_and_its_worker_lives_on(pool):
    if "cuda" in pool.devices():
        pytest.skip("this machine has the device")
    before = [child.pid for child in pool._crew.children]
    bad = replace(QUICK, device="cuda")
    pool.submit([bad])
    is_state(pool, bad, "stopped")
    assert pool.state(bad.key).why == "device is cuda; this machine has cpu."
    assert [child.pid for child in pool._crew.children] == before
    pool.submit([bad])
    assert pool.state(bad.key).state == "stopped"


def test_a_first_record_is_there_soon_after_it_was_asked_for(pool):
    pool.submit([QUICK])
    is_state(pool, QUICK, "ended")
    another = replace(QUICK, batch_seed=1)
    start = time.perf_counter()
    pool.submit([another])
    wait_for(lambda: has_records(another))
    assert time.perf_counter() - start < 0.5  # some 20 ms on an idle machine


def test_workers_that_die_at_once_stay_down_and_the_pool_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AMMIX_RUNS", str(tmp_path))
    monkeypatch.setattr(processes, "QUICK_DEATHS", 2)
    monkeypatch.setattr(processes.sys, "executable", "false")
    pool = pools.Pool(size=1)
    assert pool.healthy() == ["The workers are not started."]
    pool.start()
    pool.submit([QUICK])
    is_state(pool, QUICK, "stopped")
    assert pool.state(QUICK.key).why == pools.NO_WORKER
    assert pool.healthy() == [pools.NO_WORKER]
    with pytest.raises(ValueError, match="No worker process stays alive"):
        pool.submit([LONG])
    pool.stop()


def test_no_worker_outlives_a_server_that_is_killed(tmp_path):
    script = (
        "import time; from ammix_viz.workers.pool import Pool\n"
        "from ammix_viz.settings.recipe import Recipe\n"
        "pool = Pool(1); pool.start(); pool.submit([Recipe(epochs=2000)])\n"
        "while pool.state(Recipe(epochs=2000).key).state != 'training': time.sleep(0.01)\n"
        "print(pool._crew.children[0].pid, flush=True); time.sleep(60)"
    )
    environment = os.environ | {"AMMIX_RUNS": str(tmp_path)}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as server:
        child = int(server.stdout.readline())
        assert alive(child)
        server.kill()
    wait_for(lambda: not alive(child), 5)


NOISY = """
import os, sys
from ammix_viz.runs import recording
from ammix_viz.workers import worker
def record(recipes):
    print("from Python", flush=True)
    os.system("echo from a library")
    yield 1.0
    raise KeyError(recipes[0].method)
recording.record = record
worker.main()
"""


def test_what_a_library_prints_does_not_reach_the_server(tmp_path):
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


def test_an_error_for_people_is_shown_as_one_line():
    assert worker.sentence(ValueError("Too big.\nAt line 3")) == "Too big."
    assert worker.sentence(OSError(28, "No space left on device")) == (
        "The run cannot be written: No space left on device."
    )


def test_the_server_side_loads_neither_torch_nor_streamlit():
    code = (
        "import sys, ammix_viz.workers, ammix_viz.server\n"
        "assert not {'torch', 'streamlit'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


DIGITS = Recipe(data="digits", imbalance=140, batch_size=128, method="ce", epochs=5)
"""A run on images; of 325 train images, so that an epoch has three steps."""

LASTING = replace(DIGITS, epochs=2000)


def on_images(recipe, count):
    return [replace(recipe, init_seed=i) for i in range(count)]


def undisturbed(recipe, folder):
    """The bytes of a run that this process trains by itself."""
    from ammix_viz.runs.recording import record

    with store.kept_in(folder):
        assert list(record([recipe]))
        return store.path(recipe.key).read_bytes()


def child_of(pool, recipe):
    with pool._changed:
        return next(
            child
            for child in pool._crew.children
            for job in child.jobs.values()
            if recipe.key in job.recipes and not job.cancelled
        )


def records_of(recipes):
    return [has_records(recipe) for recipe in recipes]


def test_a_run_on_images_whose_worker_is_killed_goes_on_by_itself(pool, tmp_path):
    recipe = replace(DIGITS, epochs=4)
    pool.submit([recipe], keep=True)
    wait_for(lambda: has_records(recipe) > 3)  # the first epoch is over
    first = inode(recipe)
    os.kill(child_of(pool, recipe).pid, signal.SIGKILL)
    seen = set()
    wait_for(lambda: seen.add(pool.state(recipe.key).state) or "ended" in seen, 60)
    assert seen <= {"queued", "training", "ended"}
    assert inode(recipe) == first
    assert store.path(recipe.key).read_bytes() == undisturbed(recipe, tmp_path / "apart")


def test_a_run_on_images_that_kills_too_many_workers_is_stopped_with_a_sentence(pool, monkeypatch):
    monkeypatch.setattr(job_queue, "MOST_TRIES", 1)
    pool.submit([LASTING], keep=True)
    wait_for(lambda: has_records(LASTING))
    os.kill(child_of(pool, LASTING).pid, signal.SIGKILL)
    is_state(pool, LASTING, "stopped")
    why = "The process that trained this run came to a sudden end (SIGKILL)."
    assert pool.state(LASTING.key).why == why


def test_runs_on_images_take_turns(pool):
    recipes = on_images(LASTING, 4)
    pool.submit(recipes, keep=True)
    assert [pool.state(recipe.key).state for recipe in recipes] == ["training"] * 4
    assert sorted(len(child.jobs) for child in pool._crew.children) == [2, 2]
    wait_for(lambda: all(records_of(recipes)))
    before = records_of(recipes)
    wait_for(lambda: all(a > b for a, b in zip(records_of(recipes), before, strict=True)))
    assert [store.status(recipe.key) for recipe in recipes] == [None] * 4


def test_runs_that_take_turns_end_as_if_each_were_alone(pool, tmp_path):
    recipes = on_images(replace(DIGITS, epochs=2), 4)
    recipes[2:] = (replace(recipe, epochs=4) for recipe in recipes[2:])
    pool.submit(recipes, keep=True)
    for recipe in recipes:
        is_state(pool, recipe, "ended", "stopped")
    assert [pool.state(recipe.key).state for recipe in recipes] == ["ended"] * 4
    whole = undisturbed(recipes[-1], tmp_path / "apart")
    assert store.path(recipes[-1].key).read_bytes() == whole
    assert list(tmp_path.glob("*.ckpt")) == []


class Served(Exception):  # noqa: N818
    """All jobs are done."""


def test_jobs_that_take_turns_keep_their_folders(tmp_path, monkeypatch):
    from ammix_viz.runs import recording

    seen, done = {1: [], 3: []}, []

    def record(recipes):
        for _ in range(recipes[0].epochs):
            seen[recipes[0].epochs].append(store.folder())
            time.sleep(0.02)
            yield 1.0

    def answer(message):
        done.append(message)
        if len(done) == 2:
            raise Served

    class Inbox:
        cancelled = ()
        jobs = [  # noqa: RUF012
            {"job": n, "folder": str(tmp_path / str(n)), "recipes": [{"epochs": n}]} for n in seen
        ]

        def news(self, wait):
            while self.jobs:
                yield self.jobs.pop(0)

    monkeypatch.setattr(recording, "record", record)
    monkeypatch.setattr(worker, "TURN_SECONDS", 0.01)
    with pytest.raises(Served):
        contextvars.copy_context().run(worker.serve, Inbox(), answer)
    assert done == [{"done": 1}, {"done": 3}]
    assert seen == {n: [tmp_path / str(n)] * n for n in seen}


def test_a_kept_run_on_images_makes_room_for_one_that_is_read_and_goes_on_later(
    pool, monkeypatch, tmp_path
):
    monkeypatch.setattr(job_queue, "UNREAD_SECONDS", 0.3)
    kept = on_images(replace(DIGITS, epochs=8), 2)
    pool.submit(kept, keep=True)
    wait_for(lambda: min(records_of(kept)) > 3)
    first = [inode(recipe) for recipe in kept]
    read = Recipe(data="digits", method="ce", batch_size=2, lr=0.001)  # for minutes
    pool.submit([read])
    pool.touch([read.key], ahead=60)

    def parked():
        return [recipe for recipe in kept if pool.state(recipe.key).state == "queued"]

    (waiting,) = wait_for(parked)
    before = has_records(waiting)
    time.sleep(0.4)
    assert parked() == [waiting]
    assert has_records(waiting) == before
    assert len(child_of(pool, read).jobs) == 1
    with pool._changed:
        pool._jobs.cancel(pool._jobs.live[read.key])
    for recipe in kept:
        is_state(pool, recipe, "ended")
    assert [inode(recipe) for recipe in kept] == first
    whole = undisturbed(waiting, tmp_path / "apart")
    assert store.path(waiting.key).read_bytes() == whole


def test_a_kept_run_asked_for_anew_while_it_makes_room_stays_kept(pool, monkeypatch):
    monkeypatch.setattr(pools, "IDLE_SECONDS", 0.3)
    recipe = replace(DIGITS, epochs=100)
    pool.submit([recipe], keep=True)
    wait_for(lambda: has_records(recipe) > 3)
    with pool._changed:
        aside = pool._jobs.live[recipe.key]
        aside.again = True
        pool._jobs.cancel(aside)
        pool.submit([recipe])
    is_state(pool, recipe, "ended")


def test_a_run_of_the_toy_does_not_wait_for_the_end_of_runs_on_images(pool):
    images = on_images(LASTING, 3)
    pool.submit(images)
    pool.touch([recipe.key for recipe in images], ahead=60)
    wait_for(lambda: all(records_of(images)))
    before = records_of(images)
    pool.submit([QUICK])
    pool.touch([QUICK.key], ahead=60)
    is_state(pool, QUICK, "ended")
    assert [pool.state(recipe.key).state for recipe in images] == ["training"] * 3
    wait_for(lambda: all(a > b for a, b in zip(records_of(images), before, strict=True)))


def test_a_run_on_images_that_is_given_up_goes_on_when_asked_for_again(pool):
    pool.submit([LASTING])
    wait_for(lambda: has_records(LASTING) > 5)
    with pool._changed:
        pool._jobs.cancel(pool._jobs.live[LASTING.key])
    is_state(pool, LASTING, "stopped")
    assert pool.state(LASTING.key).why == run_state.GIVEN_UP
    first, before = inode(LASTING), has_records(LASTING)
    pool.submit([LASTING])
    wait_for(lambda: has_records(LASTING) > before)
    assert inode(LASTING) == first


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB.\nGPU 0 has …"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: out of memory"),
    ],
    ids=["python", "cuda", "cpu"],
)
def test_no_memory_left_is_said_with_what_to_try(error):
    assert worker.sentence(error) == (
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
