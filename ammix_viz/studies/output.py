"""A study's folder: report, results, table and manifest, each put in place whole."""

import json
import tempfile
from pathlib import Path
from typing import Any

from ammix_viz.rules import shown
from ammix_viz.studies.report import report
from ammix_viz.studies.results import VERSION, Results, as_json, as_table

RESULTS = "results.json"


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
        raise ValueError(f"out is {shown(str(folder))}; it cannot be used: {why}.") from None
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
            f"out is {shown(str(folder))}; it holds {what}, and this is {name}, version {VERSION}. "
            "Nothing is overwritten; name another folder."
        )


def files(results: Results, manifest: dict[str, Any]) -> dict[str, str]:
    """Return the content of each file of a study by its name."""
    return {
        "report.html": report(results, manifest),
        RESULTS: json.dumps(as_json(results), indent=1),
        "results.csv": as_table(results).to_csv(index=False),
        "manifest.json": json.dumps(manifest, indent=2),
    }


def write(folder: Path, contents: dict[str, str]) -> None:
    """Put files in place, each by an atomic rename."""
    for name, content in contents.items():
        new = folder / f".{name}.new"
        new.write_text(content, "utf-8")
        new.replace(folder / name)
