"""The runs of a replay, as the text of a page carries them; `archive.js` answers from it."""

import contextlib
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any

from anyio import to_thread

from ammix_viz.server.images import SHEET_COLUMNS, point_sheet
from ammix_viz.server.inputs import input_plane
from ammix_viz.server.whole_run import whole_run


async def archive_of(keys: Iterable[str]) -> dict[str, Any]:
    """Return finished runs and what the player asks a server for about them, for JSON.

    Parameters
    ----------
    keys : iterable of str
        The runs.

    Returns
    -------
    dict
        `runs`: for each key `messages` and `records` as in `WholeRun`, and the place in `data` of
        its points. `data`: the `content` of `point_sheet` and the `size` of an image, or the
        content of `input_plane`; runs on the same points have the same. Bytes are base64.

    Raises
    ------
    Unfinished
        If a run has not ended, or is not on disk.
    DamagedRun
        If the file of a run cannot be used.
    """
    runs: dict[str, dict[str, Any]] = {}
    places: dict[tuple[bytes, tuple[int, ...]], int] = {}
    for key in dict.fromkeys(keys):
        run = await whole_run(key)
        make = point_sheet if run.image_size else input_plane
        points = await to_thread.run_sync(_made, make, key), run.image_size
        place = places.setdefault(points, len(places))
        runs[key] = {"messages": _text(run.messages), "records": run.records, "data": place}
    data = [{"content": _text(content), "size": size} for content, size in places]
    return {"runs": runs, "data": data, "columns": SHEET_COLUMNS}


def _made(make: Callable[[str], bytes], key: str) -> bytes:
    """Return what is made of a run's data, nothing if they can no longer be read."""
    with contextlib.suppress(OSError, ValueError, LookupError):
        return make(key)
    return b""


def _text(content: bytes) -> str:
    return b64encode(content).decode()
