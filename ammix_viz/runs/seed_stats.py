"""Statistics over seeds: bands over training, and mean, deviation and wins at the end."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ammix_viz.runs import history, verified
from ammix_viz.settings.recipe import Recipe

Name = TypeVar("Name")


@dataclass(frozen=True)
class SeedStats:
    """Mean and standard deviation of a value over seeds.

    Attributes
    ----------
    mean, std : float
        Sample mean, and standard deviation with n - 1 (nan for fewer than two).
    count : int
        n, the number of seeds that have the value.
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
    """Return a number with `count` significant digits, without an exponent."""
    return np.format_float_positional(
        value, precision=count, unique=False, fractional=False, trim="-"
    )


def summarize(values: Iterable[float]) -> SeedStats:
    """Return mean and standard deviation of the finite values."""
    finite = [float(value) for value in values if math.isfinite(value)]
    if not finite:
        return SeedStats(math.nan, math.nan, 0)
    std = statistics.stdev(finite) if len(finite) > 1 else math.nan
    return SeedStats(statistics.fmean(finite), std, len(finite))


@dataclass(frozen=True)
class Band:
    """A metric over training, for several seeds.

    Attributes
    ----------
    epoch, median, low, high : ndarray of shape (T,)
        Median and quartiles of the seeds at each record that at least one seed has.
    """

    epoch: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray


def band(histories: Sequence[np.ndarray], field: str, column: int | None = None) -> Band | None:
    """Return the median and the quartiles over seeds; None if there are no records.

    Parameters
    ----------
    histories : sequence of ndarray
        Records of one method, one array per seed; all of one schedule, but some may be shorter.
    field : str
        A field of the records.
    column : int, optional
        Index of the class, if the field has one value per class.
    """
    runs = [records for records in histories if len(records)]
    if not runs:
        return None
    longest = max(runs, key=len)
    values = np.full((len(runs), len(longest)), np.nan)
    for row, records in zip(values, runs, strict=True):
        row[: len(records)] = records[field] if column is None else records[field][:, column]
    has_value = np.isfinite(values).any(0)
    low, median, high = np.full((3, len(longest)), np.nan)
    if has_value.any():
        values = values[:, has_value]
        quantile = np.nanquantile if np.isnan(values).any() else np.quantile  # ten times faster
        quartiles = quantile(values, [0.25, 0.5, 0.75], axis=0)
        low[has_value], median[has_value], high[has_value] = quartiles
    return Band(longest["epoch"], median, low, high)


def ends(by_name: Mapping[Name, Sequence[Recipe]]) -> dict[Name, list[np.void | None]]:
    """Return the last record of each name's seeds; None for runs without a usable end."""

    def end(recipe: Recipe) -> np.void | None:
        status = verified.usable(recipe.key)
        if status is None or status.state != "ended":
            return None
        records = history.numbers(recipe.key)
        return records[-1] if len(records) else None

    return {name: [end(recipe) for recipe in recipes] for name, recipes in by_name.items()}


def wins(
    records: Mapping[Name, Sequence[np.void | None]], field: str, better: int
) -> tuple[dict[Name, int], int]:
    """Return the number of seeds in which each name is best, and the number of seeds compared.

    Ties count for all. Only seeds in which every one has ended and has a value are compared.
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


def best_medians(
    records: Mapping[Name, Sequence[np.void | None]], field: str, better: int, split: str
) -> set[Name]:
    """Return the methods whose median over seeds is the best.

    There is none if a method has no value, or if all have the same one. A method that has lost a
    class in some seed, so that none of its samples is classified correctly, is not among them.

    Parameters
    ----------
    records : dict of method to sequence of record or None
        One record of each seed; None where there is none.
    field : str
        A field of the records.
    better : {1, -1}
        1 if higher values are better, -1 if lower ones are.
    split : {"train", "test"}
        The samples whose classes may be lost.
    """
    own = {name: [each for each in seeds if each is not None] for name, seeds in records.items()}
    values = [better * _median(seeds, field) for seeds in own.values()]
    if not np.isfinite(values).all() or len(set(values)) < 2:
        return set()
    shares = f"{split}.per_class_accuracy"
    whole = [all(np.all(each[shares] > 0) for each in seeds) for seeds in own.values()]
    best = max((value for value, keeps in zip(values, whole, strict=True) if keeps), default=None)
    return {n for n, v, keeps in zip(own, values, whole, strict=True) if keeps and v == best}


def _median(records: Sequence[np.void], field: str) -> float:
    return statistics.median(float(each[field]) for each in records) if records else math.nan
