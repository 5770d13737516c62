"""The compact coding of records: about a quarter of their bytes, for features of 12 bits.

A record's features are rounded to 12 bits of a scale that is the same for all records up to the
largest features so far. Each is then predicted from two other records, by one affine map a class
that least squares finds, and only the maps and the residuals are sent. All other fields are sent as
they are. A piece is a few coded records:

- uint32: number of records m; then m indices, m first and m second references (an index; a record
  that refers to itself is predicted from zeros);
- float32 (m, classes, 5, 2): the maps, from (1, x and y of the first, x and y of the second);
- uint8 (bytes, m): the records without their features and their optional parts;
- uint8 (2, m, points, 2): low and high bytes of the residuals, modulo 2¹⁶, with the sign in bit 0.

The optional parts of records, such as their mixed rows, are only sent to readers that ask for them,
in pieces of their own:

- uint32: the part as an index of `PARTS`, the first record, number of records m;
- uint8 (bytes, m): the part of each record minus that of the record before, modulo 256; the first
  as it is.

`player/data/coding.js` decodes it; both add the terms of a prediction in the same order. Pieces are
deflated so that the bytes of several, one after the other, are still one deflated stream.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ammix_viz.runs.format import INT16_MAX
from ammix_viz.runs.parts import PARTS, spans

LARGEST = 2047
"""The largest rounded feature."""

STRIDE = 8
"""Records from one of the coarse picture to the next."""

MOST_RECORDS = 16
"""The most records in a piece."""

RIDGE = 1e-2
"""Added to the normal equations of a map, which can be singular."""


STREAM_END = b"\x03\x00"
"""The end of a deflated stream."""


class Deflated(NamedTuple):
    """A part of a deflated stream, and the number of bytes that it is inflated to."""

    size: int
    content: bytes


class Reference(NamedTuple):
    """A record to code, and the two that it is predicted from, as indices."""

    record: int
    first: int
    second: int


def in_order(first: int, end: int) -> list[Reference]:
    """Return the records from `first` to before `end`, predicted from the two before each."""
    return [Reference(i, max(i - 1, 0), max(i - 2, 0)) for i in range(first, end)]


def coarse_first(count: int) -> list[list[Reference]]:
    """Return the pieces of a finished run: every eighth record and the last, then those between."""
    if not count:
        return []
    coarse = [*range(0, count - 1, STRIDE), count - 1]
    steps = [
        Reference(index, coarse[max(i - 1, 0)], coarse[max(i - 2, 0)])
        for i, index in enumerate(coarse)
    ]
    pieces = [steps[at : at + MOST_RECORDS] for at in range(0, len(steps), MOST_RECORDS)]
    gaps = [list(_between(left, right)) for left, right in pairwise(coarse)]
    return pieces + [gap for gap in gaps if gap]


def _between(left: int, right: int) -> Iterator[Reference]:
    """Yield the records between two, each predicted from the nearest two yielded around it."""
    gaps = [(left, right)]
    for left, right in gaps:
        if right - left > 1:
            middle = (left + right) // 2
            yield Reference(middle, left, right)
            gaps += [(left, middle), (middle, right)]


def rounded(records: np.ndarray, largest: float = 0.0) -> tuple[np.ndarray, float]:
    """Round the features of records to 12 bits.

    Parameters
    ----------
    records : structured ndarray of shape (n,)
        Records in order.
    largest : float, default=0.0
        The largest `scale` of the records before.

    Returns
    -------
    records : structured ndarray of shape (n,)
        The same with rounded features and their `scale`.
    largest : float
        The largest `scale` of a record so far.
    """
    given = np.nan_to_num(records["scale"].astype(float))  # a foreign file may hold anything
    tops = np.maximum.accumulate([largest, *given])[1:]
    scales = (tops * (INT16_MAX / LARGEST)).astype("<f4")
    result = records.copy()
    share = given / np.where(scales > 0, scales, 1).astype(float)
    result["features"] = np.rint(records["features"] * share[:, None, None])
    result["scale"] = scales
    return result, float(tops[-1])


class Coder:
    """Codes the rounded records of one run.

    Parameters
    ----------
    header : dict
        The header of the run.
    dtype : dtype
        The layout of its records.
    """

    def __init__(self, header: Mapping[str, Any], dtype: np.dtype) -> None:
        labels = np.asarray(header["labels"])
        fields: Mapping[str, Any] = dtype.fields or {}
        kind, start = fields["features"][:2]
        self._size = min([dtype.itemsize, *(begin for begin, _ in spans(dtype).values())])
        self._span = slice(start, start + kind.itemsize)
        self._by_class = np.argsort(labels, kind="stable")
        self._sorted_back = np.argsort(self._by_class)
        self._sizes = np.bincount(labels, minlength=len(header["class_names"]))
        self._ends = np.cumsum(self._sizes)

    def piece(self, records: Mapping[int, np.void], plan: Sequence[Reference]) -> Deflated:
        """Return the coded records of a plan, deflated.

        Parameters
        ----------
        records : mapping of int to record
            The rounded records by index: those of the plan, and those that they refer to.
        plan : sequence of Reference
            What to code, in an order in which all that a record refers to is known before it.
        """
        wanted = {index for item in plan for index in item}
        rows = {index: self._rows(records[index]) for index in wanted}
        coded = [self._predicted(rows, item) for item in plan]
        maps = np.stack([each for each, _ in coded])
        residuals = np.stack([each for _, each in coded])
        rest = np.stack([self._without_features(records[item.record]) for item in plan])
        folded = ((residuals << 1) ^ (residuals >> 15)).view(np.uint8)
        parts = (
            np.array([len(plan), *np.array(plan).T.ravel()], "<u4"),
            maps,
            rest.T,
            folded[..., 0::2],
            folded[..., 1::2],
        )
        return deflated(b"".join(part.tobytes() for part in parts))

    def _without_features(self, record: np.void) -> np.ndarray:
        content = np.frombuffer(record.tobytes(), np.uint8)[: self._size]
        return np.delete(content, self._span)

    def _rows(self, record: np.void) -> np.ndarray:
        """Return the features of a record, class after class, as float64 of shape (2, points)."""
        return record["features"].T[:, self._by_class].astype(float)

    def _predicted(
        self, rows: Mapping[int, np.ndarray], item: Reference
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the maps (classes, 5, 2) and the residuals (points, 2) of a record."""
        target = rows[item.record]
        zeros = np.zeros_like(target)
        known = [rows[i] if i != item.record else zeros for i in (item.first, item.second)]
        basis = np.concatenate([np.ones((1, target.shape[1])), *known])
        maps = self._fitted(basis, target)
        of_points = np.repeat(maps.astype(float).transpose(1, 2, 0), self._sizes, axis=2)
        guess = of_points[0].copy()
        for term in range(1, 5):
            guess += of_points[term] * basis[term]
        guess = np.clip(np.floor(guess + 0.5), -INT16_MAX, INT16_MAX)
        residuals = (target - guess).astype(np.int32).astype("<i2")  # modulo 2¹⁶
        return maps, residuals[:, self._sorted_back].T

    def _fitted(self, basis: np.ndarray, target: np.ndarray) -> np.ndarray:
        both = np.concatenate([basis, target])
        products = np.stack(
            [
                basis[:, end - size : end] @ both[:, end - size : end].T
                for size, end in zip(self._sizes, self._ends, strict=True)
            ]
        )
        products[:, range(5), range(5)] += RIDGE
        maps = np.linalg.solve(products[:, :, :5], products[:, :, 5:])
        return np.nan_to_num(maps).astype("<f4")


def part_piece(part: str, first: int, content: np.ndarray) -> Deflated:
    """Return a part of some records, coded and deflated.

    Parameters
    ----------
    part : str
        One of `PARTS`.
    first : int
        Index of the first record.
    content : ndarray of shape (m, bytes), uint8
        The part of each record.
    """
    head = np.array([PARTS.index(part), first, len(content)], "<u4").tobytes()
    changes = np.diff(content, axis=0, prepend=np.zeros_like(content[:1]))
    return deflated(head + changes.T.tobytes())


def deflated(content: bytes) -> Deflated:
    """Deflate bytes; of repetitions only runs of one byte are sought, which is fast."""
    packer = zlib.compressobj(wbits=-15, strategy=zlib.Z_RLE)
    return Deflated(len(content), packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH))


def stored(content: bytes) -> bytes:
    """Return at most 65,535 bytes as a part of a deflated stream, as they are."""
    return struct.pack("<BHH", 0, len(content), len(content) ^ 0xFFFF) + content
