"""Points as text for a URL: three letters a point, after three for a checksum.

The classes follow one another, separated by a dot. A point's letters are 18 bits in base64url, nine
for its column and nine for its row. The text of 300 points has about 910 letters.
"""

import string
import zlib
from collections.abc import Iterable, Iterator

from ammix_viz.datasets.point_set import Point, Points, admit

LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
WIDTH, BITS = 3, 9
BETWEEN = "."


def encode(points: Iterable[Point]) -> str:
    """Return points as text; within a class they keep their order."""
    by_class: dict[int, str] = {}
    for column, row, label in points:
        by_class[label] = by_class.get(label, "") + _letters(column << BITS | row)
    last = max(by_class, default=-1)
    body = BETWEEN.join(by_class.get(label, "") for label in range(last + 1))
    return _checksum(body) + body


def decode(text: str) -> tuple[Points, list[str]]:
    """Return the points that a text has, and a sentence for everything that is wrong with it."""
    checksum, body = text[:WIDTH], text[WIDTH:]
    points, notes = admit(_points(body))
    if checksum != _checksum(body):
        kept = {0: "no point can be read", 1: "the 1 point that it still has is used"}
        many = f"the {len(points)} points that it still has are used"
        why = "The text of points is cut off or changed"
        notes.insert(0, f"{why}; {kept.get(len(points), many)}.")
    return points, notes


def _points(body: str) -> Iterator[Point]:
    """Yield the points of a text; letters that are not known, and parts of a point, are skipped."""
    for label, letters in enumerate(body.split(BETWEEN)):
        for at in range(0, len(letters) - WIDTH + 1, WIDTH):
            number = _number(letters[at : at + WIDTH])
            if number is not None:
                yield Point(number >> BITS, number & (1 << BITS) - 1, label)


def _number(letters: str) -> int | None:
    places = [LETTERS.find(letter) for letter in letters]
    return None if min(places) < 0 else places[0] << 12 | places[1] << 6 | places[2]


def _letters(number: int) -> str:
    return "".join(LETTERS[number >> shift & 63] for shift in (12, 6, 0))


def _checksum(body: str) -> str:
    return _letters(zlib.crc32(body.encode()) & (1 << 2 * BITS) - 1)
