"""A sweep: one or two settings varied, over seeds, for some methods."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from ammix_viz.metrics.table import SCALARS, SPLITS
from ammix_viz.runs import verified
from ammix_viz.runs.seed_stats import SeedStats, ends, summarize
from ammix_viz.settings.axis import VARIABLE, Axis
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.defaults import shared_defaults
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import MAX_RUNS, Choice, checked
from ammix_viz.settings.table import check

FIXED = ("data", "points", *VARIABLE)
"""Settings that can be set for all runs."""

METRICS = tuple(f"{split}.{name}" for split in reversed(SPLITS) for name in SCALARS)


@dataclass(frozen=True)
class Sweep:
    """All values of one setting, or all combinations of two settings, for some methods.

    Parameters
    ----------
    methods : tuple of str
        One heatmap per method; duplicates are removed.
    x : Axis
        The setting that is varied.
    y : Axis, optional
        A second setting to vary.
    seeds : int, default=1
        Runs for each combination of values.
    fixed : tuple of (str, value), optional
        Settings of all runs, from `FIXED`; others have the values of `shared_defaults`.

    Raises
    ------
    ValueError
        If both axes are of one setting, there is no method, or there are too many runs.
    """

    methods: tuple[str, ...]
    x: Axis
    y: Axis | None = None
    seeds: int = 1
    fixed: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if self.y is not None and self.x.name == self.y.name:
            raise ValueError(f"Both axes are {self.x.name}; they must be two settings.")
        if not self.methods:
            raise ValueError("methods names no method; give one or more, separated by commas.")
        methods = dict.fromkeys(check("method", name) for name in self.methods)
        object.__setattr__(self, "methods", tuple(methods))
        object.__setattr__(self, "seeds", check("seeds", self.seeds))
        combinations = math.prod(self.shape)
        total = len(self.methods) * combinations * self.seeds
        if total > MAX_RUNS:
            raise ValueError(
                f"{len(self.methods)} methods × {combinations} combinations × {self.seeds} seeds "
                f"are {total} runs; a sweep can have at most {MAX_RUNS}."
            )

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The one or two axes."""
        return (self.x,) if self.y is None else (self.x, self.y)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows (values of y, or 1 without y) and of columns (values of x)."""
        return 1 if self.y is None else len(self.y.values), len(self.x.values)

    def values(self, row: int, column: int) -> dict[str, Any]:
        """Return the values of the varied settings in a row and column."""
        found = {self.x.name: self.x.values[column]}
        return found if self.y is None else found | {self.y.name: self.y.values[row]}

    def comparison(self, row: int, column: int) -> Comparison:
        """Return the comparison of all methods for one combination of values."""
        fixed = dict(self.fixed)
        settings = shared_defaults(self.methods, fixed.get("data", "gaussian")) | fixed
        settings |= self.values(row, column)
        return Comparison(self.methods, Recipe(**settings), self.seeds)

    @cached_property
    def cells(self) -> Mapping[tuple[str, int, int], tuple[Recipe, ...]]:
        """The recipes of each (method, row, column), one per seed."""
        return {
            (variant.method, row, column): recipes
            for row, column in np.ndindex(self.shape)
            for variant, recipes in self.comparison(row, column).by_variant.items()
        }

    @property
    def recipes(self) -> list[Recipe]:
        """Every run once: methods that do not read a setting repeat a run in many combinations."""
        everything = chain.from_iterable(self.cells.values())
        return list({recipe.key: recipe for recipe in everything}.values())

    def cell_query(self, method: str, row: int, column: int) -> dict[str, str]:
        """Return the live lab's URL query for one combination of a method."""
        return replace(self.comparison(row, column), methods=(method,)).query()


@dataclass(frozen=True)
class Grid:
    """A metric of one method for every combination of values.

    Attributes
    ----------
    mean, std : ndarray of shape (rows, columns)
        Over the finished seeds; nan where there are none.
    count, failed : ndarray of shape (rows, columns), int
        Number of finished and of failed seeds.
    """

    mean: np.ndarray
    std: np.ndarray
    count: np.ndarray
    failed: np.ndarray

    def words(self, row: int, column: int) -> str:
        """Return mean ± std and the number of failed seeds as text; "" if nothing is finished."""
        count, failed = int(self.count[row, column]), int(self.failed[row, column])
        if not count:
            return "failed" if failed else ""
        value = SeedStats(self.mean[row, column], self.std[row, column], count)
        return f"{value} ({failed} failed)" if failed else str(value)


def grid(sweep: Sweep, method: str, metric: str) -> Grid:
    """Return a metric of `METRICS` for every combination of a method, from the runs on disk."""
    check_metric(metric)
    shape = sweep.shape
    found = Grid(*np.full((2, *shape), math.nan), *np.zeros((2, *shape), int))
    cells = {place: sweep.cells[method, *place] for place in np.ndindex(shape)}
    for place, records in ends(cells).items():
        stats = summarize(record[metric] for record in records if record is not None)
        found.mean[place], found.std[place], found.count[place] = stats.mean, stats.std, stats.count
        found.failed[place] = sum(_failed(recipe) for recipe in cells[place])
    return found


def missing(sweep: Sweep) -> int:
    """Return the number of unfinished runs, including those with a damaged file."""
    found = ends({recipe: (recipe,) for recipe in sweep.recipes})
    return sum(end is None and not _failed(recipe) for recipe, (end,) in found.items())


def _failed(recipe: Recipe) -> bool:
    end = verified.usable(recipe.key)
    return end is not None and end.state == "failed"


def check_metric(metric: str) -> str:
    """Return the metric.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    return checked("metric", metric, Choice(METRICS))
