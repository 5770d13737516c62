"""Runs on a Dask cluster of two processes."""

import threading
from dataclasses import replace

import pytest
from support.training import train

from ammix_viz.runs import disk, reader, writer
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import dask_cluster
from ammix_viz.workers.dask_cluster import train_on

distributed = pytest.importorskip("distributed")
TINY = Recipe(method="ce", epochs=2, imbalance=200, lr=0.02)
RECIPES = [
    *(TINY.at_seed(offset) for offset in range(5)),
    replace(TINY, method="supcon").canonical,
    replace(TINY, method="mixup", lr=1.0),
]


@pytest.fixture(scope="module")
def address():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as local:
        yield local.scheduler_address


def test_runs_come_back_as_the_files_that_this_machine_would_write(address, tmp_path, monkeypatch):
    monkeypatch.setattr(dask_cluster, "POLL_SECONDS", 0.05)  # polled while it is still busy
    *_, end = train_on(address, RECIPES)
    assert (end.done, end.failed, end.total) == (7, 1, 7)
    assert reader.finished(RECIPES[-1].key).state == "failed"
    compared = RECIPES[-3:]  # one of a stack, one of another method, one that fails
    there = [disk.path(recipe.key).read_bytes() for recipe in compared]
    monkeypatch.setenv("AMMIX_RUNS", str(tmp_path / "here"))
    for recipe in compared:
        list(record([recipe]))
    assert [disk.path(recipe.key).read_bytes() for recipe in compared] == there


def test_what_is_on_disk_is_not_trained_again(address):
    train(RECIPES[:1])
    before = disk.path(RECIPES[0].key).stat().st_ino
    first, *_, end = train_on(address, RECIPES[:2])
    assert (first.done, end.done) == (1, 2)
    assert disk.path(RECIPES[0].key).stat().st_ino == before


def test_a_failed_stack_is_reported_and_received_files_are_kept(address, monkeypatch):
    def broken(recipes):
        raise OSError("The disk is full.")

    list(train_on(address, RECIPES[:1]))
    monkeypatch.setattr(dask_cluster, "train_stack", broken)
    with pytest.raises(RuntimeError, match=r"gave up some of the runs \(The disk is full.\)"):
        list(train_on(address, RECIPES[:2]))
    assert reader.finished(RECIPES[0].key).state == "ended"


def test_the_other_stacks_come_back_although_one_breaks(address, monkeypatch):
    recipes = [TINY, replace(TINY, lr=0.05)]

    def broken(stack):
        from ammix_viz.workers.dask_cluster import train_stack  # as the cluster has it

        if stack[0]["lr"] == 0.05:
            raise OSError("The disk is full.")
        return train_stack(stack)

    monkeypatch.setattr(dask_cluster, "train_stack", broken)
    with pytest.raises(RuntimeError, match="The disk is full"):
        list(train_on(address, recipes))
    assert reader.finished(recipes[0].key).state == "ended"
    assert reader.finished(recipes[1].key) is None


def test_a_cluster_of_another_version_is_named(address, monkeypatch):
    monkeypatch.setattr(dask_cluster, "train_stack", lambda stack: [("0" * 24, b"", {})])
    with pytest.raises(RuntimeError, match="run another version of ammix_viz"):
        list(train_on(address, [TINY]))


RELEASED = threading.Event()


def wait_for_release(stack):
    """Stands for a long training, in a worker that is a thread of this process."""
    RELEASED.wait(60)


def test_a_cluster_that_loses_its_workers_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(dask_cluster, "NO_WORKER_SECONDS", 0.5)
    monkeypatch.setattr(dask_cluster, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(dask_cluster, "train_stack", wait_for_release)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as local:
        going = train_on(local.scheduler_address, [TINY])
        next(going)
        local.scale(0)
        with pytest.raises(RuntimeError, match="The cluster has no worker left"):
            list(going)
        RELEASED.set()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tcp://127.0.0.1:1", "no scheduler with a worker answers there"),
        ("somewhere", "it is no address"),
    ],
)
def test_an_address_where_no_cluster_is_is_named(address, why, monkeypatch):
    monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 1)
    with pytest.raises(ValueError, match="dask is") as error:
        next(train_on(address, [TINY]))
    assert str(error.value) == f'dask is "{address}"; {why}. It must be like tcp://HOST:8786.'


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(ValueError, match="Dask is not installed; try: pip install distributed"):
        next(train_on("tcp://127.0.0.1:8786", [TINY]))


def test_a_run_that_came_back_damaged_is_not_kept():
    with pytest.raises(reader.DamagedRun, match="came back damaged"):
        writer.adopt(TINY.key, b"not it", disk.Status("ended", size=3, crc=1))
    assert not disk.path(TINY.key).exists()
