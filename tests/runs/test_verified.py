"""Finished runs that are read from disk once."""

import os

import pytest

from ammix_viz.runs import disk, reader, verified
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe

CE = Recipe(method="ce", epochs=2)


@pytest.fixture
def read(monkeypatch):
    """The keys of the runs read from disk."""
    keys, finished = [], reader.finished
    monkeypatch.setattr(reader, "finished", lambda key: keys.append(key) or finished(key))
    return keys


def test_a_file_is_read_again_only_after_it_has_changed(read):
    assert verified.finished(CE.key) is None
    list(record([CE]))
    assert {verified.finished(CE.key).state for _ in range(3)} == {"ended"}
    assert read == [CE.key]
    file = disk.path(CE.key)
    file.write_bytes(file.read_bytes()[:-4] + b"four")
    assert verified.usable(CE.key) is None
    assert "its content has changed" in verified.damage(CE.key)


def test_each_question_marks_the_run_as_used():
    list(record([CE]))
    for _ in range(2):
        os.utime(disk.path(CE.key, ".json"), (0, 0))
        verified.finished(CE.key)
        assert disk.path(CE.key, ".json").stat().st_mtime > 0
