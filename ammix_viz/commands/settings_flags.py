"""Flags for settings: made from their table, read back as checked values."""

import argparse
from collections.abc import Iterable
from typing import Any

from ammix_viz.settings.defaults import default_text
from ammix_viz.settings.table import SETTINGS, check


def add_settings(
    parser: argparse.ArgumentParser, names: Iterable[str], default: str | None = None
) -> None:
    """Add a flag for each of these settings; `default` is said where it is not the usual one."""
    for name in names:
        entry, flag = SETTINGS[name], "--" + name.replace("_", "-")
        usual = default or default_text(name)
        said = "" if usual == "default" else f" (default: {usual})"
        about = f"{entry.help}; {entry.rule}{said}".replace("%", "%%")
        parser.add_argument(flag, dest=name, metavar="VALUE", help=about)


def given_settings(chosen: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return the settings that were given, checked."""
    given = {name: getattr(chosen, name) for name in names}
    return {name: check(name, value) for name, value in given.items() if value is not None}
