"""Figures 3 and 5 and Table 2 of the AM-mixup paper: balanced and long-tailed images."""

from collections.abc import Callable
from dataclasses import replace
from operator import itemgetter

import numpy as np

from ammix_viz.datasets.long_tail import profile
from ammix_viz.datasets.table import DATASETS
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import (
    OVER_BEST,
    OVER_LOWEST,
    Claim,
    Ends,
    above,
    below,
    lag,
    lead,
)
from ammix_viz.studies.papers.amm_settings import DEVIATIONS, METHODS, SEARCHED, source_of
from ammix_viz.studies.study import Part, Study, Table

LARGEST = {"mini_cifar": (5000, 4), "digits": (140, 10)}
"""Training images of the largest class, and classes."""

MEDIAN, FEW = 0.2, 0.04
"""Below these shares of the largest class, a class is Median or Few: 1000 and 200 of 5000."""

U, U1, ACCURACY, SCALE = "test.U", "test.U1", "test.accuracy", "train.D_max"
MIXED = ("mixup", "manifold")
OTHERS = ("ce", *MIXED)
BALANCED = 1
"""Index of the balanced part; part 0 is long-tailed."""


def groups(data: str) -> dict[str, np.ndarray]:
    """Return the classes that are Many, Median and Few in the long-tailed set (AMM section 3)."""
    largest, classes = LARGEST[data]
    factor = float(Recipe(data=f"{data}_lt").factor)
    share = np.array(profile(largest, factor, classes)) / largest
    many, few = share > MEDIAN, share < FEW
    masks = {"Many": many, "Median": ~many & ~few, "Few": few}
    return {name: np.flatnonzero(mask) for name, mask in masks.items()}


def accuracy_of(classes: np.ndarray) -> Callable[[np.void], float]:
    """Return a function of a record: its mean test accuracy over some classes."""
    return lambda record: float(record["test.per_class_accuracy"][classes].mean())


def _claims(data: str) -> tuple[Claim, ...]:
    few = accuracy_of(groups(data)["Few"])
    rare = groups(data)["Few"]

    def few_lead(ends: Ends) -> float:
        return few(ends["am_mixup"]) - max(few(ends[name]) for name in OTHERS)

    def margin(record: np.void) -> float:
        return float(record["train.relative_margin"][rare].mean())

    def margin_lead(ends: Ends) -> float:
        return margin(ends["am_mixup"]) - max(margin(ends[name]) for name in MIXED)

    return (
        _claim("CE has the lowest accuracy.", "42.52 % (Table 2a)", ACCURACY, "ce", lag, below),
        _claim("AM-mixup has the highest accuracy.", "66.90 % (Table 2a)", ACCURACY, "am_mixup"),
        _claim("CE has the lowest U.", "1.04 (Table 2a)", U, "ce", lag, below),
        _claim("Manifold mixup has the highest U.", "1.46 (Table 2a)", U, "manifold"),
        _claim("CE has the lowest U1.", "0.52 (Table 2a)", U1, "ce", lag, below),
        _claim("AM-mixup has the highest U1.", "0.90 (Table 2a)", U1, "am_mixup"),
        Claim(
            "AM-mixup has the highest accuracy on the rarest classes (Few).",
            "37.30 % (Table 2b)",
            METHODS,
            few_lead,
            above,
            OVER_BEST,
        ),
        Claim(
            "With AM-mixup, the centres of the rarest classes (Few) are farther from the nearest "
            "decision boundary, relative to D_max, than with mixup and manifold mixup.",
            "very close to the decision boundary in mixup and manifold mixup (Fig. 3)",
            (*MIXED, "am_mixup"),
            margin_lead,
            above,
            OVER_BEST,
        ),
        Claim(
            "Balanced classes: CE has the largest scale (D_max).",
            "an extremely large scale (Fig. 3)",
            METHODS,
            lead(SCALE, "ce", METHODS[1:]),
            above,
            OVER_BEST,
            BALANCED,
        ),
        Claim(
            "Balanced classes: AM-mixup has a larger scale (D_max) than mixup and manifold mixup.",
            "in between (Fig. 3)",
            (*MIXED, "am_mixup"),
            lead(SCALE, "am_mixup", MIXED),
            above,
            OVER_BEST,
            BALANCED,
        ),
    )


def _claim(
    sentence: str,
    published: str,
    metric: str,
    method: str,
    of: Callable = lead,
    holds: Callable[[float], bool] = above,
) -> Claim:
    others = tuple(name for name in METHODS if name != method)
    number = OVER_BEST if of is lead else OVER_LOWEST
    return Claim(sentence, published, METHODS, of(metric, method, others), holds, number)


def _tables(data: str) -> tuple[Table, Table]:
    parts = {f"{name}, %": accuracy_of(classes) for name, classes in groups(data).items()}
    overall: dict[str, Callable[[np.void], float]] = {"All, %": itemgetter(ACCURACY)}
    return (
        Table(
            "Table 2a: uniformity and accuracy, long-tailed",
            {"U": itemgetter(U), "U1": itemgetter(U1)} | {"Test accuracy, %": overall["All, %"]},
            {
                "ce": (1.0353, 0.5226, 42.52),
                "mixup": (1.4198, 0.8271, 59.40),
                "manifold": (1.4623, 0.8532, 65.42),
                "am_mixup": (1.4477, 0.9024, 66.90),
            },
            source=source_of(data),
        ),
        Table(
            "Table 2b: test accuracy by class size, long-tailed",
            parts | overall,
            {
                "ce": (98.10, 67.50, 2.25, 42.52),
                "mixup": (99.00, 95.00, 21.80, 59.40),
                "manifold": (98.90, 96.30, 33.25, 65.42),
                "am_mixup": (97.00, 96.00, 37.30, 66.90),
            },
            source=source_of(data),
        ),
    )


def figure_3(data: str) -> Study:
    """Return the study of Figure 3 on `mini_cifar`, the paper's, or `digits`."""
    return Study(
        about=(
            "Four methods on long-tailed and on balanced classes. In the paper, AM-mixup gives "
            "features of moderate scale and keeps rare classes away from the decision boundaries. "
            "U is the mean distance between class centres scaled to length one, U1 the mean "
            "distance to the nearest of them. CE is cross entropy."
        ),
        parts=tuple(
            Part(DATASETS[name].title, Comparison(METHODS, Recipe(data=name)))
            for name in (f"{data}_lt", data)
        ),
        deviations=(
            "U and U1 are computed on the test features; the paper does not say on which.",
            *DEVIATIONS[data],
            *(SEARCHED if data == "mini_cifar" else ()),
        ),
        published="The paper's numbers are those of its Table 2; it gives no deviation over seeds.",
        bars={ACCURACY: "Test accuracy, %", U: "U", U1: "U1", SCALE: "D_max"},
        claims=_claims(data),
        tables=_tables(data),
    )


def figure_5(data: str) -> Study:
    """Return the study of Figure 5: Figure 3 with U and U1 printed, and on the unit circle."""
    return replace(
        figure_3(data),
        printed={U: "U", U1: "U1"},
        circle=True,
    )
