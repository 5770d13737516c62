"""A study: the runs of a paper's figure, its claims and published numbers."""

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
        Title, where a study has several parts.
    comparison : Comparison
        Methods and shared setting.
    views : tuple of str
        Prefix of the record fields for each row of panels: "" for the classes, `COARSE` for the
        coarse classes.
    """

    title: str
    comparison: Comparison
    views: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Table:
    """A table of a paper, to compare with our results.

    Attributes
    ----------
    title : str
        Title of the table.
    columns : dict of str to callable
        {title: function of a run's last record that gives the number}.
    published : dict of str to tuple of float
        The paper's numbers, one row per method.
    part : int
        Index of the part that it is about.
    source : str
        Label of the paper's numbers, which may be for other images.
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
        What the figure is about.
    parts : tuple of Part
        Its runs.
    deviations : tuple of str
        Differences from the paper, and why.
    published : str
        What the paper reports apart from its tables.
    bars : dict of str to str
        {field of the records: title} of the metrics plotted as bars, for each part.
    claims : tuple of Claim
        The paper's claims.
    tables : tuple of Table
        The paper's tables.
    printed : dict of str to str
        {field: symbol} of the metrics printed above each panel.
    circle : bool
        Whether the features are also plotted on the unit circle.
    figure, title : str
        Name on the command line; title of the report. The table of studies fills them in.
    stand_in : str
        The data set that replaces the paper's; "" for the paper's.
    changed : dict of str to object
        Changes made by `quick_look`: settings by name, and "methods".
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
        """The figure, the data set if it is not the paper's, and "quick" for a quick version."""
        words = self.figure, self.stand_in, "quick" if self.changed else ""
        return " ".join(filter(None, words))

    @property
    def methods(self) -> tuple[str, ...]:
        """Methods of all parts, in order."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.comparison.methods))

    @property
    def change_note(self) -> str:
        """The changes of a quick version as a sentence; "" for the full study."""
        words = [f"{name} {text_of(value)}" for name, value in self.changed.items()]
        return f"A quick version of the study, with {', '.join(words)}." if words else ""

    def over(self, seeds: int) -> tuple[Comparison, ...]:
        """Return each part's comparison with this number of seeds.

        Raises
        ------
        ValueError
            If there are more than allowed.
        """
        return tuple(replace(part.comparison, seeds=seeds) for part in self.parts)

    def recipes(self, seeds: int) -> list[Recipe]:
        """Return the recipes of all runs for this number of seeds."""
        groups = (runs for part in self.over(seeds) for runs in part.by_method.values())
        return list(chain.from_iterable(groups))
