"""Figures 2 and 4 and Table 1 of the AM-mixup paper: from coarse to fine classes."""

from dataclasses import replace

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.format import COARSE
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import (
    RANK_AGREEMENT,
    Claim,
    Source,
    follows,
    in_order,
    larger,
)
from ammix_viz.studies.papers.accuracies import ACCURACY, more_accurate
from ammix_viz.studies.papers.readings import other_claims, other_parts, other_readings
from ammix_viz.studies.papers.set_up import (
    AT_FEATURE,
    METHODS,
    deviations,
    from_first_seed,
    published_for,
)
from ammix_viz.studies.study import Part, Study, Table, methods

A = f"{COARSE}train.A"
MIXED = ("mixup", "manifold")
TABLE = "section 3, Table 1"
OUTPERFORMS = "CE, which has the highest alignment, outperforms the other three methods."
SPREAD = "Our method shows better spread in the feature space than mixup and manifold mixup …"
ASSISTS = "our method can assist in alleviating intra-class collapse during mixup."
HYPOTHESIS = (
    "we hypothesize that higher alignment in the feature space results in superior model "
    "performance. … we have quantitatively verified this assumption"
)

CLAIMS = (
    larger(
        "CE has the highest A of the four methods.",
        A,
        "ce",
        METHODS[1:],
        Source(TABLE, OUTPERFORMS, "3.75, the others below 1"),
    ),
    larger(
        "AM-mixup has a higher A than mixup and manifold mixup.",
        A,
        "am_mixup",
        MIXED,
        Source("Fig. 2, Table 1", SPREAD, "0.99 against 0.95 and 0.92"),
    ),
    more_accurate(
        "CE has the highest accuracy on the fine classes.",
        "ce",
        METHODS[1:],
        Source(TABLE, OUTPERFORMS, "61.08 %, the best other 60.77 %"),
    ),
    more_accurate(
        "AM-mixup has a higher accuracy on the fine classes than mixup and manifold mixup.",
        "am_mixup",
        MIXED,
        Source(TABLE, ASSISTS, "60.77 % against 58.43 % and 55.73 %"),
    ),
    Claim(
        "The accuracy on the fine classes follows A: most pairs of methods have the same order.",
        METHODS,
        follows(A, ACCURACY, METHODS),
        RANK_AGREEMENT,
        Source(TABLE, HYPOTHESIS, "rank agreement 1"),
    ),
    in_order(
        "The order of the accuracies on the fine classes is the published one.",
        ACCURACY,
        ("manifold", "mixup", "am_mixup", "ce"),
        Source(
            "Table 1",
            published="manifold mixup 55.73 %, mixup 58.43 %, AM-mixup 60.77 %, CE 61.08 %",
        ),
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
    shared = from_first_seed(Recipe(data=f"{data}_coarse"))
    others = other_readings(shared)
    views = (COARSE, "")
    part = Part(DATASETS[shared.data].title, methods(METHODS), shared, views)
    parts = (part, *other_parts(others, views))
    return Study(
        about=(
            "An encoder is trained on two coarse classes and frozen. Then a classifier is trained "
            "on its features to separate the fine classes. If the features of a coarse class have "
            "collapsed to one point, its fine classes cannot be separated. A, the mean distance "
            "between features of the same class, measures that. CE is cross entropy."
        ),
        parts=parts,
        deviations=(*SETUP, *deviations(*parts), AT_FEATURE),
        published="The paper's numbers are those of its Table 1; it gives no deviation over seeds.",
        bars={
            ACCURACY: "Fine test accuracy, %",
            A: "A, coarse classes",
            "train.A": "A, fine classes",
        },
        claims=CLAIMS,
        readings=other_claims(CLAIMS, others, first_part=1),
        tables=(
            Table(
                "Table 1: from coarse to fine",
                {"A": A, "Test accuracy, %": ACCURACY},
                PUBLISHED,
                **published_for(data),
            ),
        ),
    )


def figure_4(data: str) -> Study:
    """Return the study of Figure 4: Figure 2 with A printed."""
    return replace(
        figure_2(data),
        printed={"train.A": "A"},
    )
