"""Presets: setups that train, each with a note on how it differs from the paper."""

from dataclasses import dataclass
from pathlib import Path

from ammix_viz.methods.table import METHODS
from ammix_viz.settings.axis import Axis
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe

PICTURES = Path(__file__).parent / "pictures"
"""The folder of NAME.webp, the picture of each preset; `studies.preset_pictures` makes them."""


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
        "AM-mixup gives the classes balanced margins, the smallest 0.85 of the largest (cross "
        "entropy: 0.38, mixup: 0.77), and keeps the features spread out: twice as far as mixup and "
        "over three times as far as manifold mixup, whose balance is 0.86. Medians of ten seeds, "
        "test samples.",
    ),
    "beta": Preset(
        "β from 0 to 1",
        Comparison(("am_mixup",), vary=Axis("beta", (0, 0.34, 0.67, 1))),
        "The nearer β is to ln 2 ≈ 0.69, the nearer to the midpoint samples are mixed, and the "
        "closer together the features come: the two furthest apart are 49 units apart at β 0, 36 "
        "at 0.34, 18 at 0.67, and 39 at 1. Medians of five to ten seeds.",
    ),
    "random_pairs": Preset(
        "Random pairs lose the rarest class",
        Comparison(("ce", "am_mixup"), Recipe(beta=0.67), vary=Axis("pairs", ("partner", "even"))),
        "With a random partner for each sample, about 1 pair in 80 has one of the ten training "
        "samples of the rarest class, and AM-mixup trains on pairs only: in each of ten seeds it "
        "classified none of the test samples of this class correctly. With even pairs: 98 %, "
        "median of ten seeds.",
    ),
    "family": Preset(
        "All seven methods",
        Comparison(tuple(METHODS), _WITH_AMA),
        "With the AMA paper's β of 0.67, AMA and AM-mixup have the largest distances between "
        "classes for their size (relative distance 0.68); manifold mixup has the most balanced "
        "margins (0.86). Medians of ten seeds, test samples.",
    ),
    "ama_fig2": Preset(
        "AMA paper, Figure 2",
        Comparison(("ce", "supcon", "ama"), _WITH_AMA),
        "AMA has the largest relative distance, in ten of ten seeds: 0.71 on training samples, "
        "cross entropy 0.43, SupCon 0.39 (means). Learning rate 0.02: at the paper's 0.1, AMA "
        "diverges here.",
    ),
    "points": Preset(
        "Place your points",
        Comparison(("ce", "mixup", "am_mixup"), Recipe(data="points")),
        "Add points of any class with the brush, and watch every method learn them.",
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
        "warm-up, 20 epochs. Test accuracies have the published order: AM-mixup 66.9 %, manifold "
        "mixup 63.4, mixup 59.6, cross entropy 47.4 (means of ten seeds).",
    ),
}
"""The first is the default; what the notes say was measured over the seeds that they name."""


def preset_of(comparison: Comparison) -> str | None:
    """Return the name of the preset equal to a comparison, None if there is none."""
    query = comparison.query()
    return next((n for n, preset in PRESETS.items() if preset.comparison.query() == query), None)
