"""Methods side by side on one shared setting, over seeds: what a page's URL says."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ammix_viz.settings.recipe import SEEDS, Recipe, as_settings, own_defaults
from ammix_viz.settings.rules import RULES, Number, check, text_of

DEFAULT_METHODS = ("ce", "mixup", "manifold", "am_mixup")
DEFAULT_SETTING = Recipe()


@dataclass(frozen=True)
class Comparison:
    """Methods shown side by side on one shared setting.

    Parameters
    ----------
    methods : tuple of str
        In the order shown.
    shared : Recipe
        The setting; its method means nothing here.
    seeds : int, default=1
        How many seeds each method is trained with, from those of `shared` on.
    shown : int, default=0
        Which of them the panels show, from 0.
    """

    methods: tuple[str, ...] = DEFAULT_METHODS
    shared: Recipe = DEFAULT_SETTING
    seeds: int = 1
    shown: int = 0

    def __post_init__(self) -> None:
        seeds = check("seeds", self.seeds)
        object.__setattr__(self, "seeds", seeds)
        object.__setattr__(self, "shown", min(check("shown", self.shown), seeds - 1))

    def at_seed(self, offset: int) -> tuple[Recipe, ...]:
        """Return one canonical recipe a method, with the seeds moved on by `offset`."""
        own = [replace(self.shared, method=name).canonical for name in self.methods]
        return tuple(recipe.at_seed(offset) for recipe in own)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes of the seed that is shown, one a method, in the order shown."""
        return self.at_seed(self.shown)

    @property
    def by_method(self) -> dict[str, tuple[Recipe, ...]]:
        """Every recipe: one a seed, for each method."""
        seeds = [self.at_seed(offset) for offset in range(self.seeds)]
        return dict(zip(self.methods, zip(*seeds, strict=True), strict=True))

    def query(self) -> dict[str, str]:
        """Return the URL query: every setting by name, seeds as one where they agree."""
        values = as_settings(self.shared)
        values.pop("method")
        seeds = [values.pop(name) for name in SEEDS]
        same = len(set(seeds)) == 1
        chosen = {"seed": seeds[0]} if same else dict(zip(SEEDS, seeds, strict=True))
        if self.seeds > 1:
            chosen |= {"seeds": self.seeds, "shown": self.shown}
        start = {"data": values.pop("data"), "methods": ",".join(self.methods)}
        return {name: text_of(v) for name, v in (start | values | chosen).items()}


def read_query(query: Mapping[str, str]) -> tuple[Comparison, list[str]]:
    """Return what a URL query asks for, made allowed, and a sentence for each thing changed.

    Unknown names are left alone (other pages, trackers); a number out of range becomes the
    nearest allowed one, anything else the default.
    """
    notes: list[str] = []
    methods = _read_methods(query.get("methods"), notes)
    data = _clamped("data", query.get("data", Recipe.data), Recipe.data, [])
    own = own_defaults(methods, data)
    defaults = {field.name: field.default for field in fields(Recipe)} | own
    values: dict[str, Any] = {}
    for name, default in defaults.items():
        asked = "seed" if name in SEEDS and name not in query else name
        given = asked in query and name != "method"
        values[name] = _clamped(asked, query[asked], default, notes) if given else default
    several = {
        name: _clamped(name, query[name], getattr(Comparison, name), notes)
        for name in ("seeds", "shown")
        if name in query
    }
    return Comparison(methods, Recipe(**values), **several), list(dict.fromkeys(notes))


def _read_methods(text: str | None, notes: list[str]) -> tuple[str, ...]:
    if text is None:
        return DEFAULT_METHODS
    kept: list[str] = []
    for name in dict.fromkeys(text.split(",")):
        try:
            kept.append(check("method", name))
        except ValueError as error:
            notes.append(f"{error} It is left out.")
    if not kept:
        notes.append(f"methods names no method; {', '.join(DEFAULT_METHODS)} are shown.")
    return tuple(kept) or DEFAULT_METHODS


def _clamped(name: str, value: str, default: object, notes: list[str]) -> Any:  # noqa: ANN401
    try:
        return check(name, value)
    except ValueError as error:
        rule = RULES[name]
        parsed = rule.parse(value)
        usable = isinstance(rule, Number) and parsed is not None
        used = rule.nearest(parsed) if usable else default
        notes.append(f"{error} {text_of(used)} is used.")
        return used
