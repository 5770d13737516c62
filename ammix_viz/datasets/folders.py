"""Folders that files are written to."""

import tempfile
from pathlib import Path


def why_not_writable(folder: Path) -> str:
    """Make a folder; return what keeps files from being written there, "" if nothing does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__
