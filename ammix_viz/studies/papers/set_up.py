"""Methods, data, seeds and differences from the papers that several studies share."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ammix_viz.datasets.table import DATASETS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import SETTINGS
from ammix_viz.studies.study import Part
from ammix_viz.training.schedule import learning_rate, stages

METHODS = ("ce", "mixup", "manifold", "am_mixup")
IMAGES = ("mini_cifar", "digits")
"""Data sets for the AM-mixup paper's figures, the paper's first."""

LONG_TAILED = ("gaussian", "mini_cifar_lt", "digits_lt")
"""Data sets for ablations; the papers' CIFAR100-LT has too many classes for a 2-D feature."""

FIRST_SEED = 10
"""First seed of the runs on images; settings were chosen on the seeds below."""


def from_first_seed(recipe: Recipe) -> Recipe:
    """Return the recipe with the first seed of a study on its data."""
    return recipe.at_seed(FIRST_SEED) if recipe.on_images else recipe


def deviations(*parts: Part, paper: str = "") -> tuple[str, ...]:
    """Return the differences from the paper in what the rows share, and in how they are paired.

    Parameters
    ----------
    *parts : Part
        The parts of a study; of those on the same data, the first one names the schedule.
    paper : str, optional
        The network and the schedule of the paper's section, in a sentence; by default those of
        the sections with 2-D features (AMA 3.3, AMM A.1).
    """
    shared, pairs = _on_each_data(parts), _pairs(parts)
    first = shared[0]
    if not first.on_images:
        return (f"{_points(first)} {paper or POINTS_OF_PAPER}", *pairs)
    return (
        *((DIGITS,) if first.data.startswith("digits") else ()),
        f"{_schedule(*shared)} {paper or IMAGES_OF_PAPER}",
        *(_rates(first) if first.data.startswith("mini_cifar") and not paper else ()),
        *pairs,
        f"CNN-Vis2D: one convolution in each of its three blocks, a {FEATURE_LAYER} and a linear "
        f"layer to the feature; no augmentation.{'' if paper else SILENT}",
    )


def _on_each_data(parts: Sequence[Part]) -> list[Recipe]:
    """Return what the rows share in the first part on each data set."""
    found: dict[str, Recipe] = {}
    for part in parts:
        found.setdefault(part.shared.data, part.shared)
    return list(found.values())


SILENT = " The paper names none of these."
FEATURE_LAYER = SETTINGS["feature_layer"].words["gap"]

POINTS_OF_PAPER = "The paper trains at 0.1, where AMA diverges, with “16 mini-batches”."

IMAGES_OF_PAPER = (
    "The paper trains for 100 epochs from a rate of 0.1, at which features from a flattened layer "
    "can collapse to one point, and mentions no warm-up; without it, features can diverge in the "
    "first epoch. As in the paper, the rate falls to a fifth after 30, 60 and 80 % of the epochs."
)

AMA_LONG_TAILED = (
    "The paper trains a ResNet-32 for 400 epochs with batches of 256: the rate rises to 0.015 in "
    "ten epochs, and falls to a tenth after 360 and 380."
)
"""AMA 4.3; it writes of "256 mini-batches"."""

AMA_MIXUP = (
    f"{AMA_LONG_TAILED} From coarse to fine classes it trains a ResNet-50, with batches of 128."
)
"""AMA 4.2 and 4.3, which section 4.6 uses."""

AMM_LONG_TAILED = (
    "The paper trains a ResNet-32 for 200 epochs with weight decay 0.0002; the rate falls to a "
    "tenth after 160 and 180."
)
"""AMM A.2, which section 4.4 uses; it writes "divided by 0.1"."""


PAPER_RATES = 30 * 0.1 + 30 * 0.02 + 20 * 0.004 + 20 * 0.0008
"""Sum of the learning rates over the 100 epochs of AMM A.1."""


def _rates(recipe: Recipe) -> tuple[str]:
    """Return how much smaller the sum of the learning rates is than the paper's."""
    first, *_ = stages(recipe)
    ours = sum(learning_rate(recipe, first, epoch + 0.5) for epoch in range(first.epochs))
    return (
        f"Summed over all steps, the learning rate is 1/{PAPER_RATES / ours:.0f} of the paper's, "
        "and the weights decay less by the same factor.",
    )


def _schedule(*shared: Recipe) -> str:
    """Return rate, warm-up and epochs of each part as a sentence."""
    rate, warmup = text_of(shared[0].lr), shared[0].warmup
    epochs = ", ".join(f"{recipe.epochs} on {DATASETS[recipe.data].title}" for recipe in shared)
    rises = f", with {warmup} epochs of warm-up" if warmup else ""
    return f"Learning rate {rate} for every method{rises}. Epochs: {epochs}."


DIGITS = (
    "Handwritten digits (8×8 pixels) replace Mini-CIFAR, so only the order of the methods can be "
    "compared with the published numbers. Coarse classes: digits 0 to 4, and 5 to 9. Long-tailed: "
    "395 images, imbalance factor 50, batch size 32."
)


def _points(shared: Recipe) -> str:
    size = shared.batch_size
    batches = "a batch size of 16" if size == 16 else f"16 batches per epoch, of {size} points"
    return f"Learning rate {text_of(shared.lr)} for every method, {batches}."


def _pairs(parts: Sequence[Part]) -> tuple[str, ...]:
    if replace(parts[0].shared, method="am_mixup").resolved("pairs") == "partner":
        return ()
    pairs = {row.pairs for part in parts for row in part.first.values()}
    start = "Except with “random partners”, every" if "partner" in pairs else "Every"
    return (
        f"{start} mixing method samples its pairs evenly from different classes. AMA is defined "
        "so; the AM-mixup paper says “randomly selected from the mini-batch” in section 3.2 and "
        "“inter-class feature pairs” in its abstract.",
    )


SEARCHED = (
    "The feature layer, the pairs, batch norm and learning rate 0.1 are varied in amm-search. "
    "Before, the following was tried on the long-tailed images for 20 epochs, with the flattened "
    "feature layer and random partners; these runs are in no table here. With two seeds: crops and "
    "flips, He initialisation, batch norm on the feature. With one seed: learning rates 0.01 and "
    "0.05, and 0.1 with that batch norm. CE was more accurate than mixup wherever both could be "
    "trained. At 0.05 mixup failed; at 0.1 without that batch norm, every method did.",
)
"""Settings that were varied on Mini-CIFAR in search of the published order."""

AT_FEATURE = (
    "Manifold mixup, too, mixes at the 2-D feature, as in the AMA paper (section 4.1); the "
    "AM-mixup paper does not say where."
)


def published_for(data: str) -> dict[str, Any]:
    """Return the label of the paper's numbers, and whether ours can be compared with them."""
    if data == "mini_cifar":
        return {"source": "published", "comparable": True}
    return {"source": "published for Mini-CIFAR:", "comparable": False}
