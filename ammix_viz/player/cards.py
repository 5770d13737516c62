"""What a player displays of a comparison: a panel for each run, a note, the settings in words."""

from typing import Any

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.player.metric_rows import metric_rows
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.presets import PRESETS, preset_of
from ammix_viz.settings.table import SETTINGS

HEADINGS = {
    False: "How does mixing change the margins between classes?",
    True: "Can features learned from coarse classes separate fine ones?",
}
"""The heading of a page by whether its runs go from coarse to fine classes."""

OF_COARSE = (
    "First an encoder is trained on the coarse classes (top row). It is then frozen, and a "
    "classifier is trained on its features to separate the fine classes (bottom row)."
)
OF_IMAGES = (
    "Every panel trains on the same images and batches, from the same initial weights. Hover "
    "a point to see its image."
)
OF_POINTS = (
    "Same points, initial weights and batches in every panel. The bar in each panel is the same "
    "distance."
)


def heading_of(comparison: Comparison) -> str:
    """Return the question that the page of a comparison answers."""
    return HEADINGS[_is_coarse(comparison)]


def player_data(comparison: Comparison) -> dict[str, Any]:
    """Return the data of the player of a comparison, without a moment."""
    return {
        "runs": panels_of(comparison),
        "metrics": metric_rows(comparison.shared.neighbors),
        "note": note_of(comparison),
        "settings": settings_text(comparison),
    }


def panels_of(comparison: Comparison) -> list[dict[str, str]]:
    """Return the panels; of runs from coarse to fine, first the coarse and then the fine classes.

    Each has the key of its run, title, description and data.
    """
    cards = cards_of(comparison)
    if not _is_coarse(comparison):
        return cards
    coarse = [card | {"about": "By coarse classes.", "view": "coarse"} for card in cards]
    return [*coarse, *(card | {"about": "By fine classes."} for card in cards)]


def _is_coarse(comparison: Comparison) -> bool:
    return DATASETS[comparison.shared.data].coarse


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


def note_of(comparison: Comparison) -> str:
    """Return the note of the comparison's preset, or what its panels differ in and have alike."""
    if _is_coarse(comparison):
        return OF_COARSE
    if name := preset_of(comparison):
        return PRESETS[name].note
    if comparison.vary is None:
        return OF_IMAGES if comparison.shared.on_images else OF_POINTS
    method = "method and " if len(comparison.methods) > 1 else ""
    return (
        f"The panels differ in {method}{SETTINGS[comparison.vary.name].name}; the seeds of data, "
        "initial weights and batches are the same."
    )


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
    seed = [f"seed {int(values['seed']) + comparison.displayed}"] if "seed" in values else []
    return " · ".join([DATASETS[values["data"]].title, *words, *seed])
