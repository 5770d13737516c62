"""The estimate of how long a job waits, from the progress of others; the time is passed in."""

import pytest

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.policy import Job
from ammix_viz.workers.waiting import REFRESH_SECONDS, Waits

QUICK, SLOW = (Recipe(method="ce", lr=lr) for lr in (0.01, 0.02))


def job(number, recipe, worker=None):
    return Job(number, {recipe.key: recipe}, False, 0.0, worker)


JOBS = [job(1, QUICK, 11), job(2, SLOW, 12), job(3, QUICK), job(4, QUICK)]


@pytest.fixture
def waits():
    """After 10 s one run is half done, and the other a tenth: 10 and 90 s are left."""
    shares = {QUICK.key: 0.0, SLOW.key: 0.0}
    waits = Waits(shares.__getitem__)
    assert waits.seconds(1, JOBS, 0.0) is None
    shares |= {QUICK.key: 0.5, SLOW.key: 0.1}
    return waits


@pytest.mark.parametrize(
    ("position", "seconds"), [(1, 10), (2, 90), (3, 10 + 90), (4, 90 + 90), (5, 10 + 180)]
)
def test_each_job_that_ends_makes_room_for_one_that_waits(waits, position, seconds):
    assert waits.seconds(position, JOBS, 10.0) == seconds


def test_time_passes_between_two_readings_and_a_wait_is_never_over_early(waits):
    assert waits.seconds(1, JOBS, 10.0) == 10
    assert waits.seconds(1, JOBS, 10.0 + REFRESH_SECONDS) == 10  # 8 seconds, rounded up
    assert waits.seconds(2, JOBS, 10.0 + REFRESH_SECONDS) == 90


def test_a_run_that_resumes_is_judged_by_its_pace_since_then():
    share = [0.75]
    waits = Waits(lambda _: share[0])
    jobs = [job(1, SLOW, 11), job(2, QUICK)]
    assert waits.seconds(1, jobs, 0.0) is None
    share[0] = 0.875
    assert waits.seconds(1, jobs, 30.0) == 30


def test_without_a_job_in_training_the_wait_is_unknown(waits):
    assert waits.seconds(1, JOBS[2:], 10.0) is None
