"""Reads a link of the app strictly, where a person can correct it; the app itself repairs it."""

from urllib.parse import parse_qsl, urlsplit

from ammix_viz.settings import fixed
from ammix_viz.settings.axis import Axis, split
from ammix_viz.settings.moment import MOMENT
from ammix_viz.settings.moment import RULES as OF_MOMENT
from ammix_viz.settings.rules import Number, checked, nearest_word, quoted
from ammix_viz.settings.table import RULES, check
from ammix_viz.settings.variants import FORM

LESSON, COARSE = "lesson", "coarse_to_fine"
"""The pages whose links say less than they display: of a lesson, and of runs on coarse classes."""

OTHERS = ("paper_figures", "sweep")
"""The pages that display no runs in a player."""

ELSEWHERE = (fixed.PARAMETER, "present", LESSON, "step")
"""Parameters that are checked where they are used, or do not change what is displayed."""


def read_link(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the query of a link, and a sentence for each parameter that is ignored.

    Parameters
    ----------
    text : str
        The address of the live lab, of *Coarse to fine* or of a lesson; or only its query.

    Raises
    ------
    ValueError
        If it is none, or one of its values is not allowed.
    """
    parts = urlsplit(text.strip())
    is_query = "?" not in text and "=" in parts.path
    page = "" if is_query else parts.path.rstrip("/").rpartition("/")[2]
    query = dict(parse_qsl(parts.path if is_query else parts.query, keep_blank_values=True))
    if page in OTHERS:
        raise ValueError(f"The page {page} displays no runs side by side; give another link.")
    if not (query or parts.scheme or page in (LESSON, COARSE)):
        raise ValueError(
            f"The link is {quoted(text)}; it must be the address of a page, or its query, such as "
            "methods=ce,am_mixup&epochs=50."
        )
    usual = {LESSON: {LESSON: ""}, COARSE: {"data": "digits_coarse"}}.get(page, {})
    ignored = [_ignored(name) for name in query if not _is_known(name)]
    if len(ignored) == len(query) > 0 and not usual:
        raise ValueError(ignored[0])
    for name, value in query.items():
        _check(name, value)
    return usual | query, ignored


def _is_known(name: str) -> bool:
    return name in (*RULES, *MOMENT, *ELSEWHERE, "methods", "vary") and name != "method"


def _ignored(name: str) -> str:
    near = nearest_word(name, ["methods", "vary", *MOMENT, *RULES, *ELSEWHERE])
    hint = f" Did you mean {near}?" if near else ""
    return f"{quoted(name)[1:-1]} is no parameter of a link.{hint}"


def _check(name: str, value: str) -> None:
    """Raise ValueError if a parameter has a value that is not allowed."""
    if name == "methods":
        for method in value.split(","):
            check("method", method)
    elif name == "vary":
        setting, colon, values = value.partition(":")
        if not colon:
            raise ValueError(f"vary is {quoted(value)}; it must be {FORM}.")
        Axis(setting.strip(), split(values))
    elif name == "hidden":
        for number in value.split(","):
            checked("hidden", number, Number(1, 32, whole=True))
    elif name in OF_MOMENT:
        checked(name, value, OF_MOMENT[name])
    elif name in RULES:
        check(name, value)
