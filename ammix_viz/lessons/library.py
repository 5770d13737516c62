"""The lessons that the app offers: the one that comes with it, and a teacher's file."""

import functools
import os
from dataclasses import dataclass
from pathlib import Path

from ammix_viz.lessons.lesson import Lesson
from ammix_viz.lessons.reader import read_lesson
from ammix_viz.settings.rules import Choice, checked

FILE = Path(__file__).parent / "margins.toml"

VARIABLE, USUAL = "AMMIX_LESSON", "lesson.toml"
"""The environment variable that names a teacher's file, and the file that is looked for in the
folder where the app is started if it is not set."""


@dataclass(frozen=True)
class Library:
    """The lessons that are offered.

    Attributes
    ----------
    lessons : dict
        The lessons by id, the teacher's first.
    problem : str
        What is wrong with the teacher's file, in a sentence; "" if nothing is, or there is none.
    """

    lessons: dict[str, Lesson]
    problem: str = ""

    def named(self, name: str) -> Lesson:
        """Return the lesson of an id.

        Raises
        ------
        ValueError
            If there is none.
        """
        return self.lessons[checked("lesson", name, Choice(tuple(self.lessons)))]


@functools.cache
def built_in() -> Lesson:
    """Return the lesson that comes with the app."""
    return read_lesson(FILE)


def library() -> Library:
    """Return the lessons that are offered now; a teacher's file is read again when it changes."""
    ours = {built_in().name: built_in()}
    file = Path(os.environ.get(VARIABLE) or USUAL)
    if not os.environ.get(VARIABLE) and not file.exists():
        return Library(ours)
    try:
        lesson = _read(file.absolute(), _version(file))
    except ValueError as why:
        return Library(ours, str(why))
    return Library({lesson.name: lesson} | ours)


@functools.lru_cache(maxsize=8)
def _read(file: Path, version: tuple[int, int]) -> Lesson:
    lesson = read_lesson(file)
    if lesson.name == built_in().name:
        raise ValueError(
            f"{file.name}: id is {lesson.name}, as that of the lesson that comes with the app; "
            "choose another one."
        )
    return lesson


def _version(file: Path) -> tuple[int, int]:
    """Return what changes when a file does."""
    try:
        about = file.stat()
    except OSError:
        return (0, 0)  # the reader says why
    return about.st_mtime_ns, about.st_size
