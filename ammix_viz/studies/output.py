"""The folder that results go to: nothing of others is overwritten, nothing half-written."""

import json
from pathlib import Path

from ammix_viz.datasets.folders import why_not_writable
from ammix_viz.studies.results import RESULTS, VERSION


def prepare(folder: Path, name: str) -> None:
    """Make the folder and see that a study's files may be put there.

    Raises
    ------
    ValueError
        If it cannot be written, or holds results of another study or version.
    """
    if why := why_not_writable(folder):
        raise ValueError(f"The folder {folder} cannot be written ({why}); --out names another one.")
    if (folder / RESULTS).exists():
        _check_ours(folder, name)


def _check_ours(folder: Path, name: str) -> None:
    try:
        found = json.loads((folder / RESULTS).read_text("utf-8"))
        version, study = found["version"], found["study"]
    except (OSError, ValueError, KeyError, TypeError):
        version, study = None, None
    if version != VERSION or study != name:
        what = f"results of {study}, version {version}" if study else "results of something else"
        raise ValueError(
            f"The folder {folder} holds {what}, and this is {name}, version {VERSION}. "
            "Nothing is overwritten; --out names another folder."
        )


def write(folder: Path, contents: dict[str, str]) -> None:
    """Put files in place, each by an atomic rename."""
    for name, content in contents.items():
        new = folder / f".{name}.new"
        new.write_text(content, "utf-8")
        new.replace(folder / name)
