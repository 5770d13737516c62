"""Write results to a folder, atomically, without overwriting other results."""

import json
from pathlib import Path

from ammix_viz.datasets.folders import why_not_writable
from ammix_viz.studies.results import RESULTS, VERSION


def prepare(folder: Path, name: str) -> None:
    """Create the folder and check that a study's files can be written there.

    Raises
    ------
    ValueError
        If it cannot be written, or holds results of another study or version.
    """
    if why := why_not_writable(folder):
        raise ValueError(
            f"The folder {folder} cannot be written to ({why}); choose another one with --out."
        )
    if (folder / RESULTS).exists():
        _check_ours(folder, name)


def _check_ours(folder: Path, name: str) -> None:
    try:
        found = json.loads((folder / RESULTS).read_text("utf-8"))
        version, study = found["version"], found["study"]
    except (OSError, ValueError, KeyError, TypeError):
        version, study = None, None
    if version != VERSION or study != name:
        what = f"results of {study}, version {version}" if study else "other results"
        raise ValueError(
            f"The folder {folder} holds {what}; these are of {name}, version {VERSION}. "
            "Nothing was overwritten; choose another folder with --out."
        )


def write(folder: Path, contents: dict[str, str]) -> None:
    """Write files, each by an atomic rename."""
    for name, content in contents.items():
        new = folder / f".{name}.new"
        new.write_text(content, "utf-8")
        new.replace(folder / name)
