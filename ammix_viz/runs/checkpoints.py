"""The state of an unfinished run on disk, beside its file: plain arrays, put in place whole."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

DAMAGE = (
    *(OSError, ValueError, KeyError, EOFError, TypeError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, SyntaxError),
)
"""What numpy and zipfile raise where a file is not what was written."""

FILE_SIZE, FILE_CRC, FORMAT = "file_size", "file_crc", "format"

VERSION = 2
"""Raised whenever a network's state has other names or shapes; other checkpoints are not read."""


def write(path: Path, state: Mapping[str, np.ndarray], size: int, crc: int) -> None:
    """Keep a state that belongs to a run file of this length and CRC-32."""
    new = path.with_suffix(".ckpt.new")
    with new.open("wb") as file:
        belongs = {FILE_SIZE: np.array(size), FILE_CRC: np.array(crc), FORMAT: np.array(VERSION)}
        np.savez(file, allow_pickle=False, **state, **belongs)
    new.replace(path)


def read(path: Path) -> tuple[dict[str, np.ndarray], int, int] | None:
    """Return state, length and CRC-32; None if there is no checkpoint that can be read."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            state = {name: stored[name] for name in stored.files}
        if int(state.pop(FORMAT)) != VERSION:
            return None
        return state, int(state.pop(FILE_SIZE)), int(state.pop(FILE_CRC))
    except DAMAGE:
        return None
