"""Figures 2 and 4 and Table 1 of the AM-mixup paper: from coarse to fine classes."""

from dataclasses import replace
from operator import itemgetter

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.format import COARSE
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import OVER_BEST, Claim, Ends, above, lead
from ammix_viz.studies.common import DEVIATIONS, METHODS, source_of
from ammix_viz.studies.study import Part, Study, Table

A, ACCURACY = f"{COARSE}train.A", "test.accuracy"
MIXED = ("mixup", "manifold")


def _ordered_alike(ends: Ends) -> float:
    """Return the share of pairs of methods in which the larger A has the higher accuracy."""
    pairs = [(a, b) for i, a in enumerate(METHODS) for b in METHODS[:i]]
    alike = [
        (ends[a][A] - ends[b][A]) * (ends[a][ACCURACY] - ends[b][ACCURACY]) > 0 for a, b in pairs
    ]
    return float(sum(alike) / len(alike))


CLAIMS = (
    Claim(
        "CE has the highest A of the four.",
        "3.75, the others below 1 (Table 1)",
        METHODS,
        lead(A, "ce", METHODS[1:]),
        above,
        OVER_BEST,
    ),
    Claim(
        "AM-mixup has a higher A than mixup and manifold mixup.",
        "0.99 against 0.95 and 0.92: less collapse inside a class (Table 1)",
        (*MIXED, "am_mixup"),
        lead(A, "am_mixup", MIXED),
        above,
        OVER_BEST,
    ),
    Claim(
        "CE has the best accuracy on the fine classes.",
        "61.08 % (Table 1)",
        METHODS,
        lead(ACCURACY, "ce", METHODS[1:]),
        above,
        OVER_BEST,
    ),
    Claim(
        "AM-mixup has a better accuracy on the fine classes than mixup and manifold mixup.",
        "60.77 % against 58.43 % and 55.73 % (Table 1)",
        (*MIXED, "am_mixup"),
        lead(ACCURACY, "am_mixup", MIXED),
        above,
        OVER_BEST,
    ),
    Claim(
        "The higher A, the higher the accuracy on the fine classes, for every pair of methods.",
        "higher alignment results in superior performance (section 3)",
        METHODS,
        _ordered_alike,
        lambda share: share == 1,
        "of the pairs",
    ),
)

PUBLISHED = {
    "ce": (3.7535, 61.08),
    "mixup": (0.9460, 58.43),
    "manifold": (0.9185, 55.73),
    "am_mixup": (0.9923, 60.77),
}
"""A and test accuracy of Table 1."""

OWN = (
    "A is that of the coarse classes on the training features; the paper does not say of which "
    "classes. That of the fine ones stands among all metrics.",
    "The fine classifier is trained plainly, by cross entropy, for every method; the encoder is "
    "frozen, its batch norm at its running moments.",
)


def figure_2(data: str) -> Study:
    """Return the study of Figure 2 on `mini_cifar`, the paper's, or `digits`."""
    recipe = Recipe(data=f"{data}_coarse")
    part = Part(DATASETS[recipe.data].title, Comparison(METHODS, recipe), (COARSE, ""))
    return Study(
        about=(
            "An encoder learns two coarse classes and is frozen; then a classifier learns the fine "
            "classes on its features. Where a coarse class has fallen into one point, its fine "
            "classes cannot be told apart any more."
        ),
        parts=(part,),
        deviations=(*OWN, *DEVIATIONS[data]),
        published="Table 1, as far as printed; it says nothing of a spread over seeds.",
        bars={ACCURACY: "Fine test accuracy, %", A: "A, coarse", "train.A": "A, fine"},
        claims=CLAIMS,
        tables=(
            Table(
                "Table 1: from coarse to fine",
                {"A": itemgetter(A), "Test accuracy, %": itemgetter(ACCURACY)},
                PUBLISHED,
                source=source_of(data),
            ),
        ),
    )


def figure_4(data: str) -> Study:
    """Return the study of Figure 4: Figure 2 with A printed."""
    return replace(
        figure_2(data),
        printed={"train.A": "A"},
    )
