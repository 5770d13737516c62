"""A pool with real worker processes, used by one test after the other."""

from support.waiting import wait_for

from ammix_viz.workers import limits


def give_up_all(pool, workers, monkeypatch):
    """Have the pool give up every job that is not kept, and wait for idle workers."""
    monkeypatch.setattr(limits, "IDLE_SECONDS", float("-inf"))
    wait_for(lambda: not pool.jobs() and pool.ready() == workers)
