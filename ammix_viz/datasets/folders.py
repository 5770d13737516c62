"""Where this program keeps its files."""

import os
import sys
from pathlib import Path


def cache() -> Path:
    """Return this program's folder in the user's cache; it may not be there yet."""
    if sys.platform == "win32":
        user = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        user = Path.home() / "Library" / "Caches"
    else:
        user = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return user / "ammix_viz"
