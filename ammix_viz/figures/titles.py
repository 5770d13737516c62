"""Titles of panels, in lines that are no longer than a panel is wide."""

import re
from collections.abc import Iterable

LETTERS = 23
"""The most letters in a line; a longer one is broken after commas."""


def title_lines(title: str) -> list[str]:
    """Return the lines of a title."""
    return [broken for line in title.split("\n") for broken in _broken(line)]


def most_lines(titles: Iterable[str]) -> int:
    """Return the number of lines of the longest title."""
    return max((len(title_lines(title)) for title in titles), default=1)


def _broken(line: str) -> list[str]:
    first, *rest = re.split("(?<=,) ", line)
    lines = [first]
    for piece in rest:
        longer = f"{lines[-1]} {piece}"
        if len(longer) <= LETTERS:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines
