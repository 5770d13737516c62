"""The scripts of pages, run without a browser."""

import pytest
from streamlit.testing.v1 import AppTest
from support.page_scripts import FakePool


@pytest.fixture
def open_page(monkeypatch):
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
