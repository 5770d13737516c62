"""The manifest of results: versions, settings, machine, revision, time."""

import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ammix_viz.settings import recipe

PACKAGES = ("torch", "numpy", "matplotlib", "plotly", "streamlit", "scikit-learn")
ROOT = Path(__file__).parents[2]


def manifest(
    name: str,
    command: str,
    settings: dict[str, Any],
    seeds: Iterable[int],
    seconds: float,
    trained: int,
) -> dict[str, Any]:
    """Return what is needed to get the same numbers again.

    Parameters
    ----------
    name, command, seconds, trained
        As in `made_by`.
    settings : dict
        Every setting by name.
    seeds : iterable of int
        The seeds.
    """
    made = made_by(name, command, seconds, trained)
    return made | {"settings": settings, "seeds": list(seeds)}


def made_by(name: str, command: str, seconds: float, trained: int) -> dict[str, Any]:
    """Return what made some results: command, versions, machine, time.

    Parameters
    ----------
    name : str
        The study.
    command : str
        The command that gives the same results.
    seconds : float
        Wall time.
    trained : int
        Number of runs trained in that time; the others were on disk.
    """
    return {
        "study": name,
        "command": command,
        "recipe_version": recipe.VERSION,
        "versions": {"python": platform.python_version()} | _versions(),
        "git_revision": _revision(),
        "machine": {
            "platform": platform.platform(),
            "processor": _processor(),
            "cores": os.cpu_count(),
            "accelerators": accelerators(),
        },
        "wall_seconds": round(seconds, 1),
        "runs_trained": trained,
    }


def _processor() -> str:
    """Return the name of the processor; "" if the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def accelerators() -> list[str]:
    """Return the names of the GPUs that torch can use."""
    import torch  # loads for seconds

    return [torch.cuda.get_device_name(place) for place in range(torch.cuda.device_count())]


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def _revision() -> str | None:
    """Return the commit of this source tree, with a + if it has uncommitted changes.

    None for an installed package, even inside another repository.
    """
    if not (ROOT / ".git").exists():
        return None
    try:
        head, changed = (
            subprocess.run(
                ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=True
            ).stdout.strip()
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "-uno"))
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return head + ("+" if changed else "")
