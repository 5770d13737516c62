"""Rules for allowed values: they parse, check and describe values."""

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ammix_viz.datasets.point_set import MOST_POINTS
from ammix_viz.datasets.point_text import decode, encode

MAX_RUNS = 1024
"""The most runs of one sweep: methods × combinations of values × seeds."""


def text_of(value: object) -> str:
    """Return a value as text for URLs and messages: 1 for 1.0."""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`, inclusive; `word` is a text that is also allowed."""

    low: float
    high: float
    whole: bool = False
    word: str | None = None

    def parse(self, value: object) -> float | int | str | None:
        """Return the value as a number or the word, None if it is neither."""
        if self.word is not None and value == self.word:
            return self.word
        try:
            number = float(str(value))
        except ValueError:
            return None
        if not math.isfinite(number) or (self.whole and number != int(number)):
            return None
        return int(number) if self.whole else number

    def allows(self, value: float | str) -> bool:
        """Return whether a parsed value is within the limits."""
        if isinstance(value, str):
            return value == self.word
        return self.low <= value <= self.high

    @property
    def limits(self) -> tuple[Any, Any]:
        """The lowest and the highest number, as int or float."""
        kind = int if self.whole else float
        return kind(self.low), kind(self.high)

    def nearest(self, value: float) -> float | int:
        """Return the allowed number that is closest."""
        return type(value)(min(max(value, self.low), self.high))

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        word = f'"{self.word}" or ' if self.word else ""
        return f"{word}{kind} from {text_of(self.low)} to {text_of(self.high)}"


@dataclass(frozen=True)
class Choice:
    """One of several words."""

    words: tuple[str, ...]

    def parse(self, value: object) -> str | None:
        """Return the word, None if it is not one of them."""
        return value if isinstance(value, str) and value in self.words else None

    def allows(self, value: float | str) -> bool:
        """Return whether the word is one of them."""
        return value in self.words

    def __str__(self) -> str:
        return "one of " + ", ".join(self.words)


@dataclass(frozen=True)
class PointList:
    """Points as text, as `datasets.point_text` writes it; "" for none."""

    def parse(self, value: object) -> str | None:
        """Return the text in the form that `encode` gives it, None if anything is wrong with it."""
        if not isinstance(value, str):
            return None
        text, notes = self.repaired(value)
        return None if notes else text

    def allows(self, value: float | str) -> bool:
        """Return whether it is a text."""
        return isinstance(value, str)

    @staticmethod
    @functools.lru_cache(maxsize=64)
    def repaired(text: str) -> tuple[str, tuple[str, ...]]:
        """Return the text of the points that can be used, and a sentence for what is wrong."""
        if not text:
            return "", ()
        points, notes = decode(text)
        if not points:
            return "", (*notes, "The usual points are used.")
        return encode(points), tuple(notes)

    def __str__(self) -> str:
        return f"the text of up to {MOST_POINTS} points, as links of the app have it"


Rule = Number | Choice | PointList


def checked(name: str, value: object, rule: Rule) -> Any:  # noqa: ANN401
    """Return `value` converted to the rule's type.

    Raises
    ------
    ValueError
        If the value is not allowed. The message names the parameter, the value, what is allowed,
        and the allowed word that is most similar, if any.
    """
    parsed = rule.parse(value)
    if parsed is None or not rule.allows(parsed):
        suggestion = nearest_word(value, rule.words) if isinstance(rule, Choice) else ""
        hint = f" Did you mean {suggestion}?" if suggestion else ""
        raise ValueError(f"{name} is {quoted(value)}; it must be {rule}.{hint}")
    return parsed


def nearest_word(value: object, words: Iterable[str]) -> str:
    """Return the word that was probably meant, "" if none is similar."""
    return next(iter(get_close_matches(str(value)[:40], words, n=1)), "")


def quoted(value: object) -> str:
    """Return a value as text for an error message: one line of at most 40 characters."""
    text = "".join(c if c.isprintable() else "?" for c in str(value))
    text = text if len(text) <= 40 else text[:39] + "…"
    return f'"{text}"' if isinstance(value, str) and not is_number(text) else text


def is_number(text: str) -> bool:
    """Return whether a text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
