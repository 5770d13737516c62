"""The lessons that the app offers."""

import functools
from pathlib import Path

from ammix_viz.lessons.lesson import Lesson
from ammix_viz.lessons.reader import read_lesson

FILE = Path(__file__).parent / "margins.toml"


@functools.cache
def built_in() -> Lesson:
    """Return the lesson that comes with the app."""
    return read_lesson(FILE)
