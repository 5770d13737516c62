"""Training many runs from a page."""

from types import SimpleNamespace

from streamlit.testing.v1 import AppTest
from support.notices import texts


def page():
    from ammix_viz.ui.training import current_training

    current_training("training", [])


def opened(**training):
    app = AppTest.from_function(page)
    app.session_state["training"] = SimpleNamespace(batch=SimpleNamespace(recipes={}), **training)
    return texts(app.run().error)


def test_a_page_says_why_the_runs_of_its_training_were_stopped():
    reasons = ("2 runs stopped: The run cannot be written: No space left on device.",)
    assert opened(over=True, stopped=reasons) == list(reasons)
    assert opened(over=False, stopped=reasons) == []
    assert opened(over=True, stopped=()) == []
