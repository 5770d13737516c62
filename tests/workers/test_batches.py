"""Batches of many runs: what is submitted when, and what counts as done."""

import os
from dataclasses import replace

import pytest

from ammix_viz.runs import disk, reader
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.batches import IMAGE_EPOCHS, PORTION, RunBatch, longest_first, train_all
from ammix_viz.workers.run_state import GIVEN_UP, RunState

TINY = Recipe(method="ce", epochs=2, imbalance=200, lr=0.02)


class FakePool:
    """Says of each run what `state_of` gives; notes what it is asked for."""

    def __init__(self, state_of):
        self.state = state_of
        self.submitted, self.touched, self.left = [], [], []
        self.kept_runs, self.cancelled = [], []

    def submit(self, recipes, **options):
        self.submitted += [recipe.key for recipe in recipes]
        return []

    def touch(self, keys, ahead=0.0):
        self.touched.append((len(keys), ahead))

    def leave(self, keys):
        self.left += keys

    def kept(self):
        return self.kept_runs

    def cancel(self, keys, *, unread_only=False):
        self.cancelled.append((keys, unread_only))


def seeds(count):
    return [TINY.at_seed(offset) for offset in range(count)]


def test_the_longest_runs_go_first():
    recipes = [
        replace(TINY, method=method, epochs=epochs)
        for epochs in (2, 5)
        for method in ("ce", "supcon")
    ]
    lengths = [(recipe.method, recipe.epochs) for recipe in longest_first(recipes)]
    assert lengths == [("supcon", 5), ("supcon", 2), ("ce", 5), ("ce", 2)]


def test_runs_keep_their_order_where_it_matters():
    recipes = [replace(TINY, epochs=epochs) for epochs in (2, 5, 3)]
    pool = FakePool(lambda key: RunState("queued"))
    assert list(RunBatch(recipes, pool, in_order=True).recipes.values()) == recipes


def test_the_share_done_counts_epochs_and_those_on_images_more():
    short, long = replace(TINY, epochs=10), replace(TINY, epochs=30)
    images = Recipe(data="digits", method="ce", epochs=1)
    states = dict.fromkeys((short.key, long.key, images.key), "queued")
    batch = RunBatch([short, long, images], FakePool(lambda key: RunState(states[key])))
    assert batch.advance().share == 0
    shares = []
    for recipe in (short, long, images):
        states[recipe.key] = "ended"
        shares.append(batch.advance().share)
    everything = 10 + 30 + IMAGE_EPOCHS
    assert shares == pytest.approx([10 / everything, 40 / everything, 1])


def test_a_batch_submits_a_portion_at_a_time():
    pool = FakePool(lambda key: RunState("queued"))
    batch = RunBatch(seeds(2 * PORTION), pool)
    batch.advance(ahead=3)
    assert (len(pool.submitted), pool.touched) == (PORTION, [(PORTION, 3)])
    batch.advance()
    assert len(pool.submitted) == PORTION
    pool.state = lambda key: RunState("ended")
    assert batch.advance().done == PORTION
    assert len(pool.submitted) == PORTION
    batch.advance()
    assert len(pool.submitted) == 2 * PORTION


@pytest.mark.parametrize(
    ("state", "done", "failed"),
    [
        (RunState("ended"), 1, 0),
        (RunState("failed", why="It diverged."), 1, 1),
        (RunState("stopped", why="The process that trained this run came to an end."), 1, 1),
        (RunState("stopped", why=GIVEN_UP), 0, 0),
        (RunState("unknown"), 0, 0),
        (RunState("queued"), 0, 0),
    ],
)
def test_what_counts_as_done_and_as_failed(state, done, failed):
    progress = RunBatch(seeds(1), FakePool(lambda key: state)).advance()
    assert (progress.done, progress.failed, progress.over) == (done, failed, bool(done))


@pytest.mark.parametrize("state", [RunState("unknown"), RunState("stopped", why=GIVEN_UP)])
def test_a_run_that_was_given_up_is_submitted_again(state):
    pool = FakePool(lambda key: state)
    batch = RunBatch(seeds(1), pool)
    batch.advance()
    batch.advance()
    assert pool.submitted == [seeds(1)[0].key] * 2


def test_a_batch_that_is_left_gives_up_its_pending_runs_only():
    first, second = seeds(2)
    pool = FakePool(lambda key: RunState("ended" if key == first.key else "queued"))
    batch = RunBatch([first, second], pool)
    batch.advance()
    batch.leave()
    assert pool.left == [second.key]


def test_a_batch_says_why_runs_were_stopped_and_submits_them_no_more():
    full, gone = "The run cannot be written: No space left on device.", "It is gone."
    first, *_ = recipes = seeds(3)
    pool = FakePool(lambda key: RunState("stopped", why=gone if key == first.key else full))
    batch = RunBatch(recipes, pool, restart=True)
    progress = batch.advance()
    assert progress.stopped == (f"2 runs stopped: {full}", f"1 run stopped: {gone}")
    assert (progress.over, progress.failed) == (True, 3)
    batch.advance()
    assert len(pool.submitted) == len(recipes)


def test_runs_that_failed_are_no_reason_to_report():
    pool = FakePool(lambda key: RunState("failed", why="It diverged."))
    assert RunBatch(seeds(1), pool).advance().stopped == ()


def test_a_batch_keeps_its_finished_runs_from_being_removed(monkeypatch):
    done, pending = seeds(2)
    list(record([done]))
    os.utime(disk.path(done.key, ".json"), (0, 0))
    pool = FakePool(lambda key: RunState("ended" if key == done.key else "queued"))
    RunBatch([done, pending], pool).advance()
    assert disk.prune(0) == []
    assert reader.finished(done.key).state == "ended"


def test_a_batch_trains_each_run_once_and_resumes_from_those_on_disk(set_limits):
    set_limits(workers=1)
    recipes = seeds(3)
    list(record(recipes[:1]))
    inode = disk.path(recipes[0].key).stat().st_ino
    *_, end = train_all(recipes)
    assert (end.done, end.failed, end.total, end.share, end.over) == (3, 0, 3, 1.0, True)
    assert all(reader.finished(recipe.key).state == "ended" for recipe in recipes)
    assert disk.path(recipes[0].key).stat().st_ino == inode


def test_a_batch_asks_for_no_more_than_its_session_may(set_limits):
    set_limits(session_runs=8)
    pool = FakePool(lambda key: RunState("queued"))
    RunBatch(seeds(20), pool).advance()
    assert len(pool.submitted) == 8


def test_while_all_runs_wait_the_progress_has_the_state_of_the_first_to_start():
    runs, places = seeds(3), (4, 2, 3)
    queued = [RunState("queued", place, wait=9) for place in places]
    states = dict(zip([run.key for run in runs], queued, strict=True))
    batch = RunBatch(runs, FakePool(lambda key: states[key]))
    assert batch.advance().next_waiting == RunState("queued", 2, wait=9)
    states[runs[0].key] = RunState("training")
    assert batch.advance().next_waiting is None


def test_stopping_a_batch_leaves_what_is_displayed_or_kept():
    runs = seeds(3)
    pool = FakePool(lambda key: RunState("training" if key != runs[0].key else "ended"))
    pool.kept_runs = [runs[1]]
    batch = RunBatch(runs, pool)
    batch.advance()
    batch.stop()
    assert pool.cancelled == [([runs[2].key], True)]
