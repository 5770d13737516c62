"""Table 3 of the AM-mixup paper, the columns of CIFAR10-LT: ResNet-32, without pictures."""

import numpy as np

from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import Claim, Source
from ammix_viz.studies.papers.accuracies import ACCURACY, accuracy_of, more_accurate
from ammix_viz.studies.papers.set_up import METHODS
from ammix_viz.studies.study import Part, Study, Table, methods

FACTORS = (100, 10)
"""The imbalance factor of each part."""

GROUPS = {"Many": np.arange(3), "Median": np.arange(3, 7), "Few": np.arange(7, 10)}
"""The classes of each group: only with these do the paper's numbers give its accuracy of all."""

COLUMNS = {f"{name}, %": accuracy_of(classes) for name, classes in GROUPS.items()}

PUBLISHED = {
    100: {
        "ce": (91.99, 71.72, 51.92, 71.86),
        "mixup": (94.72, 75.70, 51.82, 74.24),
        "manifold": (94.04, 74.61, 52.69, 73.86),
        "am_mixup": (92.48, 74.72, 59.15, 75.38),
    },
    10: {
        "ce": (94.00, 84.77, 84.37, 87.42),
        "mixup": (95.37, 86.81, 85.80, 89.08),
        "manifold": (94.62, 86.25, 86.06, 88.71),
        "am_mixup": (93.47, 85.26, 86.82, 88.19),
    },
}
"""Accuracy of Many, Median, Few and all classes, by imbalance factor."""

WHERE = "section 4.2, Table 3"
BEST = "AM-mixup attains the best performance in CIFAR10/100-LT, except for …"
FEW = "AM-mixup achieves better margin balance by improving the precision of the few part."
MANY = (
    "The improvement of performance in mixup and manifold mixup was primarily achieved by "
    "increasing precision in the many and median parts."
)
BETTER = "Mixup shows better performance than CE …"

HOW = (
    "A pair is a sample and a random other one of the batch, for every mixing method: “randomly "
    "selected from the mini-batch” (section 3.2), as in the public code of MiSLAS, whose settings "
    "the paper borrows. The other studies sample pairs evenly from the classes.",
    "Manifold mixup and AM-mixup mix the 64-D feature; the paper does not say where manifold mixup "
    "mixes.",
    "Many, Median and Few are the first three classes, the next four and the last three, as in "
    "MiSLAS. The paper's limits, 100 and 20 images, would leave no class Few.",
    "Accuracy is that after the last epoch; the paper does not say whether it means the best one.",
    "Each seed keeps other images, too.",
    "Images are standardised by the mean and the standard deviation of all 50,000 training images.",
)
"""Differences from the paper, and what it leaves open."""


def _more_accurate(factor: int, row: str, others: tuple[str, ...], quote: str, name: str) -> Claim:
    """Return the claim that a row is more accurate than others on a group of classes."""
    column = 3 if name == "all classes" else list(GROUPS).index(name)
    numbers = PUBLISHED[factor]
    second = max(others, key=lambda other: numbers[other][column])
    shown = f"{numbers[row][column]:.2f} % against {numbers[second][column]:.2f} %"
    than = "CE" if others == ("ce",) else "the others"
    title = methods((row,))[row].title
    return more_accurate(
        f"Factor {factor}: {title} is more accurate than {than} on {name}.",
        row,
        others,
        Source(WHERE, quote, shown),
        ACCURACY if name == "all classes" else accuracy_of(GROUPS[name]),
        FACTORS.index(factor),
    )


def _best(factor: int, row: str, quote: str, name: str) -> Claim:
    others = tuple(other for other in METHODS if other != row)
    return _more_accurate(factor, row, others, quote, name)


def _claims() -> tuple[Claim, ...]:
    return (
        _best(100, "am_mixup", BEST, "all classes"),
        _best(10, "mixup", "", "all classes"),
        *(_best(factor, "am_mixup", FEW, "Few") for factor in FACTORS),
        *(_best(factor, "mixup", MANY, "Many") for factor in FACTORS),
        *(_more_accurate(factor, "mixup", ("ce",), BETTER, "all classes") for factor in FACTORS),
    )


def table_3(data: str) -> Study:
    """Return the study of Table 3 on CIFAR10-LT."""
    parts, tables = [], []
    for index, factor in enumerate(FACTORS):
        title = f"imbalance factor {factor}"
        shared = Recipe(
            data=data, imbalance=factor, weight_decay=2e-4, augment="on", pairs="partner"
        )
        parts.append(Part(f"CIFAR10-LT, {title}", methods(METHODS), shared))
        columns = COLUMNS | {"All, %": ACCURACY}
        tables.append(
            Table(f"Table 3, CIFAR10-LT, {title}", columns, PUBLISHED[factor], part=index)
        )
    return Study(
        about=(
            "ResNet-32 on the ten classes of CIFAR-10 with long tails of two lengths. Its features "
            "have 64 dimensions, so that there are numbers but no pictures."
        ),
        parts=tuple(parts),
        deviations=HOW,
        published=(
            "The paper's numbers are means of 20 runs. Its text names AM-mixup as the best on "
            "CIFAR10-LT; in its table, mixup is at factor 10."
        ),
        bars={ACCURACY: "Test accuracy, %", "test.U1": "U1"},
        claims=_claims(),
        tables=tuple(tables),
    )
