"""Figures 2 and 4 and Table 1 of the AM-mixup paper: from coarse to fine classes."""

from dataclasses import replace
from operator import itemgetter

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.format import COARSE
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import OVER_BEST, Claim, Ends, above, lead
from ammix_viz.studies.papers.amm_settings import DEVIATIONS, METHODS, source_of
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
        "CE has the highest A of the four methods.",
        "3.75; the others are below 1 (Table 1)",
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
        "CE has the highest accuracy on the fine classes.",
        "61.08 % (Table 1)",
        METHODS,
        lead(ACCURACY, "ce", METHODS[1:]),
        above,
        OVER_BEST,
    ),
    Claim(
        "AM-mixup has a higher accuracy on the fine classes than mixup and manifold mixup.",
        "60.77 % against 58.43 % and 55.73 % (Table 1)",
        (*MIXED, "am_mixup"),
        lead(ACCURACY, "am_mixup", MIXED),
        above,
        OVER_BEST,
    ),
    Claim(
        "For every pair of methods, the one with the higher A has the higher fine accuracy.",
        "higher alignment results in superior performance (section 3)",
        METHODS,
        _ordered_alike,
        lambda share: share == 1,
        "of the pairs agree",
    ),
)

PUBLISHED = {
    "ce": (3.7535, 61.08),
    "mixup": (0.9460, 58.43),
    "manifold": (0.9185, 55.73),
    "am_mixup": (0.9923, 60.77),
}
"""A and test accuracy of Table 1."""

SETUP = (
    "A is computed over the coarse classes on the training features; the paper does not say which "
    "classes it uses. A over the fine classes is in the table of all metrics.",
    "The fine classifier is trained with cross entropy, without mixing, for every method. The "
    "encoder is frozen, with its batch norm in evaluation mode.",
)


def figure_2(data: str) -> Study:
    """Return the study of Figure 2 on `mini_cifar`, the paper's, or `digits`."""
    recipe = Recipe(data=f"{data}_coarse")
    part = Part(DATASETS[recipe.data].title, Comparison(METHODS, recipe), (COARSE, ""))
    return Study(
        about=(
            "An encoder is trained on two coarse classes and frozen. Then a classifier is trained "
            "on its features to separate the fine classes. If the features of a coarse class have "
            "collapsed to one point, its fine classes cannot be separated. A, the mean distance "
            "between features of the same class, measures that. CE is cross entropy."
        ),
        parts=(part,),
        deviations=(*SETUP, *DEVIATIONS[data]),
        published="The paper's numbers are those of its Table 1; it gives no deviation over seeds.",
        bars={
            ACCURACY: "Fine test accuracy, %",
            A: "A, coarse classes",
            "train.A": "A, fine classes",
        },
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
