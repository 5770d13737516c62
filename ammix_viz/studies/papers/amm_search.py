"""The search for the settings that the AM-mixup paper leaves open, on Mini-CIFAR-LT."""

from itertools import product
from typing import Any

from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.table import SETTINGS
from ammix_viz.studies.papers.amm_table2 import table_2
from ammix_viz.studies.papers.set_up import METHODS
from ammix_viz.studies.study import Part, Row, Study, methods

AMA = Row("AMA", {"method": "ama", "beta": 0.67, "pairs": "even"})
ROWS = methods(METHODS) | {"ama": AMA}

REGIMES = {
    "lr 0.02, 20 epochs": {"lr": 0.02, "epochs": 20, "warmup": 5},
    "lr 0.1, 100 epochs": {"lr": 0.1, "epochs": 100, "warmup": 0},
}
"""Ours, and the paper's."""

FEATURE_LAYER = SETTINGS["feature_layer"]
PAIRS = {"even": "even pairs", "partner": "random partners"}
NORMS = {"on": "", "off": ", no batch norm"}


def parts(data: str) -> tuple[Part, ...]:
    """Return one part for each combination of regime, feature layer, pairs and batch norm."""
    return tuple(
        Part(
            f"{regime}, {FEATURE_LAYER.words.get(layer, layer)}, {PAIRS[pairs]}{NORMS[norm]}",
            ROWS,
            _shared(data, REGIMES[regime], layer, pairs, norm),
        )
        for regime, norm, layer, pairs in product(REGIMES, NORMS, FEATURE_LAYER.values, PAIRS)
    )


def _shared(data: str, regime: dict[str, Any], layer: str, pairs: str, norm: str) -> Recipe:
    return Recipe(
        data=f"{data}_lt",
        feature_layer=layer,
        pairs=pairs,
        batch_norm=norm,
        precision="bfloat16",
        **regime,
    )


def search(data: str) -> Study:
    """Return the search on `mini_cifar`, the paper's images, or `digits`."""
    return Study(
        about=(
            "Which of the settings that the paper leaves open give its Table 2? The feature layer, "
            "the pairs of every mixing method and batch norm are varied, at our learning rate and "
            "at the paper's. Agreement is Kendall's τ between our order of the four methods and "
            "the published one, mean over accuracy, U, U1, Many, Median and Few: 1 is the same "
            "order, −1 the opposite. (A is published for other images only.)"
        ),
        parts=parts(data),
        deviations=(
            "The convolutions are in bfloat16, which is faster on CPUs that support it. The seeds "
            "are others than those of the figures.",
            "β is 0.34 for AM-mixup and 0.67 for AMA, the values of their papers. AMA is trained "
            "to see whether it is stable; it is not in the published table.",
        ),
        published="Table 2 of the paper: CE has the lowest accuracy, U, U1 and Few.",
        bars={},
        claims=(),
        search=table_2(data),
    )
