"""What of a comparison is on display: epoch, view, switches, hidden panels; and its URL query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ammix_viz.settings.rules import Choice, Number, checked

EXPLAINED = (
    *("A", "U", "U1", "D_relative", "D_max", "D_centroid", "margin"),
    *("lam", "mix", "label"),
)
"""What the player can set the formula of, none by default."""

RULES: dict[str, Number | Choice] = {
    "at": Number(0, 1_000_000),
    "view": Choice(("features", "input", "both")),
    "explain": Choice(EXPLAINED),
    "mixing": Choice(("off", "on")),
    "margins": Choice(("off", "on")),
    "errors": Choice(("off", "on")),
    "split": Choice(("test", "train")),
    "axes": Choice(("each", "shared")),
}
"""The rule of each parameter."""

MOMENT = (*RULES, "hidden")
"""The parameters of a moment, which the player writes into the URL."""

MOST_HIDDEN = 32


@dataclass(frozen=True)
class Moment:
    """What the player displays first.

    Attributes
    ----------
    choices : dict
        The player's switches: `view`, `explain`, `mixing`, `margins`, `errors`, `split` and `axes`,
        as far as given.
    at : float, optional
        The epoch at which it pauses; it plays if there is none.
    hidden : tuple of int
        The panels that are hidden, counted from 1.
    """

    choices: Mapping[str, str | bool]
    at: float | None = None
    hidden: tuple[int, ...] = ()


def read_moment(query: Mapping[str, str]) -> tuple[Moment, list[str]]:
    """Return the moment of a URL query, and a message for each value that is left out."""
    values: dict[str, Any] = {}
    notes: list[str] = []
    for name, rule in RULES.items():
        if name in query:
            try:
                values[name] = checked(name, query[name], rule)
            except ValueError as error:
                notes.append(f"{error} It is left out.")
    at = values.pop("at", None)
    choices = {name: _as_switch(value) for name, value in values.items()}
    return Moment(choices, at, _read_hidden(query.get("hidden", ""), notes)), notes


def _as_switch(value: str) -> str | bool:
    return {"on": True, "off": False}.get(value, value)


def _read_hidden(text: str, notes: list[str]) -> tuple[int, ...]:
    rule = Number(1, MOST_HIDDEN, whole=True)
    kept: list[int] = []
    for part in text.split(",") if text else ():
        try:
            kept.append(checked("hidden", part, rule))
        except ValueError as error:
            notes.append(f"{error} It is left out.")
    return tuple(dict.fromkeys(kept))
