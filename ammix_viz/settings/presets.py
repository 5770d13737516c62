"""Presets: setups that train, each with a note on how it differs from the paper."""

from dataclasses import dataclass

from ammix_viz.methods.table import METHODS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe


@dataclass(frozen=True)
class Preset:
    """A named setup.

    Attributes
    ----------
    title : str
        Title in the menu.
    comparison : Comparison
        Methods and settings.
    note : str
        What to watch, and what differs from the paper.
    """

    title: str
    comparison: Comparison
    note: str


_WITH_AMA = Recipe(method="ama")

PRESETS = {
    "four": Preset(
        "Four methods",
        Comparison(),
        "The four methods of the AM-mixup paper on the toy data of the AMA paper. The margins of "
        "AM-mixup are about as balanced as those of manifold mixup, and wider. Learning rate 0.02 "
        "instead of the paper's 0.1.",
    ),
    "family": Preset(
        "All seven methods",
        Comparison(tuple(METHODS), _WITH_AMA),
        "All seven methods, with the AMA paper's β of 0.67 for AM-mixup too.",
    ),
    "ama_fig2": Preset(
        "AMA paper, Figure 2",
        Comparison(("ce", "supcon", "ama"), _WITH_AMA),
        "Cross entropy, SupCon and AMA, as in the figure, but with learning rate 0.02: at the "
        "paper's 0.1, AMA diverges here.",
    ),
    "digits": Preset(
        "Handwritten digits",
        Comparison(shared=Recipe(data="digits")),
        "A small CNN on 8×8 images of handwritten digits; the AM-mixup paper uses CIFAR-10. "
        "Hover a point to see its image.",
    ),
    "mini_cifar_lt": Preset(
        "AM-mixup paper, Figure 3",
        Comparison(shared=Recipe(data="mini_cifar_lt")),
        "Four classes of CIFAR-10 with 5000, 854, 146 and 25 images. Learning rate 0.02 with "
        "warm-up, 20 epochs: at the paper's 0.1, features can collapse to one point.",
    ),
    "random_pairs": Preset(
        "Random pairs lose the rarest class",
        Comparison(("ce", "am_mixup"), Recipe(beta=0.67, pairs="partner")),
        "Here each point is mixed with a random other one, so the class with ten points is almost "
        "never the first of a pair. AM-mixup then misclassifies most of it, for most seeds. Set "
        "“Pairs” to its default, different classes evenly, and AM-mixup learns it.",
    ),
}


def preset_of(comparison: Comparison) -> str | None:
    """Return the name of the preset equal to a comparison, None if there is none."""
    query = comparison.query()
    return next((n for n, preset in PRESETS.items() if preset.comparison.query() == query), None)
