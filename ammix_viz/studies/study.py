"""A study: the runs of a paper's figure, and what is to be learnt from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import text_of
from ammix_viz.studies.claims import Claim


@dataclass(frozen=True)
class Part:
    """Methods on one data set.

    Attributes
    ----------
    title : str
        What it is called where a study has several.
    comparison : Comparison
        Methods and shared setting.
    views : tuple of str
        What stands before the fields of the classes that panels show: "" the classes, `COARSE`
        those that were learnt first. A row of panels each.
    """

    title: str
    comparison: Comparison
    views: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Table:
    """A table of a paper, to put ours beside.

    Attributes
    ----------
    title : str
        Above it.
    columns : dict of str to callable
        {title: its number, of a run's last record}.
    published : dict of str to tuple of float
        The paper's numbers, a row a method.
    part : int
        Which part it is about.
    source : str
        What the paper's numbers are called; they may be of other images.
    """

    title: str
    columns: Mapping[str, Callable[[np.void], float]]
    published: Mapping[str, tuple[float, ...]]
    part: int = 0
    source: str = "published"


@dataclass(frozen=True)
class Study:
    """A figure or table of a paper.

    Attributes
    ----------
    about : str
        What the paper shows there.
    parts : tuple of Part
        Its runs.
    deviations : tuple of str
        What is not as in the paper, and why.
    published : str
        The paper's numbers, as far as it prints them outside of tables.
    bars : dict of str to str
        {field of the records: title} of the metrics that stand as bars, of each part.
    claims : tuple of Claim
        What the paper claims.
    tables : tuple of Table
        Its tables.
    printed : dict of str to str
        {field: symbol} of the metrics printed above each panel.
    circle : bool
        Whether the features are shown on the unit circle too.
    figure, title : str
        Its name on the command line; above the report. The table of studies fills them in.
    stand_in : str
        The data set that stands in for the paper's; "" if they are the paper's.
    changed : dict of str to object
        What a quick look changed: settings by name, and "methods".
    """

    about: str
    parts: tuple[Part, ...]
    deviations: tuple[str, ...]
    published: str
    bars: Mapping[str, str]
    claims: tuple[Claim, ...]
    tables: tuple[Table, ...] = ()
    printed: Mapping[str, str] | None = None
    circle: bool = False
    figure: str = ""
    title: str = ""
    stand_in: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The figure, the data that stand in for the paper's, and whether it is a quick look."""
        words = self.figure, self.stand_in, "quick" if self.changed else ""
        return " ".join(filter(None, words))

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method of some part, in their order."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.comparison.methods))

    @property
    def change_note(self) -> str:
        """What a quick look changed, as a sentence; "" if this is the full study."""
        words = [f"{name} {text_of(value)}" for name, value in self.changed.items()]
        return f"A quick look, not the full study: {'; '.join(words)}." if words else ""

    def over(self, seeds: int) -> tuple[Comparison, ...]:
        """Return each part's comparison over so many seeds.

        Raises
        ------
        ValueError
            If there are more than allowed.
        """
        return tuple(replace(part.comparison, seeds=seeds) for part in self.parts)

    def recipes(self, seeds: int) -> list[Recipe]:
        """Return all recipes over so many seeds."""
        groups = (runs for part in self.over(seeds) for runs in part.by_method.values())
        return list(chain.from_iterable(groups))
