"""Points as CSV: a header, then x, y and class of each point."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

from ammix_viz.datasets.point_set import Point, Points, admit, point_at

HEADER = ("x", "y", "class")
LONGEST = 1000
"""Characters of a line that are read."""


def write(points: Iterable[Point]) -> str:
    """Return points as CSV."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(HEADER)
    lines.writerows([*point.place, point.label] for point in points)
    return text.getvalue()


def read(content: bytes) -> tuple[Points, list[str]]:
    """Return the points of a CSV file, and a sentence for each reason that lines are left out.

    A header is not needed. Columns may be separated by semicolons or tabs, with decimal commas.
    """
    text = content.decode("utf-8-sig", errors="replace")
    delimiter = next((each for each in "\t;" if each in text), ",")
    lines = [line[:LONGEST] for line in text.splitlines()]
    rows = list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    found = {number: _point(row) for number, row in enumerate(rows, start=1) if any(row)}
    first = next(iter(found), 0)
    if first and not any(map(_is_number, rows[first - 1])):
        found.pop(first)  # the header
    wrong = [number for number, point in found.items() if point is None]
    points, notes = admit(point for point in found.values() if point is not None)
    return points, [*_left_out(wrong), *notes]


def _point(row: Sequence[str]) -> Point | None:
    """Return the point of a line; None if it is not three numbers, the third one whole."""
    numbers = [_number(cell) for cell in row[:3]]
    if len(numbers) < 3 or not all(map(math.isfinite, numbers)) or numbers[2] % 1:
        return None
    return point_at(numbers[0], numbers[1], int(numbers[2]))


def _number(cell: str) -> float:
    """Return the number of a cell, nan if it is none."""
    try:
        return float(cell.strip(" \"'").replace(",", "."))
    except ValueError:
        return math.nan


def _is_number(cell: str) -> bool:
    return math.isfinite(_number(cell))


def _left_out(lines: Sequence[int]) -> list[str]:
    if not lines:
        return []
    if len(lines) == 1:
        return [f"Line {lines[0]} is not three numbers, x, y and class; it is left out."]
    return [
        f"{len(lines)} lines are not three numbers, x, y and class, the first of them line "
        f"{lines[0]}; they are left out."
    ]
