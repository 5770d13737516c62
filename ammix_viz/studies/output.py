"""The folder that results go to: nothing of others is overwritten, nothing half-written."""

import json
import tempfile
from pathlib import Path

from ammix_viz.studies.results import RESULTS, VERSION


def prepare(folder: Path, name: str) -> None:
    """Make the folder and see that a study's files may be put there.

    Raises
    ------
    ValueError
        If it cannot be written, or holds results of another study or version.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
        there = (folder / RESULTS).read_text("utf-8") if (folder / RESULTS).exists() else None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it holds something else"
        raise ValueError(f'out is "{folder}"; it cannot be used: {why}.') from None
    if there is not None:
        _check_ours(folder, there, name)


def _check_ours(folder: Path, text: str, name: str) -> None:
    try:
        found = json.loads(text)
        version, study = found["version"], found["study"]
    except (ValueError, KeyError, TypeError):
        version, study = None, None
    if version != VERSION or study != name:
        what = f"results of {study}, version {version}" if study else "results that are not ours"
        raise ValueError(
            f'out is "{folder}"; it holds {what}, and this is {name}, version {VERSION}. '
            "Nothing is overwritten; name another folder."
        )


def write(folder: Path, contents: dict[str, str]) -> None:
    """Put files in place, each by an atomic rename."""
    for name, content in contents.items():
        new = folder / f".{name}.new"
        new.write_text(content, "utf-8")
        new.replace(folder / name)
