"""Several seeds of a comparison: bands over training; mean, deviation and ranks at the end."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ammix_viz.runs import disk, history
from ammix_viz.settings.recipe import Recipe

Name = TypeVar("Name")


@dataclass(frozen=True)
class SeedStats:
    """A value over seeds.

    Attributes
    ----------
    mean, std : float
        Sample mean, and standard deviation with n - 1 (nan for fewer than two).
    count : int
        n, the seeds that have the value.
    """

    mean: float
    std: float
    count: int

    def __str__(self) -> str:
        if not self.count:
            return "–"
        if not self.std > 0:
            return digits(self.mean, 4) + ("" if math.isnan(self.std) else " ± 0")
        places = max(1 - math.floor(math.log10(self.std)), 0)  # of two significant digits
        return f"{self.mean:.{places}f} ± {self.std:.{places}f}"


def digits(value: float, count: int) -> str:
    """Return a number with so many significant digits, and without an exponent."""
    return np.format_float_positional(
        value, precision=count, unique=False, fractional=False, trim="-"
    )


def summarize(values: Iterable[float]) -> SeedStats:
    """Return mean and standard deviation of the finite values."""
    own = [float(value) for value in values if math.isfinite(value)]
    if not own:
        return SeedStats(math.nan, math.nan, 0)
    std = statistics.stdev(own) if len(own) > 1 else math.nan
    return SeedStats(statistics.fmean(own), std, len(own))


@dataclass(frozen=True)
class Band:
    """A metric over training, for several seeds.

    Attributes
    ----------
    epoch, median, low, high : ndarray of shape (T,)
        At each record that some seed has: the median of the seeds, and the quartiles.
    """

    epoch: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray


def band(histories: Sequence[np.ndarray], field: str, column: int | None = None) -> Band | None:
    """Return the median and the middle half of the seeds; None if there are no records.

    Parameters
    ----------
    histories : sequence of ndarray
        Records of one method, one array a seed, of the same schedule; some may be shorter.
    field : str
        A field of the records.
    column : int, optional
        Which of the field's columns, where it has one a class.
    """
    own = [records for records in histories if len(records)]
    if not own:
        return None
    longest = max(own, key=len)
    values = np.full((len(own), len(longest)), np.nan)
    for row, records in zip(values, own, strict=True):
        row[: len(records)] = records[field] if column is None else records[field][:, column]
    some = np.isfinite(values).any(0)
    low, median, high = np.full((3, len(longest)), np.nan)
    if some.any():
        quartiles = np.nanquantile(values[:, some], [0.25, 0.5, 0.75], axis=0)
        low[some], median[some], high[some] = quartiles
    return Band(longest["epoch"], median, low, high)


def ends(by_method: Mapping[Name, Sequence[Recipe]]) -> dict[Name, list[np.void | None]]:
    """Return the last record of each method's seeds, None for a run that has not ended well."""

    def end(recipe: Recipe) -> np.void | None:
        status = disk.status(recipe.key)
        if status is None or status.state != "ended":
            return None
        records = history.numbers(recipe.key)
        return records[-1] if len(records) else None

    return {name: [end(recipe) for recipe in own] for name, own in by_method.items()}


def wins(
    records: Mapping[str, Sequence[np.void | None]], field: str, better: int
) -> tuple[dict[str, int], int]:
    """Return in how many seeds each method is best, ties included, and of how many.

    Only seeds in which every method has ended, and has a value, count.
    """
    paired = [
        row for row in zip(*records.values(), strict=True) if all(each is not None for each in row)
    ]
    compared = [[better * float(record[field]) for record in row] for row in paired]
    compared = [values for values in compared if np.isfinite(values).all()]
    best = dict.fromkeys(records, 0)
    for values in compared:
        for name, value in zip(records, values, strict=True):
            best[name] += value == max(values)
    return best, len(compared)
