"""The `Comparison` of methods, or of values of a setting, and its URL query."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from ammix_viz.settings.axis import Axis
from ammix_viz.settings.defaults import shared_defaults
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import Number, PointList, text_of
from ammix_viz.settings.table import RULES, SEEDS, SETTINGS, check
from ammix_viz.settings.unread import unread
from ammix_viz.settings.variants import (
    INSTEAD,
    MOST_PANELS,
    Variant,
    query_of,
    read_vary,
    usual_method,
)

DEFAULT_METHODS = ("ce", "mixup", "manifold", "am_mixup")
DEFAULT_SETTING = Recipe()


@dataclass(frozen=True)
class Comparison:
    """Several methods on shared settings, or values of one setting, over one or more seeds.

    Parameters
    ----------
    methods : tuple of str
        In the order of their panels.
    shared : Recipe
        The settings; its `method` is ignored.
    seeds : int, default=1
        Number of seeds to train each method with, starting from the seeds of `shared`.
    displayed : int, default=0
        Index of the seed that the panels display.
    vary : Axis, optional
        A setting of which each method has a panel a value, instead of the one of `shared`.
    """

    methods: tuple[str, ...] = DEFAULT_METHODS
    shared: Recipe = DEFAULT_SETTING
    seeds: int = 1
    displayed: int = 0
    vary: Axis | None = None

    def __post_init__(self) -> None:
        seeds = check("seeds", self.seeds)
        object.__setattr__(self, "seeds", seeds)
        object.__setattr__(self, "displayed", min(check("displayed", self.displayed), seeds - 1))

    @cached_property
    def _first(self) -> dict[Variant, Recipe]:
        """The canonical recipe of each variant, at the seeds of `shared`; each run once."""
        found: dict[str, tuple[Variant, Recipe]] = {}
        for method in self.methods:
            recipe = replace(self.shared, method=method)
            axis = self.vary if self.vary and recipe.reads(self.vary.name) else None
            for value in axis.values if axis else (None,):
                variant = Variant(method, axis.name, value) if axis else Variant(method)
                changed = replace(recipe, **{axis.name: value}) if axis else recipe
                found.setdefault(changed.key, (variant, changed.canonical))
        return dict(found.values())

    @property
    def variants(self) -> tuple[Variant, ...]:
        """What each panel shows, in order; a method that does not read `vary` has one panel."""
        return tuple(self._first)[:MOST_PANELS]

    @property
    def left_out(self) -> int:
        """Number of variants that there are no panels for."""
        return len(self._first) - len(self.variants)

    def at_seed(self, offset: int) -> tuple[Recipe, ...]:
        """Return one canonical recipe per variant, with `offset` added to the seeds."""
        return tuple(self._first[variant].at_seed(offset) for variant in self.variants)

    @cached_property
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes of the displayed seed, one per variant, in order."""
        return self.at_seed(self.displayed)

    @cached_property
    def by_variant(self) -> dict[Variant, tuple[Recipe, ...]]:
        """All recipes: one per seed, for each variant."""
        seeds = [self.at_seed(offset) for offset in range(self.seeds)]
        return dict(zip(self.variants, zip(*seeds, strict=True), strict=True))

    def query(self) -> dict[str, str]:
        """Return the URL query: the settings of this kind of data; one `seed` if all are equal."""
        values = _applicable(self.shared)
        seeds = [values.pop(name, getattr(self.shared, name)) for name in SEEDS]
        same = len(set(seeds)) == 1
        chosen = {"seed": seeds[0]} if same else dict(zip(SEEDS, seeds, strict=True))
        if self.seeds > 1:
            chosen |= {"seeds": self.seeds, "displayed": self.displayed}
        start = {"data": values.pop("data"), "methods": ",".join(self.methods)}
        if self.vary:
            values.pop(self.vary.name, None)
            start["vary"] = query_of(self.vary)
        return {name: text_of(v) for name, v in (start | values | chosen).items()}


def _applicable(recipe: Recipe) -> dict[str, Any]:
    """Return the settings that some method can read, except those at "default"."""
    return {
        name: getattr(recipe, name)
        for name, entry in SETTINGS.items()
        if name != "method"
        and (entry.read_by == "method" or recipe.reads(name))
        and getattr(recipe, name) != "default"
    }


def read_query(query: Mapping[str, str]) -> tuple[Comparison, list[str]]:
    """Return the comparison of a URL query, and a message for each value that was corrected.

    Unknown parameters are ignored (other pages and trackers use them). A number out of range is
    replaced by the nearest allowed one, any other invalid value by the default.
    """
    data = _clamped("data", query.get("data", Recipe.data), Recipe.data, [])
    vary, notes = read_vary(query["vary"]) if "vary" in query else (None, [])
    usual = (usual_method(vary.name, data),) if vary else DEFAULT_METHODS
    methods = _read_methods(query.get("methods"), usual, notes)
    defaults = {field.name: field.default for field in fields(Recipe)}
    defaults |= shared_defaults(methods, data)
    values: dict[str, Any] = {}
    for name, default in defaults.items():
        parameter = "seed" if name in SEEDS and name not in query else name
        given = parameter in query and name != "method"
        values[name] = _clamped(parameter, query[parameter], default, notes) if given else default
    seed_values = {
        name: _clamped(name, query[name], getattr(Comparison, name), notes)
        for name in ("seeds", "displayed")
        if name in query
    }
    recipe = _with_network(values, notes)
    found = Comparison(methods, recipe, **seed_values, vary=vary)
    found, idle = with_readers(found)
    return found, list(dict.fromkeys([*notes, *idle]))


def with_readers(comparison: Comparison) -> tuple[Comparison, list[str]]:
    """Return the comparison, and a message if no method reads the setting that varies.

    Then it is a comparison of the methods alone.
    """
    if comparison.vary is None:
        return comparison, []
    idle = unread(comparison.recipes, [comparison.vary.name])
    found = replace(comparison, vary=None) if idle else comparison
    return found, [f"{why} {INSTEAD}" for why in idle]


def _with_network(values: Mapping[str, Any], notes: list[str]) -> Recipe:
    """Return the recipe, with the default network if the data do not fit or cannot be displayed."""
    default = Recipe(**{**values, "network": "default"})
    try:
        recipe = Recipe(**values)
        why = recipe.why_not_displayed
    except ValueError as error:
        recipe, why = default, str(error)
    if why == default.why_not_displayed:
        return recipe
    notes.append(f"{why} The default network is used.")
    return default


def _read_methods(text: str | None, usual: tuple[str, ...], notes: list[str]) -> tuple[str, ...]:
    if text is None:
        return usual
    kept: list[str] = []
    for name in dict.fromkeys(text.split(",")):
        try:
            kept.append(check("method", name))
        except ValueError as error:
            notes.append(f"{error} It is left out.")
    if not kept:
        are = "are" if len(usual) > 1 else "is"
        notes.append(f"methods names no method; {', '.join(usual)} {are} used.")
    return tuple(kept) or usual


def _clamped(name: str, value: str, default: object, notes: list[str]) -> Any:  # noqa: ANN401
    rule = RULES[name]
    if isinstance(rule, PointList):
        points, said = rule.repaired(value)
        notes += said
        return points
    try:
        return check(name, value)
    except ValueError as error:
        parsed = rule.parse(value)
        replacement = default
        if isinstance(rule, Number) and isinstance(parsed, float | int):
            replacement = rule.nearest(parsed)
        notes.append(f"{error} {text_of(replacement)} is used.")
        return replacement
