"""Pages for a projector."""

import pytest
from support.page_scripts import query_of

from ammix_viz.settings.comparison import Comparison


def keys_of(page):
    """Return the names of the components on a page."""
    return [each.proto.component_name for each in page.get("bidi_component")]


def styles_of(page):
    return "".join(each.proto.body for each in page.get("html"))


def test_a_page_is_presented_without_its_menu_until_a_person_leaves(open_page):
    page, _ = open_page({"present": "1", "at": "7"})
    assert ".st-key-leave_presenting" in styles_of(page)
    assert query_of(page) == Comparison().query() | {"present": "1", "at": "7"}
    page.slider(key="beta").set_value(0.5).run()
    assert query_of(page)["present"] == "1"
    arrivals = page.session_state["arrivals"]
    page.button(key="leave_presenting").click().run()
    assert "present" not in query_of(page)
    assert page.slider(key="beta").value == 0.5
    assert page.session_state["arrivals"] == arrivals  # what is displayed stays
    assert ".st-key-leave_presenting" not in styles_of(page)


@pytest.mark.parametrize(
    ("query", "count"), [({"present": "1"}, 1), ({"present": "0"}, 0), ({}, 0)]
)
@pytest.mark.parametrize("script", ["live_lab", "lesson"])
def test_a_key_leaves_only_while_presenting(open_page, script, query, count):
    page, _ = open_page(query, script)
    assert keys_of(page).count("ammix_presenting") == count


def test_the_key_leaves_no_more_once_a_person_has_left(open_page):
    page, _ = open_page({"present": "1"})
    page.button(key="leave_presenting").click().run()
    assert "ammix_presenting" not in keys_of(page)
