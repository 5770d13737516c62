"""The folders of data and of runs: where they lie, and whether they can be written."""

import os
import tempfile
from pathlib import Path


def user_folder(variable: str, name: str) -> Path:
    """Return the folder that an environment variable names, or one in the user's cache."""
    if chosen := os.environ.get(variable):
        return Path(chosen)
    from pooch import os_cache  # loads requests, which takes 0.2 s

    return os_cache("ammix_viz") / name


def why_not_writable(folder: Path) -> str:
    """Make a folder; return why files cannot be written there, "" if they can be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__
