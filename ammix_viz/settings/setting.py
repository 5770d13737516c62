"""The `Setting` class: the description of a setting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ammix_viz.settings.rules import Rule

ALWAYS = object()
"""Value of `Setting.neutral` for settings that are always part of the key."""


@dataclass(frozen=True)
class Setting:
    """The description of a setting.

    Attributes
    ----------
    rule : Number, Choice or PointList
        What is allowed.
    default : object
        The default value; None if it depends on method and data.
    label : str
        Displayed above its control and in figures.
    help : str
        What it does; for the control and the command line.
    group : str
        The group of its control: "main", "training", "open" (not specified by the papers) or
        "ablation"; "" if it has a special control.
    read_by : {"all", "method", "network", "data", "images"}
        Which runs depend on it; for methods, networks and data sets their tables say which.
    short : str
        Its name within a sentence; by default the label, uncapitalised.
    values : tuple
        Default values of a sweep.
    words : dict of str to str
        Displayed names of choices, if different.
    step : float, optional
        Step of the control, for a number.
    slider : bool, default=False
        Whether the control is a slider.
    neutral : object
        The value that keeps the behaviour from before the setting existed; it is left out of the
        key.
    """

    rule: Rule
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
        """Its name within a sentence."""
        return self.short or self.label[0].lower() + self.label[1:]


def setting(rule: Rule, default: object, label: str, about: str, **rest: object) -> Any:  # noqa: ANN401
    """Return a field of `Settings`."""
    entry = Setting(rule, default, label, about, **rest)  # type: ignore[arg-type]
    return field(default=default, metadata={"setting": entry})
