"""What a player displays of a comparison: a panel for each run, and the settings in words."""

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.table import SETTINGS


def cards_of(comparison: Comparison) -> list[dict[str, str]]:
    """Return the key, title, description and data of each run, for the player."""
    return [
        {
            "key": recipe.key,
            "title": variant.title,
            "about": METHODS[variant.method].about,
            "data": recipe.data,
        }
        for variant, recipe in zip(comparison.variants, comparison.recipes, strict=True)
    ]


def cards_of_both(comparison: Comparison) -> list[dict[str, str]]:
    """Return the player's panels: every run by coarse classes, then by fine classes."""
    cards = cards_of(comparison)
    coarse = [card | {"about": "By coarse classes.", "view": "coarse"} for card in cards]
    return [*coarse, *(card | {"about": "By fine classes."} for card in cards)]


def settings_text(comparison: Comparison) -> str:
    """Return the main settings, and those that differ from their defaults, in words."""
    values, recipe = comparison.query(), comparison.shared
    usual = {n: e.default for n, e in SETTINGS.items() if n not in ("imbalance", "epochs")}
    shared = {
        name: text
        for name, text in values.items()
        if name in SETTINGS
        and name not in ("data", "points")
        and getattr(recipe, name) != usual.get(name)
    }
    words = [f"{SETTINGS[n].name} {SETTINGS[n].words.get(v, v)}" for n, v in shared.items()]
    seed = [f"seed {values['seed']}"] if "seed" in values else []
    return " · ".join([DATASETS[values["data"]].title, *words, *seed])
