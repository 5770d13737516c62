"""What happens to jobs from the queue to their end: no processes, time passed in."""

from dataclasses import replace

import pytest

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits
from ammix_viz.workers.job_queue import JobQueue

POINTS = Recipe(method="ce")
IMAGES = Recipe(data="digits", method="ce")
A, B = 11, 12
"""Two workers, both ready."""

FOREVER = 1e9


class Clocked:
    """A queue with two workers and a time that moves when told to."""

    def __init__(self):
        self.queue = JobQueue(2)
        self.now = 0.0

    def submit(self, recipe, keep=False, read_until=0.0):
        """Add a run and start what can start, as a pool does."""
        if self.queue.job_of(recipe.key) is None:
            self.queue.add({recipe.key: recipe}, self.now)
        self.queue.read([recipe.key], max(self.now, read_until))
        if keep:
            self.queue.keep([recipe.key])
        self.start()

    def start(self, ready=(A, B)):
        return [job.number for job in self.queue.assign(ready, self.now)]

    def wait(self, seconds):
        """Let time pass; return the jobs that are cancelled."""
        self.now += seconds
        return [job.number for job in self.queue.give_up_unread([A, B], self.now)]

    def worker(self, recipe):
        """The worker of a live run; "waits" or "gone" if it has none."""
        job = self.queue.job_of(recipe.key)
        return "gone" if job is None else job.worker or "waits"

    def finish(self, recipe_or_number):
        number = recipe_or_number
        if isinstance(number, Recipe):
            number = self.queue.job_of(number.key).number
        self.queue.finish(number)
        self.start()


@pytest.fixture
def clocked(monkeypatch):
    """A queue where a worker trains one stack of points at a time."""
    monkeypatch.setattr(limits, "MAX_STACKS", 1)
    return Clocked()


def several(recipe, count):
    """As many recipes that cannot share a stack."""
    return [replace(recipe, lr=0.01 + 0.001 * i) for i in range(count)]


def test_waiting_runs_know_their_position_and_move_up(clocked):
    recipes = several(POINTS, 4)
    for recipe in recipes:
        clocked.submit(recipe, read_until=FOREVER)
    queue = clocked.queue
    assert [clocked.worker(recipe) for recipe in recipes] == [A, B, "waits", "waits"]
    waiting = [queue.job_of(recipe.key) for recipe in recipes[2:]]
    assert [queue.position(job, clocked.now) for job in waiting] == [1, 2]
    assert queue.waiting_runs() == 2
    clocked.finish(recipes[1])
    assert [clocked.worker(recipe) for recipe in recipes] == [A, "gone", B, "waits"]
    assert queue.position(queue.job_of(recipes[3].key), clocked.now + 1) == 1


def test_a_waiting_run_gets_the_worker_of_one_that_nobody_reads(clocked):
    read, unread, waiting = several(POINTS, 3)
    clocked.submit(read, read_until=FOREVER)
    clocked.submit(unread)
    clocked.submit(waiting, read_until=FOREVER)
    assert clocked.wait(limits.UNREAD_SECONDS) == []
    assert clocked.wait(0.1) == [2]
    assert clocked.worker(unread) == "gone"
    assert clocked.start() == []  # the worker has not answered yet
    clocked.finish(2)
    assert [clocked.worker(recipe) for recipe in (read, waiting)] == [A, B]


def test_a_page_that_comes_back_now_and_then_keeps_its_runs(clocked):
    mine, *others = several(POINTS, 3)
    clocked.submit(mine, read_until=30)
    for recipe in others:
        clocked.submit(recipe, keep=True)
    clocked.queue.read([mine.key], clocked.now)  # a moment's read does not take that back
    assert clocked.wait(30) == []
    assert clocked.worker(mine) == A


def test_runs_that_a_page_has_left_make_way_after_a_moment_unless_they_are_kept(clocked):
    left, kept, waiting = several(POINTS, 3)
    clocked.submit(left, read_until=60)
    clocked.submit(kept, keep=True)
    clocked.submit(waiting, keep=True)
    assert clocked.wait(10) == []
    clocked.queue.leave([left.key, kept.key], clocked.now)
    assert clocked.wait(limits.GRACE_SECONDS) == []
    assert clocked.wait(0.1) == [1]


def test_a_run_that_nobody_reads_is_given_up_and_one_that_is_kept_goes_on(clocked):
    unread, kept, waiting = several(POINTS, 3)
    clocked.submit(unread)
    clocked.submit(kept, keep=True)
    assert clocked.wait(limits.IDLE_SECONDS) == []
    clocked.submit(waiting)
    assert clocked.wait(0.1) == [1]
    assert clocked.wait(10 * limits.IDLE_SECONDS) == [3]
    assert [clocked.worker(r) for r in (unread, kept, waiting)] == ["gone", B, "gone"]


def test_a_kept_run_on_images_makes_way_for_one_that_is_read_and_resumes_after_it(clocked):
    first, second = several(IMAGES, 2)
    read = replace(IMAGES, batch_size=2)
    clocked.submit(first, keep=True)
    clocked.submit(second, keep=True)
    clocked.wait(limits.UNREAD_SECONDS + 1)
    clocked.submit(read, read_until=FOREVER)
    assert [clocked.worker(r) for r in (first, second, read)] == [A, B, A]
    assert clocked.wait(0.1) == [1]  # it would take turns with the run that is read
    clocked.finish(1)
    assert [clocked.worker(r) for r in (first, second, read)] == ["waits", B, A]
    for _ in range(10):
        assert clocked.wait(limits.IDLE_SECONDS) == []
        assert clocked.start() == []
    clocked.finish(read)
    assert [clocked.worker(r) for r in (first, second, read)] == [A, B, "gone"]
    assert clocked.queue.job_of(first.key).keep


def test_a_kept_run_asked_for_anew_while_it_makes_way_stays_kept(clocked):
    kept, read = replace(IMAGES, epochs=7), IMAGES
    clocked.submit(kept, keep=True)
    clocked.wait(limits.UNREAD_SECONDS + 1)
    clocked.submit(read, read_until=FOREVER)
    clocked.submit(replace(read, lr=0.5), read_until=FOREVER)
    assert clocked.wait(0.1) == [1]
    clocked.submit(kept)
    assert clocked.worker(kept) == A
    clocked.finish(1)
    job = clocked.queue.job_of(kept.key)
    assert (job.keep, job.read_at) == (True, clocked.now)


def test_a_run_asked_for_while_it_is_given_up_starts_once_its_worker_has_stopped(clocked):
    clocked.submit(POINTS)
    assert clocked.wait(limits.IDLE_SECONDS + 1) == [1]
    assert clocked.queue.stopping(POINTS.key)
    clocked.submit(POINTS)
    assert clocked.worker(POINTS) == "waits"  # although worker B is idle
    clocked.finish(1)
    assert clocked.worker(POINTS) == A
    assert [job.number for job in clocked.queue.jobs] == [2]


def test_after_a_workers_death_its_runs_wait_again(clocked):
    image, points = IMAGES, POINTS
    clocked.submit(image, keep=True)
    clocked.submit(replace(IMAGES, lr=0.5))
    clocked.submit(points)
    assert [clocked.worker(recipe) for recipe in (image, points)] == [A, A]
    assert clocked.queue.lose(A) == []
    assert [clocked.worker(recipe) for recipe in (image, points)] == ["waits", "waits"]
    job = clocked.queue.job_of(image.key)
    assert (job.keep, job.deaths) == (True, 1)
    clocked.start(ready=[B])
    assert [clocked.worker(recipe) for recipe in (image, points)] == [B, B]


@pytest.mark.parametrize(
    ("recipe", "most"), [(POINTS, limits.MAX_DEATHS), (IMAGES, limits.MAX_DEATHS_ON_IMAGES)]
)
def test_a_run_that_kills_worker_after_worker_ends(clocked, recipe, most):
    clocked.submit(recipe)
    for _ in range(most - 1):
        assert clocked.queue.lose(clocked.worker(recipe)) == []
        clocked.start()
    (ended,) = clocked.queue.lose(clocked.worker(recipe))
    assert ended.deaths == most
    assert clocked.worker(recipe) == "gone"


def test_a_run_that_was_asked_for_is_not_given_up_before_its_page_can_read_it(clocked):
    asked, other, waiting = several(POINTS, 3)
    clocked.submit(asked)
    clocked.queue.expect([asked.key], "slow", clocked.now + limits.EXPECTED_SECONDS)
    clocked.submit(other, read_until=FOREVER)
    clocked.submit(waiting, read_until=FOREVER)
    assert clocked.wait(limits.EXPECTED_SECONDS + limits.UNREAD_SECONDS) == []
    assert clocked.wait(0.1) == [1]


def test_a_page_that_asks_for_other_runs_is_no_longer_expected_at_its_former_ones(clocked):
    former, latter, waiting = several(POINTS, 3)
    for recipe in (former, latter):
        clocked.submit(recipe)
        clocked.queue.expect([recipe.key], "slider", clocked.now + limits.EXPECTED_SECONDS)
    clocked.queue.expect([former.key], "another", clocked.now + 1)
    clocked.submit(waiting, read_until=FOREVER)
    assert clocked.wait(limits.UNREAD_SECONDS) == []  # the other page may still come
    assert clocked.wait(1.1) == [1]


def test_runs_asked_for_without_a_session_do_not_end_what_others_expect(clocked):
    former, latter = several(POINTS, 2)
    for recipe in (former, latter):
        clocked.submit(recipe)
        clocked.queue.expect([recipe.key], "", clocked.now + limits.EXPECTED_SECONDS)
    assert clocked.wait(limits.EXPECTED_SECONDS) == []
    assert len(clocked.queue.job_of(former.key).expected) == 1


def test_a_reader_that_has_come_is_no_longer_expected(clocked):
    read, other, waiting = several(POINTS, 3)
    clocked.submit(read)
    clocked.queue.expect([read.key], "page", clocked.now + limits.EXPECTED_SECONDS)
    clocked.submit(other, read_until=FOREVER)
    clocked.submit(waiting, read_until=FOREVER)
    clocked.queue.arrive([read.key])
    assert clocked.wait(limits.UNREAD_SECONDS + 0.1) == [1]


def test_a_run_that_is_no_longer_kept_is_given_up_unless_it_is_read(clocked):
    clocked.submit(POINTS, keep=True)
    assert clocked.queue.kept() == [POINTS]
    clocked.queue.keep([POINTS.key], keep=False)
    assert clocked.queue.kept() == []
    assert clocked.wait(limits.IDLE_SECONDS + 0.1) == [1]


def test_a_cancelled_run_is_gone_at_once_and_its_worker_is_told(clocked):
    running, other, waiting = several(POINTS, 3)
    for recipe in (running, other, waiting):
        clocked.submit(recipe, read_until=FOREVER)
    told = clocked.queue.cancel([running.key, waiting.key], clocked.now)
    assert [(job.number, job.worker) for job in told] == [(1, A), (3, None)]
    assert [clocked.worker(r) for r in (running, other, waiting)] == ["gone", B, "gone"]
    assert clocked.queue.cancel([running.key], clocked.now) == []


def test_the_runs_of_a_session_are_counted_waiting_or_not(clocked):
    for seed, session in enumerate(("one", "two", "one")):
        recipe = POINTS.at_seed(seed)
        clocked.queue.add({recipe.key: recipe}, 0.0, session)
    clocked.start([A])
    assert [clocked.queue.runs_of(session) for session in ("one", "two", "")] == [2, 1, 0]


def test_a_run_given_up_whose_worker_dies_starts_anew_only_if_asked_for_again(clocked):
    given_up, again = several(IMAGES, 2)
    clocked.submit(given_up)
    clocked.submit(again)
    assert clocked.wait(limits.IDLE_SECONDS + 1) == [1, 2]
    clocked.submit(again)
    for worker in (A, B):
        assert [job.cancelled for job in clocked.queue.lose(worker)] == [True]
    clocked.start()
    assert [clocked.worker(recipe) for recipe in (given_up, again)] == ["gone", A]


def test_a_run_that_fails_while_it_makes_way_does_not_wait_again(clocked):
    clocked.submit(IMAGES, keep=True)
    clocked.wait(limits.UNREAD_SECONDS + 1)
    for recipe in several(POINTS, 3):
        clocked.submit(recipe, read_until=FOREVER)
    assert clocked.wait(0.1) == [1]
    assert clocked.queue.finish(1, failed=True).cancelled
    assert clocked.worker(IMAGES) == "gone"


def test_an_emptied_queue_returns_what_waited_and_leaves_what_runs(clocked):
    recipes = several(POINTS, 3)
    for recipe in recipes:
        clocked.submit(recipe)
    (dropped,) = clocked.queue.clear()
    assert list(dropped.recipes) == [recipes[2].key]
    assert [clocked.worker(recipe) for recipe in recipes] == [A, B, "gone"]
