"""Writing run files: all of a record or an error, and never over a finished run."""

from dataclasses import replace

import numpy as np
import pytest
from support.full_disk import file_size_limit

from ammix_viz.runs import disk, reader
from ammix_viz.runs.format import make_header, record_dtype
from ammix_viz.runs.writer import Writer
from ammix_viz.settings.recipe import Recipe

RECIPE = Recipe(method="ce", epochs=2)
STAGES = [{"name": "training", "epochs": 2, "last": 3}]
RECORD = np.ones(1, record_dtype(2, 6)).tobytes()


def header_of(recipe=RECIPE):
    return make_header(recipe, np.array([0, 1] * 3), 4, ("a", "b"), 16, STAGES)


def count():
    with reader.Run(RECIPE.key) as run:
        return run.count()


def test_a_record_of_which_the_disk_takes_only_a_part_is_an_error():
    writer = Writer(header_of())
    writer.append(RECORD)
    size = disk.path(RECIPE.key).stat().st_size
    with file_size_limit(size + 10), pytest.raises(OSError, match="File too large"):
        writer.append(RECORD)
    assert disk.path(RECIPE.key).stat().st_size == size + 10
    assert count() == 1
    writer.close()


def test_a_run_whose_file_is_removed_is_not_trained_on_in_vain():
    writer = Writer(header_of())
    writer.append(RECORD)
    disk.path(RECIPE.key).unlink()
    with pytest.raises(FileNotFoundError, match="Its file has been removed"):
        writer.append(RECORD)
    writer.close()


def test_a_header_of_which_the_disk_takes_only_a_part_leaves_no_run_and_no_lock():
    with file_size_limit(100), pytest.raises(OSError, match="File too large") as error:
        Writer(header_of())
    assert error.value.errno  # the error, with all that its traceback holds, is still there
    assert not disk.path(RECIPE.key).exists()
    assert not disk.being_written(RECIPE.key)


def test_a_run_that_another_process_has_finished_is_left_as_it_is():
    writer = Writer(header_of())
    writer.append(RECORD)
    writer.finish("ended")
    writer.close()
    before = disk.path(RECIPE.key).stat()
    with pytest.raises(BlockingIOError, match="has been finished by another process"):
        Writer(header_of())
    assert disk.path(RECIPE.key).stat() == before
    assert reader.finished(RECIPE.key).state == "ended"
    assert not disk.being_written(RECIPE.key)


def test_a_finished_run_whose_file_is_damaged_is_written_again():
    writer = Writer(header_of())
    writer.finish("ended")
    writer.close()
    with disk.path(RECIPE.key).open("ab") as file:
        file.write(b"more")
    writer = Writer(header_of())
    writer.append(RECORD)
    writer.close()
    assert (count(), disk.status(RECIPE.key)) == (1, None)


def test_a_run_that_cannot_be_read_is_not_written_over():
    disk.path(RECIPE.key).mkdir(parents=True)
    disk.write_status(RECIPE.key, disk.Status("ended"))
    with pytest.raises(reader.UnreadableRun, match="Is a directory"):
        Writer(header_of())
    other = replace(RECIPE, lr=0.05)
    Writer(header_of(other)).close()
