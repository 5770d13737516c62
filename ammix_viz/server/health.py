"""Whether workers and disk work."""

import shutil

from ammix_viz.datasets.folders import why_not_writable
from ammix_viz.runs import disk

MIN_FREE_BYTES = 200_000_000
"""Free bytes on the disk of the runs below which it is a problem."""


def disk_problems() -> list[str]:
    """Return a message for each problem with the folder of the runs."""
    folder = disk.folder()
    if why := why_not_writable(folder):
        return [f"The folder of the runs cannot be written to: {why}."]
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        return [f"The disk of the runs is nearly full: {free // 10**6} MB are left."]
    return []
