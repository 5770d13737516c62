"""The settings that a link fixes: they keep its values, and their controls are not on the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from ammix_viz.settings.rules import Choice, checked
from ammix_viz.settings.table import RULES, SEEDS

PARAMETER, ALL = "fixed", "all"

NAMES = Choice((ALL, "methods", "vary", *(name for name in RULES if name != "method")))
"""What can be fixed, by its name in the URL."""


@dataclass(frozen=True)
class Fixed:
    """What a link fixes.

    Attributes
    ----------
    names : tuple of str
        Names in the URL of settings, or `ALL`.
    """

    names: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Return whether a setting is fixed; "seed" stands for all seeds."""
        return bool({name, ALL, "seed" if name in SEEDS else name} & set(self.names))

    def query(self) -> dict[str, str]:
        """Return the URL query; nothing if nothing is fixed."""
        return {PARAMETER: ",".join(self.names)} if self.names else {}


def read_fixed(query: Mapping[str, str]) -> tuple[Fixed, list[str]]:
    """Return what a URL query fixes, and a message for each name that is left out."""
    kept: list[str] = []
    notes: list[str] = []
    for name in filter(None, query.get(PARAMETER, "").split(",")):
        try:
            kept.append(checked(PARAMETER, name.strip(), NAMES))
        except ValueError as error:
            notes.append(f"{error} It is left out.")
    names = (ALL,) if ALL in kept else tuple(dict.fromkeys(kept))
    return Fixed(names), notes
