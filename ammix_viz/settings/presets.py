"""Settings worth starting from; each trains, and says where it is not as in the paper."""

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
        In the menu.
    comparison : Comparison
        What it sets.
    note : str
        What to look at, and what is not as in the paper.
    """

    title: str
    comparison: Comparison
    note: str


_WITH_AMA = Recipe(method="ama")

PRESETS = {
    "four": Preset(
        "Four methods, lr 0.1",
        Comparison(),
        "The AM-mixup paper's four methods at learning rate 0.1, on the AMA paper's toy.",
    ),
    "family": Preset(
        "The whole family",
        Comparison(tuple(METHODS), _WITH_AMA),
        "All seven at learning rate 0.02. The AMA paper trains at 0.1, where AMA diverges here.",
    ),
    "ama_fig2": Preset(
        "AMA paper, Figure 2",
        Comparison(("ce", "supcon", "ama"), _WITH_AMA),
        "CE, SupCon and AMA, as in the figure, but at learning rate 0.02: at the paper's 0.1 AMA "
        "diverges here.",
    ),
    "digits": Preset(
        "Handwritten digits",
        Comparison(shared=Recipe(data="digits")),
        "A small CNN on 8×8 images of handwritten digits; the AM-mixup paper shows CIFAR-10. "
        "Hover a point to see its image.",
    ),
    "mini_cifar_lt": Preset(
        "AM-mixup paper, Figure 3",
        Comparison(shared=Recipe(data="mini_cifar_lt")),
        "Four classes of CIFAR-10 with 5000, 854, 146 and 25 images. Learning rate 0.02 with a "
        "warm-up, 40 epochs; at the paper's 0.1 features can fall into one point.",
    ),
    "lost_class": Preset(
        "How a class gets lost",
        Comparison(("ce", "am_mixup", "ama"), _WITH_AMA),
        "At β 0.67 AM-mixup gives up the class of ten points. AMA keeps it, at the same β: it "
        "draws its pairs evenly from the classes, and learns the clean points too.",
    ),
}


def preset_of(comparison: Comparison) -> str | None:
    """Return the name of the preset that a comparison is, None if it is none."""
    asked = comparison.query()
    return next((n for n, preset in PRESETS.items() if preset.comparison.query() == asked), None)
