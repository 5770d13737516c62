"""What all tests share: a folder of runs of their own."""

import pytest


@pytest.fixture(autouse=True)
def runs_folder(tmp_path, monkeypatch):
    """Give each test an empty folder of runs."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("AMMIX_RUNS", str(folder))
    return folder
