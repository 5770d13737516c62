"""Write results to a folder, atomically, without overwriting other results."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ammix_viz.datasets.folders import why_not_writable
from ammix_viz.studies.results import RESULTS, VERSION


def folder_name(name: str) -> str:
    """Return the name of a study as that of a folder or file."""
    return name.replace(" ", "_")


def prepare(folder: Path, name: str, file: str = RESULTS, version: int = VERSION) -> None:
    """Create the folder and check that the files of a study can be written there.

    Parameters
    ----------
    folder : Path
        The folder.
    name : str
        Name of the study.
    file, version : str and int, optional
        The file that names study and version, and the version to be written.

    Raises
    ------
    ValueError
        If it cannot be written, or holds results of another study or version.
    """
    if why := why_not_writable(folder):
        raise ValueError(
            f"The folder {folder} cannot be written to ({why}); choose another one with --out."
        )
    if (folder / file).exists():
        found = _found_in(folder / file)
        if found != (name, version):
            what = f"results of {found[0]}, version {found[1]}" if found[0] else "other results"
            raise ValueError(
                f"The folder {folder} holds {what}; these are of {name}, version {version}. "
                "Nothing was overwritten; choose another folder with --out."
            )


def _found_in(file: Path) -> tuple[Any, Any]:
    """Return study and version of a file of results; None for what it does not have."""
    try:
        found = json.loads(file.read_text("utf-8"))
        return found["study"], found["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return None, None


def write(folder: Path, contents: Mapping[str, str | bytes]) -> None:
    """Write files, each by an atomic rename; a name may begin with that of a folder."""
    for name, content in contents.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(target)
