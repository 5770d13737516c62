"""What all tests share: a folder of runs of their own, and the program that they are run by."""

import sys

import pytest
from hypothesis import settings

settings.register_profile("busy", deadline=None)  # a busy machine is no failure
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def runs_folder(tmp_path, monkeypatch):
    """Give each test an empty folder of runs."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("AMMIX_RUNS", str(folder))
    return folder


@pytest.fixture(autouse=True)
def main_module(monkeypatch):
    """Take back what a page's script leaves as the main module: new processes would run it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
