"""Pages for a projector."""

from support.page_scripts import query_of

from ammix_viz.settings.comparison import Comparison


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
