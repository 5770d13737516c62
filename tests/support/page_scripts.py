"""The scripts of pages, run without a browser, and a pool that trains nothing."""

import pytest
from streamlit.testing.v1 import AppTest

from ammix_viz.workers.run_state import RunState


class FakePool:
    """Takes note of what it is asked for; nothing is trained. It refuses so many requests."""

    def __init__(self, notes=(), error=None, refusals=1000):
        self.asked, self.notes, self.error, self.refusals = [], list(notes), error, refusals
        self.live, self.kept_runs, self.released, self.cancelled = {}, {}, [], []

    def submit(self, recipes, **options):
        if self.error and self.refusals:
            self.refusals -= 1
            raise ValueError(self.error)
        self.asked.append((tuple(recipes), options))
        self.kept_runs |= {recipe.key: recipe for recipe in recipes if options.get("keep")}
        return self.notes

    def kept(self):
        return list(self.kept_runs.values())

    def release(self, keys):
        self.released += keys
        self.kept_runs = {key: run for key, run in self.kept_runs.items() if key not in keys}

    def cancel(self, keys, *, unread_only=False):
        self.cancelled.append((set(keys), unread_only))

    def touch(self, keys, ahead=0.0):
        pass

    def leave(self, keys):
        self.left = list(keys)

    def devices(self):
        return ["cpu"]

    def state(self, key):
        return self.live.get(key, RunState("ended"))


@pytest.fixture(name="open_page")
def open_page_fixture(monkeypatch):
    """Open a page at a query; return it and the pool behind it."""

    def open_it(query=None, script="live_lab", pool=None, **pool_options):
        pool = pool or FakePool(**pool_options)
        for module in ("lab", "controls", "curves", "keeping", "training", "effort", "lesson"):
            monkeypatch.setattr(f"ammix_viz.ui.{module}.shared", lambda: pool)
        page = AppTest.from_file(f"../../pages/{script}.py", default_timeout=20)
        for name, value in (query or {}).items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page, pool

    return open_it


def query_of(page):
    values = page.query_params.items()
    return {name: value if isinstance(value, str) else value[0] for name, value in values}
