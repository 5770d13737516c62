"""A pool of two workers."""

import pytest
from support.pools import give_up_all
from support.waiting import wait_for

from ammix_viz.workers import limits
from ammix_viz.workers.pool import Pool


@pytest.fixture(scope="module")
def workers_of_two():
    pool = Pool(size=2)
    pool.start()
    wait_for(lambda: pool.ready() == 2, 60)
    yield pool
    pool.stop()


@pytest.fixture
def pool(workers_of_two, runs_folder, monkeypatch):
    """A pool of two workers that train one stack of points at a time."""
    monkeypatch.setattr(limits, "MAX_STACKS", 1)
    monkeypatch.setattr(limits, "EXPECTED_SECONDS", 0.0)
    yield workers_of_two
    give_up_all(workers_of_two, 2, monkeypatch)
