"""A study: the runs of a paper's figure or table, its claims and published numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import check
from ammix_viz.studies.claims import Claim, Metric


@dataclass(frozen=True)
class Row:
    """A method, or a variant of one, that a study trains with each seed.

    Attributes
    ----------
    title : str
        Displayed name.
    changes : dict of str to object
        The settings in which it differs from what the rows of its part share.
    """

    title: str
    changes: Mapping[str, Any]


def methods(names: Iterable[str]) -> dict[str, Row]:
    """Return a row for each method, by its name."""
    return {name: Row(METHODS[name].title, {"method": name}) for name in names}


@dataclass(frozen=True)
class Part:
    """Rows on one data set.

    Attributes
    ----------
    title : str
        Title, where a study has several parts.
    rows : dict of str to Row
        The rows by their names in claims, tables and files.
    shared : Recipe
        What the rows share: data, settings, and the seeds of the first runs.
    views : tuple of str
        Prefix of the record fields for each row of panels: "" for the classes, `COARSE` for the
        coarse classes.
    pictured : bool
        Whether it has panels; those for other readings of a paper have none.
    """

    title: str
    rows: Mapping[str, Row]
    shared: Recipe
    views: tuple[str, ...] = ("",)
    pictured: bool = True

    @property
    def titles(self) -> dict[str, str]:
        """The displayed name of each row."""
        return {name: row.title for name, row in self.rows.items()}

    @property
    def first(self) -> dict[str, Recipe]:
        """The recipe of each row with the first seed."""
        return {name: replace(self.shared, **row.changes) for name, row in self.rows.items()}

    def recipes(self, seeds: int) -> dict[str, tuple[Recipe, ...]]:
        """Return one recipe per seed for each row.

        Raises
        ------
        ValueError
            If there are more seeds than allowed.
        """
        offsets = range(check("seeds", seeds))
        return {
            name: tuple(recipe.canonical.at_seed(offset) for offset in offsets)
            for name, recipe in self.first.items()
        }

    def settings(self, seeds: int) -> dict[str, Any]:
        """Return the URL query of the methods, and the other settings of the rows that have any."""
        names = tuple(dict.fromkeys(recipe.method for recipe in self.first.values()))
        query = Comparison(names, self.shared, seeds).query()
        variants = any(set(row.changes) - {"method"} for row in self.rows.values())
        rows = {name: dict(row.changes) for name, row in self.rows.items()}
        return query | ({"rows": rows} if variants else {})


@dataclass(frozen=True)
class Table:
    """A table of a paper, to compare with our results.

    Attributes
    ----------
    title : str
        Title of the table.
    columns : dict of str to (str or callable)
        {title: field or function of a run's last record that gives the number}.
    published : dict of str to tuple of float
        The paper's numbers for each row; nan where our copy of the paper has none.
    part : int
        Index of the part that it is about.
    source : str
        Label of the paper's numbers.
    comparable : bool
        Whether they are for the same images as ours.
    """

    title: str
    columns: Mapping[str, Metric]
    published: Mapping[str, tuple[float, ...]]
    part: int = 0
    source: str = "published"
    comparable: bool = True


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
    readings : dict of str to tuple of Claim
        {another reading of the paper: its claims, tested on the runs for that reading}.
    also_measured : tuple of Claim
        Statements of ours, which are not in the paper, tested in the same way.
    tables : tuple of Table
        The paper's tables.
    search : Table, optional
        If the parts are readings of a paper to choose from: the table whose order of rows each of
        them is compared with, instead of single claims.
    printed : dict of str to str
        {field: symbol} of the metrics printed above each panel.
    circle : bool
        Whether the features are also plotted on the unit circle.
    in_paper : tuple of str
        The rows whose panels the paper has; by default all.
    figure, title : str
        Name on the command line; title of the report. The table of studies fills them in.
    stand_in : str
        The data set that replaces the first one of the study; "" for that one.
    changed : dict of str to object
        Changes made by `quick_look`: settings by name, and "methods".
    """

    about: str
    parts: tuple[Part, ...]
    deviations: tuple[str, ...]
    published: str
    bars: Mapping[str, str]
    claims: tuple[Claim, ...]
    readings: Mapping[str, tuple[Claim, ...]] = field(default_factory=dict)
    also_measured: tuple[Claim, ...] = ()
    tables: tuple[Table, ...] = ()
    search: Table | None = None
    printed: Mapping[str, str] | None = None
    circle: bool = False
    in_paper: tuple[str, ...] = ()
    figure: str = ""
    title: str = ""
    stand_in: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The figure, the data set if it is not the first one, and "quick" for a quick version."""
        words = self.figure, self.stand_in, "quick" if self.changed else ""
        return " ".join(filter(None, words))

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows of all parts, in order."""
        return tuple(dict.fromkeys(chain.from_iterable(part.rows for part in self.parts)))

    @property
    def pictured(self) -> tuple[int, ...]:
        """Indices of the parts that have panels."""
        return tuple(place for place, part in enumerate(self.parts) if part.pictured)

    @property
    def change_note(self) -> str:
        """The changes of a quick version as a sentence; "" for the full study."""
        words = [f"{name} {text_of(value)}" for name, value in self.changed.items()]
        return f"A quick version of the study, with {', '.join(words)}." if words else ""

    def seeds(self, count: int) -> range:
        """Return the seeds of this number of runs; they begin at the seed of the first part."""
        first = self.parts[0].shared.init_seed
        return range(first, first + count)

    def recipes(self, seeds: int) -> list[Recipe]:
        """Return the recipes of all runs for this number of seeds.

        Those of a search are sorted by seed, so that all its parts are compared from the start.
        """
        rows = [runs for part in self.parts for runs in part.recipes(seeds).values()]
        return list(chain.from_iterable(zip(*rows, strict=True) if self.search else rows))
