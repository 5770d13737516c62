"""What all tests share: a folder of runs of their own, and the program that they are run by."""

import sys

import pytest
from hypothesis import settings
from support.training import train

from ammix_viz.bench.browser import served
from ammix_viz.runs import disk
from ammix_viz.settings.limits import PREFIX, current_limits
from ammix_viz.workers.batches import Progress

settings.register_profile("busy", deadline=None)  # a busy machine is no failure
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def runs_folder(tmp_path, monkeypatch):
    """Give each test an empty folder of runs."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("AMMIX_RUNS", str(folder))
    return folder


@pytest.fixture
def set_limits(monkeypatch):
    """Return a function that sets limits by their environment variables, for one test."""

    def set_them(**values):
        for name, value in values.items():
            monkeypatch.setenv(PREFIX + name.upper(), str(value))
        current_limits.cache_clear()

    yield set_them
    current_limits.cache_clear()


@pytest.fixture(autouse=True)
def main_module(monkeypatch):
    """Take back what a page's script leaves as the main module: new processes would run it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def address():
    """The address of the app, served by a separate process; starting it takes seconds."""
    with served() as at:
        yield at


@pytest.fixture
def train_here(monkeypatch):
    """Let commands train in the test's process; starting workers takes seconds.

    Returns a list of what they ask for: the recipes, and whether in that order.
    """
    asked = []

    def train_missing(recipes, in_order):
        asked.append((list(recipes), in_order))
        train([recipe for recipe in recipes if disk.status(recipe.key) is None])
        yield Progress(len(recipes), 0, len(recipes), 1.0)

    monkeypatch.setattr("ammix_viz.commands.progress.train_all", train_missing)
    return asked
