"""Checkpoints: the state of an unfinished run as a file of arrays beside its run file."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

READ_ERRORS = (
    *(OSError, ValueError, KeyError, EOFError, TypeError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, SyntaxError),
)
"""Exceptions that numpy and zipfile raise if a file is damaged."""

FILE_SIZE, FILE_CRC, FORMAT = "file_size", "file_crc", "format"

VERSION = 2
"""Increased whenever the names or shapes of a network's state change; older files are not read."""


def write(path: Path, state: Mapping[str, np.ndarray], size: int, crc: int) -> None:
    """Write the state that goes with a run file of this length and CRC-32."""
    new = path.with_suffix(".ckpt.new")
    with new.open("wb") as file:
        run_file = {FILE_SIZE: np.array(size), FILE_CRC: np.array(crc), FORMAT: np.array(VERSION)}
        np.savez(file, allow_pickle=False, **state, **run_file)
    new.replace(path)


def read(path: Path) -> tuple[dict[str, np.ndarray], int, int] | None:
    """Return state, length and CRC-32; None if there is no readable checkpoint."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            state = {name: stored[name] for name in stored.files}
        if int(state.pop(FORMAT)) != VERSION:
            return None
        return state, int(state.pop(FILE_SIZE)), int(state.pop(FILE_CRC))
    except READ_ERRORS:
        return None
