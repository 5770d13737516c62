"""The rules of the job queue, each by itself: no processes, no clock."""

from dataclasses import replace

import pytest

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits, policy
from ammix_viz.workers.policy import Job

POINTS = Recipe(method="ce")
IMAGES = Recipe(data="digits", method="ce")
NOW = 1000.0
LONG_AGO = NOW - limits.UNREAD_SECONDS - 1
"""When a job was read that is unread now."""

A, B = 11, 12
"""Two workers."""


def job(number, recipe=POINTS, read_at=NOW, worker=None, seed=None, **rest):
    """Make a job of one run, read right now; its run has the job's number as seed."""
    run = replace(recipe, init_seed=number if seed is None else seed)
    return Job(number, {run.key: run}, rest.pop("keep", False), read_at, worker, **rest)


SUPCON = Recipe(method="supcon")


def other(number):
    """A run that shares a stack with none of another number."""
    return replace(POINTS, lr=0.01 + 0.001 * number)


ASSIGNED = {
    "jobs start in their order, in idle workers first; runs of one kind join": (
        [job(1), job(2), job(3)],
        {1: A, 2: B, 3: A},
    ),
    "a stack takes so many runs and no more": (
        [*(job(n, worker=w) for w in (A, B) for n in range(w * 1000, w * 1000 + 128)), job(1)],
        {},
    ),
    "stacks of other kinds take turns, so many in a worker and no more": (
        [
            *(job(w * 10 + n, other(n), worker=w) for w in (A, B) for n in range(7)),
            job(1, other(7)),
            job(2, other(8)),
            job(3, other(9)),
        ],
        {1: A, 2: B},
    ),
    "runs of several stages join no stack, but take turns": (
        [job(1, SUPCON, worker=A), job(2, SUPCON, worker=B), job(3, SUPCON)],
        {3: A},
    ),
    "a batch trains one stack in a worker at a time, beside those of other sessions": (
        [
            job(1, other(1), worker=A, batch=True),
            job(2, other(2), worker=B),
            job(3, other(3), batch=True),
            job(4, other(4), batch=True),
        ],
        {3: B},
    ),
    "runs of a batch join no stack of other sessions": (
        [job(1, worker=A), job(2, worker=B), job(3, batch=True), job(4)],
        {3: A, 4: B},
    ),
    "a stack of a batch stays small": (
        [
            *(job(n, worker=w, batch=True) for w in (A, B) for n in range(w * 100, w * 100 + 16)),
            job(1, batch=True),
        ],
        {},
    ),
    "runs on images take turns, spread over the workers": (
        [job(n, IMAGES) for n in (1, 2, 3, 4)],
        {1: A, 2: B, 3: A, 4: B},
    ),
    "a stack of points starts beside runs on images": (
        [job(1, IMAGES, worker=A), job(2, IMAGES, worker=B), job(3, IMAGES, worker=B), job(4)],
        {4: A},
    ),
    "a run on images starts beside a stack of points": (
        [job(1, worker=A), job(2, worker=B), job(3, IMAGES)],
        {3: A},
    ),
    "so many runs take turns in a worker and no more": (
        [
            *(job(n, IMAGES, worker=w) for w in (A, B) for n in range(w * 10, w * 10 + 8)),
            job(200, IMAGES),
        ],
        {},
    ),
    "jobs that are read go before those that nobody reads": (
        [job(1, worker=A), job(2, read_at=LONG_AGO), job(3)],
        {3: B},
    ),
    "an unread job starts in an idle worker": (
        [job(1, worker=A), job(2, IMAGES, LONG_AGO)],
        {2: B},
    ),
    "an unread job does not start beside others": (
        [job(1, IMAGES, worker=A), job(2, IMAGES, worker=B), job(3, IMAGES, LONG_AGO)],
        {},
    ),
    "a run waits until its former worker has stopped it": (
        [job(1, worker=A, seed=7, cancelled_at=NOW), job(2, seed=7), job(3)],
        {3: B},
    ),
}


@pytest.mark.parametrize("rule", ASSIGNED)
def test_which_job_starts_where(rule):
    jobs, expected = ASSIGNED[rule]
    assert {j.number: j.worker for j in policy.assign(jobs, [A, B], NOW)} == expected


def test_nothing_starts_while_no_worker_is_ready():
    assert list(policy.assign([job(1)], [], NOW)) == []


ORDERS = {
    "in the order in which they were asked for": ([job(1), job(2), job(3)], [1, 2, 3]),
    "unread jobs last": ([job(1, read_at=LONG_AGO), job(2)], [2, 1]),
    "sessions take turns": (
        [job(n, session=s) for n, s in enumerate("aaabbc", start=1)],
        [1, 4, 6, 2, 5, 3],
    ),
    "a session that has runs in training waits longer": (
        [job(1, worker=A, session="a"), job(2, session="a"), job(3, session="b")],
        [3, 2],
    ),
}


@pytest.mark.parametrize("rule", ORDERS)
def test_the_order_in_which_jobs_start(rule):
    jobs, expected = ORDERS[rule]
    assert [j.number for j in policy.in_order(jobs, NOW)] == expected


EARLIER = LONG_AGO - 1
MAKING_WAY = {
    "nothing makes way while nobody waits": (
        [job(1, read_at=LONG_AGO, worker=A), job(2, read_at=LONG_AGO, worker=B)],
        [],
    ),
    "nothing makes way while a worker is free": (
        [job(1, read_at=LONG_AGO, worker=A), job(2)],
        [],
    ),
    "the job unread for longest makes way first, as many as wait": (
        [job(1, read_at=LONG_AGO, worker=A), job(2, read_at=EARLIER, worker=B), job(3)],
        [2],
    ),
    "both make way where two wait": (
        [job(1, read_at=LONG_AGO, worker=A), job(2, read_at=EARLIER, worker=B), job(3), job(4)],
        [2, 1],
    ),
    "jobs that are read do not make way": (
        [job(1, worker=A), job(2, read_at=NOW + 60, worker=B), job(3)],
        [],
    ),
    "kept stacks of points do not make way": (
        [job(1, read_at=EARLIER, worker=A, keep=True), job(2, worker=B), job(3)],
        [],
    ),
    "kept runs on images do": (
        [job(1, IMAGES, LONG_AGO, A, keep=True), job(2, worker=B), job(3)],
        [1],
    ),
    "an unread run on images that waits takes nobody's place": (
        [job(1, IMAGES, EARLIER, A), job(2, worker=B), job(3, IMAGES, LONG_AGO)],
        [],
    ),
    "a run on images makes way for a job that is read in its worker": (
        [job(1, IMAGES, LONG_AGO, A, keep=True), job(2, IMAGES, worker=A)],
        [1],
    ),
    "an unread stack of points makes way for a job that is read in its worker": (
        [job(1, read_at=LONG_AGO, worker=A), job(2, worker=A)],
        [1],
    ),
    "but not if it is kept": (
        [job(1, read_at=LONG_AGO, worker=A, keep=True), job(2, worker=A)],
        [],
    ),
    "nor while its page is expected to read it": (
        [job(1, read_at=LONG_AGO, worker=A, expected={"page": NOW}), job(2, worker=A)],
        [],
    ),
    "nor for one that nobody reads either": (
        [job(1, IMAGES, LONG_AGO, A), job(2, IMAGES, LONG_AGO, A)],
        [],
    ),
    "a worker that is about to be free counts as free": (
        [job(1, worker=A, cancelled_at=NOW), job(2, read_at=LONG_AGO, worker=B), job(3)],
        [],
    ),
}


@pytest.mark.parametrize("rule", MAKING_WAY)
def test_which_jobs_make_way(rule):
    jobs, expected = MAKING_WAY[rule]
    assert [j.number for j in policy.making_way(jobs, [A, B], NOW)] == expected


def test_jobs_do_not_make_way_for_others_before_they_are_unread():
    jobs = [job(1, read_at=NOW - limits.UNREAD_SECONDS, worker=A), job(2, worker=B), job(3)]
    assert policy.making_way(jobs, [A, B], NOW) == []
    assert [j.number for j in policy.making_way(jobs, [A, B], NOW + 0.1)] == [1]


IDLE = NOW - limits.IDLE_SECONDS - 1
EXPIRED = {
    "unread for too long": (job(1, read_at=IDLE, worker=A), True),
    "also while it waits": (job(1, read_at=IDLE), True),
    "unread, but not for long": (job(1, read_at=LONG_AGO, worker=A), False),
    "kept": (job(1, read_at=IDLE, worker=A, keep=True), False),
    "cancelled before": (job(1, read_at=IDLE, worker=A, cancelled_at=NOW), False),
}


@pytest.mark.parametrize("rule", EXPIRED)
def test_which_jobs_are_given_up(rule):
    one, given_up = EXPIRED[rule]
    assert policy.expired([one], NOW) == [one] * given_up


DIED = {
    "a run on images resumes": (job(1, IMAGES, deaths=1), True),
    "until too many workers have died over it": (job(1, IMAGES, deaths=3), False),
    "a stack of points is begun again": (job(1, deaths=1), True),
    "but only once": (job(1, deaths=2), False),
    "a run that was given up stays so": (job(1, IMAGES, deaths=1, cancelled_at=NOW), False),
    "one that made way resumes": (
        job(1, IMAGES, deaths=1, cancelled_at=NOW, requeue=True, keep=True),
        True,
    ),
}


@pytest.mark.parametrize("rule", DIED)
def test_what_resumes_after_its_worker_has_died(rule):
    one, expected = DIED[rule]
    assert policy.resumes(one) is expected


def test_a_worker_that_does_not_answer_a_cancel_in_time_is_stuck():
    late = NOW - limits.STUCK_SECONDS - 1
    jobs = [job(1, worker=A, cancelled_at=late), job(2, worker=B, cancelled_at=NOW), job(3)]
    assert policy.stuck(jobs, NOW) == {A}


@pytest.mark.parametrize(
    ("count", "workers", "sizes"),
    [(4, 2, [4]), (3, 8, [3]), (10, 2, [5, 5]), (40, 2, [14, 13, 13]), (16, 1, [16]), (0, 2, [])],
)
def test_runs_that_share_a_stack_are_split_evenly_over_the_workers(count, workers, sizes):
    recipes = [POINTS.at_seed(offset) for offset in range(count)]
    parts = policy.split_stacks(recipes, workers)
    assert [len(part) for part in parts] == sizes
    assert sorted(r.init_seed for part in parts for r in part) == list(range(count))


def test_runs_that_differ_in_a_shared_setting_and_runs_on_images_are_split_one_by_one():
    recipes = [POINTS, replace(POINTS, lr=0.05), IMAGES, IMAGES.at_seed(1)]
    assert policy.split_stacks(recipes, 2) == [[recipe] for recipe in recipes]
