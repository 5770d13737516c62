"""All messages about a finished run at once, for a page that has no server to ask."""

import json
import struct
from dataclasses import dataclass

import numpy as np
from anyio import to_thread

from ammix_viz.runs import reader, verified
from ammix_viz.runs.format import pack_header
from ammix_viz.runs.parts import spans
from ammix_viz.server.coding import STREAM_END, Deflated, deflated, part_piece, stored
from ammix_viz.server.frame_stream import HEADER, PART, PIECE, STATUS
from ammix_viz.server.pieces import finished_pieces, identity


class Unfinished(RuntimeError):  # noqa: N818
    """A run has not ended, or is no longer there; the message says so."""


@dataclass(frozen=True)
class WholeRun:
    """What a reader of the frame stream receives about a finished run.

    Attributes
    ----------
    messages : bytes
        The messages of the compact coding as one deflated stream, with every optional part. Their
        run index is 0.
    records : int
        Number of records.
    image_size : tuple of int
        Height and width of the images that its points are, () if they are none.
    """

    messages: bytes
    records: int
    image_size: tuple[int, ...]


async def whole_run(key: str) -> WholeRun:
    """Return all messages about a finished run.

    Raises
    ------
    Unfinished
        If the run has not ended, or is not on disk.
    DamagedRun
        If its file cannot be used.
    """
    start, end, header, records = await to_thread.run_sync(_around_pieces, key)
    coded = finished_pieces(key, identity(key), records)
    pieces = [await coded.piece(number) for number in range(len(coded.plan))]
    messages = start + b"".join(_message(PIECE, piece) for piece in pieces) + end
    return WholeRun(messages, records, tuple(header.get("images", ())))


def _around_pieces(key: str) -> tuple[bytes, bytes, dict, int]:
    """Return the messages before and after those of records, the header, and their number."""
    status = verified.finished(key)
    if status is None:
        raise Unfinished(f"The run {key} has not finished training, or is no longer there.")
    with reader.Run(key) as file:
        if "features" not in (file.dtype.names or ()):
            raise reader.DamagedRun(
                f"The run {key} has no 2-D features, so it cannot be displayed."
            )
        header, records = file.header, file.count()
        content = np.frombuffer(file.read(), np.uint8).reshape(-1, file.dtype.itemsize)
        lie = spans(file.dtype)
    said = json.dumps({"state": status.state, "position": 0, "why": status.why})
    start = _message(STATUS, deflated(said.encode()))
    start += _message(HEADER, deflated(pack_header(header)[4:]))
    parts = (part_piece(part, 0, content[:, begin:end]) for part, (begin, end) in lie.items())
    end = b"".join(_message(PART, part) for part in parts) + STREAM_END
    return start, end, header, records


def _message(kind: int, payload: Deflated) -> bytes:
    return stored(struct.pack("<III", 0, kind, payload.size)) + payload.content
