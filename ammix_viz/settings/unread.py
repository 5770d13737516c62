"""Messages about settings that were given but that no run reads."""

from collections.abc import Iterable, Sequence

from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.table import SETTINGS


def unread(recipes: Sequence[Recipe], names: Iterable[str]) -> list[str]:
    """Return a message for each of these settings that none of the runs depends on."""
    return [
        f"{name} is not read {non_readers(recipes, name)}; it changes nothing."
        for name in names
        if not any(recipe.reads(name) for recipe in recipes)
    ]


def non_readers(recipes: Iterable[Recipe], name: str) -> str:
    """Return what does not read a setting: "by" methods or networks, or "for" a kind of data."""
    kind = SETTINGS[name].read_by
    word = "by" if kind in ("method", "network") else "for"
    return f"{word} {', '.join(dict.fromkeys(_reader(recipe, kind) for recipe in recipes))}"


def _reader(recipe: Recipe, kind: str) -> str:
    if kind in ("network", "data"):
        return recipe.network_name if kind == "network" else recipe.data
    if kind != "method":
        return recipe.kind
    mixes = recipe.reads("lam_mode") and recipe.lam_mode != "default"
    return f"{recipe.method} with lam_mode {recipe.lam_mode}" if mixes else recipe.method
