"""A check that a folder can be written."""

import tempfile
from pathlib import Path


def why_not_writable(folder: Path) -> str:
    """Make a folder; return why files cannot be written there, "" if they can be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__
