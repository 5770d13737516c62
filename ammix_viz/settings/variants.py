"""What the panels of a comparison differ in: the method, and the value of a setting."""

from dataclasses import dataclass
from typing import Any

from ammix_viz.methods.table import METHODS
from ammix_viz.settings.axis import VARIABLE, Axis, split
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import Choice, checked, quoted, text_of
from ammix_viz.settings.table import SETTINGS, check

MOST_VALUES = 8
"""The most values of a setting that panels vary."""

MOST_PANELS = 16
"""The most panels of a comparison."""

FORM = "SETTING:VALUE,VALUE,…, such as beta:0,0.34,0.67,1"
INSTEAD = "The panels compare the methods."


@dataclass(frozen=True)
class Variant:
    """What one panel shows.

    Attributes
    ----------
    method : str
        An entry of `METHODS`.
    setting : str, default=""
        The setting that varies; "" if none does, or if the method does not read it.
    value : object, optional
        Its value.
    """

    method: str
    setting: str = ""
    value: Any = None

    @property
    def title(self) -> str:
        """Title of the panel: method, setting and value."""
        method = METHODS[self.method].title
        if not self.setting:
            return method
        entry, text = SETTINGS[self.setting], text_of(self.value)
        equals = ": " if isinstance(self.value, str) else " "
        return f"{method}, {entry.name}{equals}{entry.words.get(text, text)}"


def query_of(axis: Axis) -> str:
    """Return an axis as the parameter `vary` of the URL."""
    return f"{axis.name}:{','.join(map(text_of, axis.values))}"


def read_vary(text: str) -> tuple[Axis | None, list[str]]:
    """Return the axis of a parameter `vary`, and a message for each part that is left out.

    It is None if the text names no setting that can be varied, or no allowed value.
    """
    name, colon, values = (part.strip() for part in text.partition(":"))
    if name == "method":
        return None, []
    if not colon:
        return None, [f"vary is {quoted(text)}; it must be {FORM}. {INSTEAD}"]
    try:
        checked("The setting of vary", name, Choice(VARIABLE))
    except ValueError as error:
        return None, [f"{error} {INSTEAD}"]
    kept, notes = allowed_values(name, values)
    if not kept:
        return None, [*notes, f"vary has no value of {name}; it must be {FORM}. {INSTEAD}"]
    return Axis(name, kept), notes


def allowed_values(name: str, text: str) -> tuple[tuple, list[str]]:
    """Return the allowed values of a setting in a text that separates them by commas.

    Each is returned once, at most `MOST_VALUES`; there is a message for those that are left out.
    """
    kept, notes = [], []
    for value in split(text):
        try:
            kept.append(check(name, value))
        except ValueError as error:
            notes.append(f"{error} It is left out.")
    values = tuple(dict.fromkeys(kept))
    if len(values) > MOST_VALUES:
        notes.append(f"{name} has {len(values)} values; the first {MOST_VALUES} are used.")
    return values[:MOST_VALUES], notes


def usual_method(setting: str, data: str) -> str:
    """Return the method that panels show if they vary a setting and no method is given.

    That is AM-mixup, or the first method that reads the setting if AM-mixup does not.
    """
    reads = (m for m in ("am_mixup", *METHODS) if Recipe(method=m, data=data).reads(setting))
    return next(reads, "am_mixup")
