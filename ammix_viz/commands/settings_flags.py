"""Command-line flags for settings, made from the table of settings."""

import argparse
from collections.abc import Iterable
from typing import Any

from ammix_viz.settings.defaults import default_text
from ammix_viz.settings.table import SETTINGS, check


def add_settings(
    parser: argparse.ArgumentParser, names: Iterable[str], default: str | None = None
) -> None:
    """Add a flag for each of these settings; `default` replaces the default in its help."""
    for name in names:
        entry, flag = SETTINGS[name], "--" + name.replace("_", "-")
        usual = default or default_text(name)
        default_note = "" if usual in ("default", "") else f" (default: {usual})"
        about = f"{entry.help}; {entry.rule}{default_note}".replace("%", "%%")
        parser.add_argument(flag, dest=name, metavar="VALUE", help=about)


def given_settings(chosen: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Return the settings given on the command line, checked."""
    given = {name: getattr(chosen, name) for name in names}
    return {name: check(name, value) for name, value in given.items() if value is not None}
