"""A page's part of the URL: the query says what the page displays.

If the query differs from what the session wrote last, the controls take its values: a link was
opened, or the browser went back. If a control changes, the page writes the query.
"""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from ammix_viz.settings import fixed
from ammix_viz.settings.moment import MOMENT
from ammix_viz.settings.table import RULES
from ammix_viz.ui import notices
from ammix_viz.ui.style import PRESENT

WRITTEN = "written_query"
PARAMETERS = {*RULES, "methods", "vary", fixed.PARAMETER, "figure", "x", "y", "metric"}
"""The parameters of all pages."""

ASIDE = {*MOMENT, PRESENT}
"""Parameters that do not change what a page is about."""

Value = TypeVar("Value")


def base_path() -> str:
    """Return the folder of the server that the app is served below, such as "/" or "/lab/"."""
    folder = st.get_option("server.baseUrlPath").strip("/")
    return f"/{folder}/" if folder else "/"


def is_new(page: str) -> bool:
    """Return whether the URL's query is another one than a page wrote last.

    What the player writes there does not count, nor whether the page is presented.
    """
    return _written(page) != _without_aside(st.query_params.to_dict())


def requested(page: str, mark: str) -> dict[str, str]:
    """Return the URL's query, or what the page wrote last if that is another page's query.

    After “back” Streamlit can still have the query of the page before. `mark` is a parameter that
    only this page has.
    """
    query, written = _without_aside(st.query_params.to_dict()), _written(page)
    _remember(page, query)  # not new any more, even if the page cannot use it
    return query if written is None or mark in query else written


def given_or_last(page: str) -> dict[str, str]:
    """Return the URL's query, or what the page wrote last if there is none or another page's.

    There is none after a click in the menu, and maybe another page's after “back”.
    """
    query, written = st.query_params.to_dict(), st.session_state.get(WRITTEN, {})
    others = [last for name, last in written.items() if name != page]
    of_page = query and _without_aside(query) not in others
    return query if of_page or page not in written else written[page]


def write(page: str, query: dict[str, str]) -> None:
    """Write a page's query into the URL; parameters that no page reads stay as they are."""
    others = {n: value for n, value in st.query_params.to_dict().items() if n not in PARAMETERS}
    _remember(page, _without_aside(others | query))
    if st.query_params.to_dict() != others | query:
        st.query_params.from_dict(others | query)


def read(parse: Callable[[str], Value], text: str, otherwise: str) -> Value:
    """Return the parsed text of a parameter; if it is not allowed, say so and parse `otherwise`."""
    try:
        return parse(text)
    except ValueError as why:
        notices.warning(f"{why} {otherwise} is used.")
        return parse(otherwise)


def _without_aside(query: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name not in ASIDE}


def _written(page: str) -> dict[str, str] | None:
    return st.session_state.get(WRITTEN, {}).get(page)


def _remember(page: str, query: dict[str, str]) -> None:
    st.session_state[WRITTEN] = st.session_state.get(WRITTEN, {}) | {page: query}
