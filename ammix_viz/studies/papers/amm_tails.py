"""Figures 3 and 5 and Table 2 of the AM-mixup paper: balanced and long-tailed images."""

from dataclasses import replace

import numpy as np

from ammix_viz.datasets.table import DATASETS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.agreement import order_agreement
from ammix_viz.studies.claims import (
    BELOW_LOWEST,
    OVER_BEST,
    RANK_AGREEMENT,
    Claim,
    Metric,
    Source,
    follows,
    in_order,
    lag,
    larger,
    lead,
)
from ammix_viz.studies.papers.accuracies import (
    ACCURACY,
    accuracy_of,
    groups,
    more_accurate,
)
from ammix_viz.studies.papers.amm_table2 import U1, U, table_2, tables
from ammix_viz.studies.papers.margin_balance import mean_margin, more_balanced
from ammix_viz.studies.papers.readings import FLATTENED, other_claims, other_parts, other_readings
from ammix_viz.studies.papers.set_up import (
    AT_FEATURE,
    METHODS,
    SEARCHED,
    deviations,
    from_first_seed,
)
from ammix_viz.studies.study import Part, Study, methods

SCALE = "train.D_max"
MIXED = ("mixup", "manifold")
BALANCED = 1
"""Index of the balanced part; part 0 is long-tailed, and so are those for other readings."""


TABLE_A, TABLE_B, PICTURE = "section 3, Table 2a", "section 3, Table 2b", "Fig. 3"
WEAKEST = (
    "CE exhibits the lowest inter-class uniformity and neighborhood uniformity, resulting in the "
    "method’s weakest overall performance among the three."
)
REVERSED = (
    "While manifold mixup displays higher inter-class uniformity than our method, it is reversed "
    "for neighborhood uniformity, where AM-mixup shows greater test accuracy than manifold mixup."
)
FEW_HIGHER = (
    "The higher precision in the few category indicates that the model achieved a more balanced "
    "margin in those instances."
)
HYPOTHESIS = (
    "we hypothesize that a model will perform better in imbalanced learning when these factors are "
    "high, especially neighborhood uniformity …"
)
CLOSE = (
    "the centroids of the tail classes (bird and cat) are very close to the decision boundary in "
    "mixup and manifold mixup."
)
LARGE = "CE shows that the features have an extremely large scale …"
MODERATE = (
    "… the scale of the features in mixup and manifold mixup is very small. In between, our method "
    "shows moderately broadening the margins of classes than others."
)
HELPFUL = "our method can be helpful to achieve a balanced margin in imbalanced learning."
WIDELY = "AM-mixup increases the margin more widely than mixup and manifold mixup."
ORDER = "CE 42.52 %, mixup 59.40 %, manifold mixup 65.42 %, AM-mixup 66.90 %"


def _best(sentence: str, metric: Metric, row: str, source: Source) -> Claim:
    """Return the claim that a method has the highest value of all four."""
    others = tuple(name for name in METHODS if name != row)
    return Claim(sentence, METHODS, lead(metric, row, others), OVER_BEST, source)


def _lowest(sentence: str, metric: Metric, row: str, source: Source) -> Claim:
    """Return the claim that a method has the lowest value of all four."""
    others = tuple(name for name in METHODS if name != row)
    return Claim(sentence, METHODS, lag(metric, row, others), BELOW_LOWEST, source)


OVERALL = (
    _lowest("CE has the lowest accuracy.", ACCURACY, "ce", Source(TABLE_A, WEAKEST, "42.52 %")),
    more_accurate(
        "AM-mixup has the highest accuracy.",
        "am_mixup",
        METHODS[:-1],
        Source(TABLE_A, "", "66.90 %"),
    ),
    in_order(
        "The order of the accuracies is the published one.",
        ACCURACY,
        METHODS,
        Source(TABLE_A, "", ORDER),
    ),
    _lowest("CE has the lowest U.", U, "ce", Source(TABLE_A, WEAKEST, "1.04")),
    _best("Manifold mixup has the highest U.", U, "manifold", Source(TABLE_A, REVERSED, "1.46")),
    _lowest("CE has the lowest U1.", U1, "ce", Source(TABLE_A, WEAKEST, "0.52")),
    _best("AM-mixup has the highest U1.", U1, "am_mixup", Source(TABLE_A, REVERSED, "0.90")),
    Claim(
        "The accuracy follows U1: most pairs of methods have the same order.",
        METHODS,
        follows(U1, ACCURACY, METHODS),
        RANK_AGREEMENT,
        Source(TABLE_A, HYPOTHESIS, "rank agreement 1"),
    ),
)
"""Claims on all classes of the long-tailed set."""


BALANCED_MARGINS = more_balanced(
    "AM-mixup's margins are more balanced than those of the other methods.",
    "am_mixup",
    METHODS[:-1],
    Source("section 3", HELPFUL),
)

SCALES = (
    larger(
        "Balanced classes: CE has the largest scale (D_max).",
        SCALE,
        "ce",
        METHODS[1:],
        Source(PICTURE, LARGE),
        part=BALANCED,
    ),
    larger(
        "Balanced classes: AM-mixup has a larger scale (D_max) than mixup and manifold mixup.",
        SCALE,
        "am_mixup",
        MIXED,
        Source(PICTURE, MODERATE),
        part=BALANCED,
    ),
    larger(
        "Balanced classes: the mean margin of the classes is larger with AM-mixup than with mixup "
        "and manifold mixup.",
        mean_margin,
        "am_mixup",
        MIXED,
        Source("section 3", WIDELY),
        part=BALANCED,
    ),
)
"""Claims on the balanced set."""


def _by_size(data: str) -> tuple[Claim, ...]:
    """Return the claims on classes of some size in the long-tailed set."""
    classes = groups(data)
    rare = classes["Few"]

    def margin(record: np.void) -> float:
        return float(record["train.relative_margin"][rare].min())

    def of_group(name: str, sentence: str, row: str, source: Source) -> Claim:
        others = [other for other in METHODS if other != row]
        return more_accurate(sentence, row, others, source, accuracy_of(classes[name]))

    return (
        of_group(
            "Many",
            "Mixup has the highest accuracy on the largest classes (Many).",
            "mixup",
            Source(TABLE_B, "", "99.00 %, the best other 98.90 %"),
        ),
        of_group(
            "Median",
            "Manifold mixup has the highest accuracy on the classes of medium size (Median).",
            "manifold",
            Source(TABLE_B, "", "96.30 %, the best other 96.00 %"),
        ),
        of_group(
            "Few",
            "AM-mixup has the highest accuracy on the rarest classes (Few).",
            "am_mixup",
            Source(TABLE_B, FEW_HIGHER, "37.30 %, the best other 33.25 %"),
        ),
        Claim(
            "With AM-mixup, the rare class (Few) whose centre is closest to a decision boundary is "
            "farther from it, relative to D_max, than with mixup and manifold mixup.",
            (*MIXED, "am_mixup"),
            lead(margin, "am_mixup", MIXED),
            OVER_BEST,
            Source(PICTURE, CLOSE),
        ),
    )


def _agrees(data: str) -> Claim:
    """Return the claim that most pairs of methods have the order of Table 2, over its columns."""
    published = table_2(data)
    return Claim(
        "In the columns of Table 2, most pairs of methods have the published order.",
        METHODS,
        lambda ends: {"": order_agreement(published, ends)},
        f"mean {RANK_AGREEMENT}",
        Source(f"{TABLE_A} and b"),
    )


def figure_3(data: str) -> Study:
    """Return the study of Figure 3 on `mini_cifar`, the paper's, or `digits`."""
    claims = (*OVERALL, _agrees(data), *_by_size(f"{data}_lt"), BALANCED_MARGINS)
    shared = [from_first_seed(Recipe(data=name)) for name in (f"{data}_lt", data)]
    others = _readings(shared[0])
    parts = tuple(Part(DATASETS[of.data].title, methods(METHODS), of) for of in shared)
    parts += other_parts(others)
    return Study(
        about=(
            "Four methods on long-tailed and on balanced classes. In the paper, AM-mixup gives "
            "features of moderate scale and keeps rare classes away from the decision boundaries. "
            "U is the mean distance between class centres scaled to length one, U1 the mean "
            "distance to the nearest of them. CE is cross entropy."
        ),
        parts=parts,
        deviations=(
            "U and U1 are computed on the test features; the paper does not say on which.",
            *deviations(*parts),
            AT_FEATURE,
            *(SEARCHED if data == "mini_cifar" else ()),
        ),
        published="The paper's numbers are those of its Table 2; it gives no deviation over seeds.",
        bars={ACCURACY: "Test accuracy, %", U: "U", U1: "U1", SCALE: "D_max"},
        claims=(*claims, *SCALES),
        readings=other_claims(claims, others, first_part=BALANCED + 1),
        tables=tables(data),
    )


def _readings(shared: Recipe) -> dict[str, Recipe]:
    """Return the other readings on the long-tailed set, and both together if there are two."""
    found = other_readings(shared)
    if FLATTENED in found:
        both = replace(found[FLATTENED], pairs="partner")
        found[f"{FLATTENED} and random partners"] = both
    return found


def figure_5(data: str) -> Study:
    """Return the study of Figure 5: Figure 3 with U and U1 printed, and on the unit circle."""
    return replace(
        figure_3(data),
        printed={U: "U", U1: "U1"},
        circle=True,
    )
