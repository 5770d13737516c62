"""The state of runs whose files cannot be written, or are written by another process."""

import pytest
from filelock import FileLock
from support.full_disk import file_size_limit

from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import pack_header
from ammix_viz.runs.parts import part_of
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import run_state
from ammix_viz.workers.run_state import GIVEN_UP, FileCheck, RunState

KEY = "0123456789abcdef01234567"
WHY = "The run cannot be written: No space left on device."


@pytest.fixture(autouse=True)
def remembers_nothing():
    yield
    run_state.remove_old_files(KEY)


@pytest.mark.parametrize("run_file", [False, True])
def test_a_reason_that_cannot_be_written_is_remembered_until_the_run_is_trained_again(
    runs_folder, run_file
):
    runs_folder.mkdir(parents=True)
    if run_file:
        disk.path(KEY).write_bytes(b"a header and some records")
    before = run_state.on_disk(KEY)
    with file_size_limit(0):
        run_state.mark_stopped(KEY, WHY)
    assert run_state.on_disk(KEY) == RunState("stopped", why=WHY)
    disk.path(KEY).unlink(missing_ok=True)  # a damaged file would be trained again in any case
    assert run_state.check_files(KEY, restart=False) == FileCheck(train=False)
    assert run_state.check_files(KEY, restart=True) == FileCheck(train=True)
    run_state.remove_old_files(KEY)
    assert run_state.on_disk(KEY).state == "unknown"
    assert before.why == (GIVEN_UP if run_file else "")


def test_a_reason_is_remembered_where_there_is_no_folder(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("AMMIX_RUNS", str(tmp_path / "file"))
    run_state.mark_stopped(KEY, WHY)
    assert run_state.on_disk(KEY) == RunState("stopped", why=WHY)


def test_a_status_on_disk_counts_more_than_a_remembered_reason(runs_folder):
    runs_folder.mkdir(parents=True)
    with file_size_limit(0):
        run_state.mark_stopped(KEY, WHY)
    disk.write_status(KEY, disk.Status("stopped", "Another process was interrupted."))
    assert run_state.on_disk(KEY).why == "Another process was interrupted."


def test_files_that_another_process_writes_are_neither_removed_nor_marked(runs_folder):
    runs_folder.mkdir(parents=True)
    disk.path(KEY).touch()
    with FileLock(disk.path(KEY, ".lock")):
        run_state.remove_old_files(KEY)
        run_state.mark_stopped(KEY, WHY)
    assert disk.path(KEY).exists()
    assert disk.status(KEY) is None
    run_state.remove_old_files(KEY)
    assert not disk.path(KEY).exists()


def test_only_a_run_without_mixed_rows_is_removed_to_be_trained_anew():
    recent, older = Recipe(method="ce", epochs=1), Recipe(method="am_mixup", epochs=1)
    list(record([recent]))
    list(record([older]))
    with reader.Run(older.key) as run:
        header = {
            n: value for n, value in run.header.items() if n not in ("mixed", "grid", "parts")
        }
        header["fields"] = {n: f for n, f in header["fields"].items() if not part_of(n)}
    disk.path(older.key).write_bytes(pack_header(header))
    for recipe in (recent, older, Recipe(method="mixup", epochs=1)):
        run_state.remove_without_parts(recipe.key)
    assert disk.keys() == [recent.key]
