"""What there is to know of a setting besides its value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ammix_viz.settings.rules import Choice, Number

ALWAYS = object()
"""As `Setting.neutral`: the value is always part of the key."""


@dataclass(frozen=True)
class Setting:
    """What there is to know of a setting besides its value.

    Attributes
    ----------
    rule : Number or Choice
        What is allowed.
    default : object
        None where it follows method and data.
    label : str
        Above its control, and in figures.
    help : str
        What it does, for the control and the command line.
    group : str
        Where its control stands: "main", "training", "open" (what the papers leave open),
        "ablation"; "" where it has a control of its own kind.
    read_by : {"all", "method", "network", "points", "images"}
        Which runs depend on it; "method" and "network" say so in their tables.
    short : str
        What it is called inside a sentence; by default the label, uncapitalised.
    values : tuple
        Values worth a sweep.
    words : dict of str to str
        How choices are displayed, where not by their names.
    step : float, optional
        Of the control of a number.
    slider : bool, default=False
        Whether that is a slider: a number that is changed to watch what happens.
    neutral : object
        The value at which a run is the same as before the setting existed; then it is not part of
        the key.
    """

    rule: Number | Choice
    default: Any
    label: str
    help: str
    group: str = ""
    read_by: str = "all"
    short: str = ""
    values: tuple = ()
    words: Mapping[str, str] = field(default_factory=dict)
    step: float | None = None
    slider: bool = False
    neutral: Any = ALWAYS

    @property
    def name(self) -> str:
        """What it is called inside a sentence."""
        return self.short or self.label[0].lower() + self.label[1:]


def setting(rule: Number | Choice, default: object, label: str, about: str, **rest: object) -> Any:  # noqa: ANN401
    """Return a field of `Settings`."""
    entry = Setting(rule, default, label, about, **rest)  # type: ignore[arg-type]
    return field(default=default, metadata={"setting": entry})
