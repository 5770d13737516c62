"""A setting and the values that a comparison or a sweep gives it."""

from collections import Counter
from dataclasses import dataclass, field

from ammix_viz.settings.rules import Choice, checked, quoted, text_of
from ammix_viz.settings.table import SETTINGS, check

VARIABLE = tuple(name for name, entry in SETTINGS.items() if entry.values)
"""Settings that can be varied."""


@dataclass(frozen=True)
class Axis:
    """One setting and its values.

    Parameters
    ----------
    name : str
        One of `VARIABLE`.
    values : tuple
        Values of the setting; duplicates are removed.

    Attributes
    ----------
    repeated : tuple
        Values that were given more than once.

    Raises
    ------
    ValueError
        If the setting cannot be varied, a value is not allowed, or there is none.
    """

    name: str
    values: tuple
    repeated: tuple = field(init=False, compare=False)

    def __post_init__(self) -> None:
        checked("The setting", self.name, Choice(VARIABLE))
        counts = Counter(check(self.name, value) for value in self.values)
        if not counts:
            raise ValueError(f"{self.name} has no values; give one or more, separated by commas.")
        object.__setattr__(self, "values", tuple(counts))
        object.__setattr__(self, "repeated", tuple(v for v, count in counts.items() if count > 1))

    def __str__(self) -> str:
        return f"{self.name}={','.join(map(text_of, self.values))}"


def read_axis(text: str) -> Axis:
    """Parse an axis such as `beta=0,0.34,0.67`."""
    name, equals, values = text.partition("=")
    if not equals:
        raise ValueError(f"An axis is {quoted(text)}; it must be NAME=VALUE,VALUE,…")
    return Axis(name.strip(), split(values))


def split(values: str) -> tuple[str, ...]:
    """Return the values of a text that separates them by commas."""
    return tuple(value.strip() for value in values.split(",") if value.strip())
