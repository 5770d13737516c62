"""Points that a person places in the plane, and the data set that they make.

They lie on a fine grid: a coordinate is a number of steps, so that a link, a CSV file and the
editor give the same points.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ammix_viz.datasets import toys
from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.long_tail import profile

REACH = 6
"""Coordinates are from -REACH to REACH, a range that the toys fit into."""

STEP = 0.025
LAST = 480
"""The number of the grid's last column and row; the first is 0."""

MOST_POINTS, MOST_CLASSES = 300, 6
HELD_OUT = 4
"""Every fourth point of a class is a test point; in a smaller class, the last one is."""

CLOUDS = {
    "gaussian": ("Four clusters", toys.gaussian),
    "moons": ("Two moons", toys.moons),
    "rings": ("Rings", toys.rings),
    "spiral": ("Spiral", toys.spiral),
}
"""Clouds to start from: title, and the toy whose points they are."""

LARGEST, FACTOR = 60, 6.0
"""Size of the largest class of a cloud, and that divided by the size of the smallest."""


class Point(NamedTuple):
    """A point: column and row of the grid, from the bottom left, and class."""

    column: int
    row: int
    label: int

    @property
    def place(self) -> tuple[float, float]:
        """The coordinates."""
        return round(self.column * STEP - REACH, 3), round(self.row * STEP - REACH, 3)


Points = tuple[Point, ...]


def point_at(x: float, y: float, label: int) -> Point:
    """Return the point of the grid that is nearest; it can lie outside the range."""
    return Point(round((x + REACH) / STEP), round((y + REACH) / STEP), label)


def admit(points: Iterable[Point]) -> tuple[Points, list[str]]:
    """Return the points that can be used, and a sentence for each reason to leave others out."""
    given, notes = list(points), []
    inside = [p for p in given if 0 <= p.column <= LAST and 0 <= p.row <= LAST]
    if outside := len(given) - len(inside):
        notes.append(f"{_counted(outside)} outside −{REACH} to {REACH}; left out.")
    known = [point for point in inside if 0 <= point.label < MOST_CLASSES]
    if others := len(inside) - len(known):
        notes.append(f"{_counted(others)} of a class other than 0 to {MOST_CLASSES - 1}; left out.")
    if len(known) > MOST_POINTS:
        notes.append(f"{len(known)} points are too many; the first {MOST_POINTS} are used.")
    return tuple(known[:MOST_POINTS]), notes


def _counted(count: int) -> str:
    return "1 point is" if count == 1 else f"{count} points are"


def too_small(points: Sequence[Point]) -> list[int]:
    """Return the classes with one point, which can either be trained on or tested on."""
    counts = np.bincount([point.label for point in points], minlength=1)
    return np.flatnonzero(counts == 1).tolist()


def dataset(points: Sequence[Point]) -> Dataset:
    """Return the data set of points; classes with one point are left out.

    Raises
    ------
    ValueError
        If fewer than two classes are left, or all train points or all test points lie at one place.
    """
    labels = sorted({point.label for point in points} - set(too_small(points)))
    if len(labels) < 2:
        raise ValueError(
            f"points has {len(labels)} class{'' if len(labels) == 1 else 'es'} of two points or "
            "more; it must have at least 2, each with a point to train on and one to test on."
        )
    classes = [np.array([p.place for p in points if p.label == label]) for label in labels]
    train = [members[~is_test(len(members))] for members in classes]
    test = [members[is_test(len(members))] for members in classes]
    for kind, split in (("train", train), ("test", test)):
        if not np.ptp(np.concatenate(split), axis=0).any():
            raise ValueError(f"points has all {kind} points at one place; they must be apart.")
    names = tuple(f"Class {label}" for label in labels)
    return Dataset(*_joined(train), *_joined(test), names, marks=tuple(labels))


def _joined(classes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the points (N, 2) of all classes, and their labels (N,)."""
    return np.concatenate(classes), np.repeat(np.arange(len(classes)), list(map(len, classes)))


def is_test(count: int) -> np.ndarray:
    """Return which points of a class with `count` points are test points, in their order."""
    held = np.arange(1, count + 1) % HELD_OUT == 0
    if count < HELD_OUT:
        held[-1:] = True
    return held


def cloud(name: str) -> Points:
    """Return the points of an entry of `CLOUDS`."""
    found = CLOUDS[name][1](1.0)
    counts = profile(LARGEST, FACTOR, len(found.class_names))
    points = [
        point_at(x, y, label)
        for label, count in enumerate(counts)
        for x, y in found.train[found.train_labels == label][:count]
    ]
    return admit(points)[0]
