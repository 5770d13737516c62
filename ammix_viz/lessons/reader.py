"""Reads a lesson from a TOML file, strictly: what the file has, and what is wrong with it.

The lesson that comes with the app, `margins.toml`, is such a file; `docs/teaching.md` describes it.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ammix_viz.datasets.table import DATASETS
from ammix_viz.lessons.lesson import PICTURES, Lesson, Question, Step
from ammix_viz.settings.comparison import Comparison, read_query
from ammix_viz.settings.fixed import read_fixed
from ammix_viz.settings.links import LESSON, read_link
from ammix_viz.settings.moment import EXPLAINED, Moment, read_moment
from ammix_viz.settings.rules import Choice, Number, checked, nearest_word, quoted

MOST_STEPS, MOST_OPTIONS, MOST_BYTES = 40, 8, 200_000
TEXT, LONG = 200, 3000
"""The most characters of a title or an option, and of a paragraph."""

OF_LESSON = ("id", "title", "step")
OF_STEP = ("title", "text", "link", "titles", "pictures", "classes", "epoch", "explain", "question")
OF_QUESTION = ("text", "options", "answer", "why")


def read_lesson(path: Path) -> Lesson:
    """Read a lesson.

    Raises
    ------
    ValueError
        If the file cannot be read, or anything in it is not allowed: a sentence that names the
        file, the place, the value and what is allowed.
    """
    try:
        return parse_lesson(_content(path))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValueError(f"The file is longer than {MOST_BYTES:,} bytes.")
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError("The file is not UTF-8 text.") from None
    except OSError as error:
        raise ValueError(f"The file cannot be read: {error.strerror}.") from None


def parse_lesson(text: str) -> Lesson:
    """Return the lesson of a TOML text; raises ValueError as `read_lesson`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"This is not TOML: {error}.") from None
    _check_keys(table, OF_LESSON, "The lesson")
    name = _text(table, "id", "The lesson", 40)
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise ValueError(f"id is {quoted(name)}; it must consist of letters, digits, - and _.")
    steps = table.get("step")
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        raise ValueError(f"The lesson must have 1 to {MOST_STEPS} steps, each after [[step]].")
    title = _text(table, "title", "The lesson", TEXT)
    return Lesson(name, title, tuple(_step(step, n) for n, step in enumerate(steps, 1)))


def _step(table: object, number: int) -> Step:
    where = f"Step {number}"
    if not isinstance(table, dict):
        raise ValueError(f"{where} must be a table after [[step]].")
    _check_keys(table, OF_STEP, where)
    link, comparison, moment = _linked(_text(table, "link", where, LONG), where)
    pictures = _words(table, "pictures", where, PICTURES, ("run",))
    question = table.get("question")
    found = Step(
        _text(table, "title", where, TEXT),
        _text(table, "text", where, LONG),
        link,
        comparison,
        moment,
        tuple(_check_text(t, "titles", where, TEXT) for t in _list(table, "titles", where)),
        pictures,
        _classes(table, where),
        _epoch(table, where),
        _words(table, "explain", where, EXPLAINED, ()),
        None if question is None else _question(question, where),
    )
    _check_titles(found, where)
    return found


def _question(table: object, step: str) -> Question:
    where = f"The question of {step.lower()}"
    if not isinstance(table, dict):
        raise ValueError(f"{where} must be a table after [step.question].")
    _check_keys(table, OF_QUESTION, where)
    options = _list(table, "options", where)
    if len(options) == 1 or len(options) > MOST_OPTIONS:
        raise ValueError(f"{where} has {len(options)} options; it must have 2 to {MOST_OPTIONS}.")
    for option in options:
        _check_text(option, "an option", where, TEXT)
    why = _text(table, "why", where, LONG)
    if options:
        answer = _number(table, "answer", where, 1, len(options)) - 1
    else:
        answer = _number(table, "answer", where, 0, 99)
    return Question(_text(table, "text", where, LONG), tuple(options), answer, why)


def _linked(link: str, where: str) -> tuple[str, Comparison, Moment]:
    """Return the query of a link to the live lab, its runs, and what of them is on display."""
    try:
        query, ignored = read_link(link)
    except ValueError as error:
        raise ValueError(f"{where}, link: {error}") from None
    comparison, notes = read_query(query)
    moment, _ = read_moment(query)
    _, of_fixed = read_fixed(query)
    for sentence in [*ignored, *notes, *of_fixed]:
        raise ValueError(f"{where}, link: {sentence}")
    data = comparison.shared.data
    if LESSON in query or DATASETS[data].coarse or comparison.shared.why_not_displayed:
        why = "it is of a lesson" if LESSON in query else f"{data} cannot be displayed there"
        raise ValueError(f"{where}, link: {why}; it must be one of the live lab.")
    return urlencode(query, safe=",:"), comparison, moment


def _check_titles(step: Step, where: str) -> None:
    panels = len(step.displayed)
    if step.titles and len(step.titles) != panels:
        raise ValueError(
            f"{where}: titles has {len(step.titles)} texts; it must have one for each of the "
            f"{panels} panels."
        )


def _classes(table: Mapping[str, Any], where: str) -> tuple[int, ...]:
    classes = _list(table, "classes", where)
    rule = Number(0, 99, whole=True)
    found = tuple(checked(f"{where}: a class", each, rule) for each in classes)
    if found and (len(found) != 2 or found[0] == found[1]):
        raise ValueError(f"{where}: classes must be two different classes, such as [0, 3].")
    return found


def _epoch(table: Mapping[str, Any], where: str) -> float | None:
    return _number(table, "epoch", where, 0, 100_000) if "epoch" in table else None


def _number(table: Mapping[str, Any], key: str, where: str, low: int, high: int) -> int:
    if key not in table:
        raise ValueError(f"{where} has no {key}.")
    return checked(f"{where}: {key}", table[key], Number(low, high, whole=True))


def _words(
    table: Mapping[str, Any],
    key: str,
    where: str,
    allowed: Mapping[str, object] | tuple[str, ...],
    usual: tuple[str, ...],
) -> tuple[str, ...]:
    if key not in table:
        return usual
    rule = Choice(tuple(allowed))
    found = [checked(f"{where}: {key}", word, rule) for word in _list(table, key, where)]
    if not found:
        raise ValueError(f"{where}: {key} is empty; it must have one or more of {rule}.")
    return tuple(dict.fromkeys(found))


def _list(table: Mapping[str, Any], key: str, where: str) -> list:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{where}: {key} is {quoted(value)}; it must be a list in [ ].")
    return value


def _text(table: Mapping[str, Any], key: str, where: str, most: int) -> str:
    if key not in table:
        raise ValueError(f"{where} has no {key}.")
    return _check_text(table[key], key, where, most)


def _check_text(value: object, name: str, where: str, most: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise ValueError(
            f"{where}: {name} is {quoted(value)}; it must be a text of 1 to {most:,} characters."
        )
    return value.strip()


def _check_keys(table: Mapping[str, object], allowed: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in allowed:
            guess = nearest_word(key, allowed)
            hint = f" Did you mean {guess}?" if guess else ""
            raise ValueError(
                f"{where} has {quoted(key)}, which is unknown; "
                f"it may have {', '.join(allowed)}.{hint}"
            )
