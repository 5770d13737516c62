"""Table 7 of the AM-mixup paper: λ, one-sided label and mixing layer exchanged."""

from ammix_viz.datasets.table import DATASETS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import Claim, Source
from ammix_viz.studies.papers.accuracies import (
    ACCURACY,
    accuracy_of,
    columns_by_size,
    groups,
    more_accurate,
)
from ammix_viz.studies.papers.margin_balance import BALANCE, more_balanced
from ammix_viz.studies.papers.set_up import AMM_LONG_TAILED, deviations, from_first_seed
from ammix_viz.studies.study import Part, Row, Study, Table

LAMBDA = {"beta": "random", "fixed": "fixed", "am": "asymptotic"}


def _row(title: str, lam: str, one_sided: str, site: str) -> Row:
    return Row(title, {"lam_mode": LAMBDA[lam], "one_sided": one_sided, "site": site})


ROWS = {
    "two_sided_random_layer": _row("λ_am, two labels, random layer", "am", "off", "random"),
    "two_sided": _row("λ_am, two labels, last layer", "am", "off", "last"),
    "random_layer": _row("λ_am, one label, random layer", "am", "on", "random"),
    "lambda_beta": _row("λ ~ Beta(1, 1), one label, last layer", "beta", "on", "last"),
    "lambda_fixed": _row("λ = 0.51, one label, last layer", "fixed", "on", "last"),
    "am_mixup": _row("AM-mixup: λ_am, one label, last layer", "am", "on", "last"),
}
"""The rows of the table, in its order."""

PUBLISHED = {
    "two_sided_random_layer": (68.77, 37.86, 6.28, 39.83),
    "two_sided": (65.63, 37.67, 8.34, 39.23),
    "random_layer": (67.15, 40.95, 9.23, 41.19),
    "lambda_beta": (66.97, 36.68, 2.91, 37.79),
    "lambda_fixed": (66.84, 39.73, 6.57, 39.87),
    "am_mixup": (65.78, 40.97, 10.03, 40.93),
}
"""Accuracy of Many, Median, Few and all classes on CIFAR100-LT."""

WHERE = "section 4.4, Table 7"
BEST = "The use of λ_am results in the best performance."
SUPERIOR = (
    "when comparing the performance of models under equal conditions (rows 1, 3 and rows 2, 6), "
    "the use of one-sided labels consistently results in superior performance than not using them."
)
WORSE = (
    "when comparing the performance of models under identical conditions (rows 1, 2 and rows 3, "
    "6), LL exhibits worse performance."
)
NONETHELESS = (
    "Nonetheless, it outperforms in the median and few parts, which are critical points in "
    "imbalanced learning."
)
AIDS = "applying mixup only at the last layer aids in balancing the margin …"

OVERALL = (
    more_accurate(
        "λ_am gives a higher accuracy than λ ~ Beta(1, 1) and λ = 0.51.",
        "am_mixup",
        ("lambda_beta", "lambda_fixed"),
        Source(WHERE, BEST, "40.93 % against 37.79 % and 39.87 %"),
    ),
    more_accurate(
        "At a random layer, one-sided labels give a higher accuracy.",
        "random_layer",
        ("two_sided_random_layer",),
        Source(WHERE, SUPERIOR, "41.19 % against 39.83 %"),
    ),
    more_accurate(
        "At the last layer, one-sided labels give a higher accuracy.",
        "am_mixup",
        ("two_sided",),
        Source(WHERE, SUPERIOR, "40.93 % against 39.23 %"),
    ),
    more_accurate(
        "With one-sided labels, mixing at a random layer gives a higher accuracy than at the last.",
        "random_layer",
        ("am_mixup",),
        Source(WHERE, WORSE, "41.19 % against 40.93 %"),
    ),
    more_accurate(
        "With two-sided labels, mixing at a random layer gives a higher accuracy than at the last.",
        "two_sided_random_layer",
        ("two_sided",),
        Source(WHERE, WORSE, "39.83 % against 39.23 %"),
    ),
    more_balanced(
        "With one-sided labels, margins are more balanced by mixing at the last layer than at a "
        "random one.",
        "am_mixup",
        ("random_layer",),
        Source(WHERE, AIDS),
    ),
)
"""Claims on all classes."""

BALANCES = (
    more_balanced(
        "λ_am gives more balanced margins than λ ~ Beta(1, 1) and λ = 0.51.",
        "am_mixup",
        ("lambda_beta", "lambda_fixed"),
    ),
    more_balanced(
        "At the last layer, one-sided labels give more balanced margins.",
        "am_mixup",
        ("two_sided",),
    ),
    more_balanced(
        "At a random layer, one-sided labels give more balanced margins.",
        "random_layer",
        ("two_sided_random_layer",),
    ),
)
"""The same comparisons by margin balance, where accuracy is near 100 %."""


def _by_size(data: str) -> tuple[Claim, ...]:
    """Return the claims that the last layer is better on Median and on Few."""
    pairs = {"one": ("am_mixup", "random_layer"), "two": ("two_sided", "two_sided_random_layer")}
    return tuple(
        more_accurate(
            f"With {sides}-sided labels, mixing at the last layer gives a higher accuracy on "
            f"{name} than at a random layer.",
            last,
            (random,),
            Source(WHERE, NONETHELESS, f"{PUBLISHED[last][k]} % against {PUBLISHED[random][k]} %"),
            accuracy_of(groups(data)[name]),
        )
        for k, name in ((1, "Median"), (2, "Few"))
        for sides, (last, random) in pairs.items()
    )


def table_7(data: str) -> Study:
    """Return the study of Table 7 on a long-tailed data set."""
    shared = from_first_seed(Recipe(data=data))
    part = Part(DATASETS[data].title, ROWS, shared)
    return Study(
        about=(
            "AM-mixup with one part exchanged: λ, which is λ_am = exp(−β · training accuracy), "
            "fixed at 0.51, or sampled from Beta(1, 1); one label or both, weighted by λ; mixing "
            "at the last layer, the 2-D feature, or at a random one."
        ),
        parts=(part,),
        deviations=(
            f"{DATASETS[data].title} and a 2-D feature; the paper's CIFAR100-LT has 100 classes, "
            "for a ResNet-32, so that only the order of the rows can be compared.",
            *deviations(part, paper=AMM_LONG_TAILED),
        ),
        published=(
            "The paper's numbers are means of five runs. Its text says that the last layer is "
            "better on Median and Few; in its table, it is worse on Median with two-sided labels."
        ),
        bars={ACCURACY: "Test accuracy, %", BALANCE: "Margin balance", "train.D_max": "D_max"},
        claims=(*OVERALL, *_by_size(data)),
        also_measured=BALANCES,
        tables=(
            Table(
                "Table 7: ablation of AM-mixup",
                columns_by_size(data),
                PUBLISHED,
                source="published for CIFAR100-LT:",
                comparable=False,
            ),
        ),
    )
