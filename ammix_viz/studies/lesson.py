"""What the built-in lesson says of its pictures, tested over seeds."""

from collections.abc import Callable

import numpy as np

from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import BELOW_LOWEST, Claim, Ends, Margins, lag, lead, ratio
from ammix_viz.studies.papers.set_up import deviations
from ammix_viz.studies.study import Part, Row, Study

RAREST = 3
"""The class with 10 training samples."""

ROWS = {
    "ce": Row("Cross entropy", {"method": "ce"}),
    "mixup": Row("Mixup", {"method": "mixup"}),
    "manifold": Row("Manifold mixup", {"method": "manifold"}),
    "am": Row("AM-mixup, β 0.34", {"method": "am_mixup"}),
    "am_0": Row("AM-mixup, β 0", {"method": "am_mixup", "beta": 0.0}),
    "am_67": Row("AM-mixup, β 0.67", {"method": "am_mixup", "beta": 0.67}),
    "am_1": Row("AM-mixup, β 1", {"method": "am_mixup", "beta": 1.0}),
    "partner": Row(
        "AM-mixup, β 0.67, random partners",
        {"method": "am_mixup", "beta": 0.67, "pairs": "partner"},
    ),
    "ama": Row("AMA, β 0.67", {"method": "ama", "beta": 0.67}),
}

A, D_MAX, D_RELATIVE, U1 = "test.A", "test.D_max", "test.D_relative", "test.U1"
BALANCE, D_CENTROID = "test.margin_balance", "test.D_centroid"


def rare_accuracy(record: np.void) -> float:
    """Return the test accuracy of the rarest class in percent."""
    return float(record["test.per_class_accuracy"][RAREST])


def rarest_is_lowest(row: str) -> Callable[[Ends], Margins]:
    """Return a function of `Ends`: how far the rarest class's margin is below the next."""

    def compared(ends: Ends) -> Margins:
        margins = ends[row]["test.margin"]
        return {"": float(np.delete(margins, RAREST).min() - margins[RAREST])}

    return compared


def lost(row: str) -> Callable[[Ends], Margins]:
    """Return a function of `Ends`: how far the rarest class's accuracy is below 1 %."""
    return lambda ends: {"": 1 - rare_accuracy(ends[row])}


def times(sentence: str, metric: str, row: str, other: str, least: float = 1) -> Claim:
    """Return the claim that a metric is at least so many times another row's."""
    number = f"times that of {ROWS[other].title}"
    margins = ratio(metric, row, (other,))
    rows = (row, other)
    return Claim(sentence, rows, margins, number, even=1, geometric=True, threshold=least)


def higher(sentence: str, metric: str, row: str, other: str) -> Claim:
    """Return the claim that a metric is higher than another row's."""
    return Claim(sentence, (row, other), lead(metric, row, (other,)), "higher")


SAID = (
    Claim(
        "Step 2: with cross entropy, the rarest class has the smallest margin.",
        ("ce",),
        rarest_is_lowest("ce"),
        BELOW_LOWEST,
    ),
    times("Step 4: mixup's D_max is less than half of cross entropy's.", D_MAX, "ce", "mixup", 2),
    times("Step 4: with mixup, class centres are closer together.", D_CENTROID, "ce", "mixup"),
    times("Step 5: manifold mixup's A is less than half of mixup's.", A, "mixup", "manifold", 2),
    times("Step 5: manifold mixup's D_max is below mixup's.", D_MAX, "mixup", "manifold"),
    higher("Step 5: manifold mixup's D_relative is higher.", D_RELATIVE, "manifold", "mixup"),
    higher(
        "Step 6: AM-mixup's margins are more balanced than cross entropy's.", BALANCE, "am", "ce"
    ),
    times("Step 6: AM-mixup's D_max is over twice manifold mixup's.", D_MAX, "am", "manifold", 2),
    times("Step 7: D_max falls from β 0 to 0.34.", D_MAX, "am_0", "am"),
    times("Step 7: D_max falls from β 0.34 to 0.67.", D_MAX, "am", "am_67"),
    times("Step 7: D_max is higher at β 1 than at 0.67.", D_MAX, "am_1", "am_67"),
    higher(
        "Step 7: margins are more balanced at β 0.34 than at 0.67. (The step says that this holds "
        "in eight of ten seeds.)",
        BALANCE,
        "am",
        "am_67",
    ),
    higher("Step 7: D_relative rises from β 0 to 0.34.", D_RELATIVE, "am", "am_0"),
    higher("Step 7: D_relative rises from β 0.34 to 0.67.", D_RELATIVE, "am_67", "am"),
    Claim(
        "Step 8: with random partners, no test sample of the rarest class is classified correctly.",
        ("partner",),
        lost("partner"),
        "points below 1 %",
    ),
    Claim(
        "Step 8: with random partners, U1 is lower than with cross entropy.",
        ("partner", "ce"),
        lag(U1, "partner", ("ce",)),
        "lower",
    ),
    *(
        Claim(
            f"Step 8: {words}, the rarest class's test samples are classified correctly more often "
            "than with cross entropy. (The step says that this does not hold in each seed.)",
            (row, "ce"),
            lead(rare_accuracy, row, ("ce",)),
            "points more",
        )
        for row, words in (("am_67", "with even pairs"), ("ama", "with AMA"))
    ),
)


def lesson(data: str) -> Study:
    """Return the study of what the lesson says, on `gaussian`."""
    part = Part("", ROWS, Recipe(data=data))
    return Study(
        about=(
            "The lesson in the app says what happens in its pictures. Here each sentence is tested "
            "on test samples, with the settings of its step."
        ),
        parts=(part,),
        deviations=deviations(part),
        published="These sentences are in no paper; they are about the pictures of the lesson.",
        bars={
            D_MAX: "D_max",
            D_RELATIVE: "D_relative",
            A: "A",
            U1: "U1",
            BALANCE: "Margin balance",
        },
        claims=(),
        also_measured=SAID,
    )
