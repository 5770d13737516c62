"""Figure 2 of the AMA paper: margins on the long-tailed toy."""

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import OVER_BEST, Claim, Ends, lead, ratio
from ammix_viz.studies.study import Part, Study

TAIL = slice(2, 4)
"""Classes 2 and 3, with 100 and 10 training points of 1,610."""

FAIR_SHARE = 0.25
SEVERAL = 3.0
"""Our reading of "several times"."""

METHODS = ("ce", "supcon", "ama", "am_mixup", "manifold", "mixup", "ama_mixup")
OTHERS = tuple(name for name in METHODS if name != "ama")


def tail_share(method: str, ends: Ends) -> float:
    """Return the smaller of the two tail classes' shares of the plane."""
    return float(ends[method]["plane_share"][TAIL].min())


def _tail_lead(other: str) -> Claim:
    title = {"ce": "CE", "supcon": "SupCon"}[other]

    def share_lead(ends: Ends) -> float:
        return tail_share("ama", ends) - tail_share(other, ends)

    return Claim(
        f"The tail class with the smaller share of the plane has a larger share with AMA than with "
        f"{title}.",
        "a critically narrow area for tail classes without AMA (Fig. 2a, section 3.3)",
        ("ama", other),
        share_lead,
        lambda value: value > 0,
        f"of the plane more than {title}",
    )


CLAIMS = (
    Claim(
        "AMA has the highest D_relative of CE, SupCon and AMA.",
        "AMA shows the best D_relative (Fig. 2b)",
        ("ce", "supcon", "ama"),
        lead("train.D_relative", "ama", ("ce", "supcon")),
        lambda value: value > 0,
        OVER_BEST,
    ),
    Claim(
        "AMA has the highest D_relative of all seven methods.",
        "not in the paper, which compares three methods",
        METHODS,
        lead("train.D_relative", "ama", OTHERS),
        lambda value: value > 0,
        OVER_BEST,
    ),
    Claim(
        "SupCon's D_max is several times AMA's (at least 3 times).",
        "more than about 7 times (Fig. 2b, section 3.3)",
        ("supcon", "ama"),
        ratio("train.D_max", "supcon", "ama"),
        lambda value: value >= SEVERAL,
        "times AMA's",
    ),
    Claim(
        "AMA has a lower D_max than CE.",
        "maintaining low D_max (section 3.3)",
        ("ce", "ama"),
        ratio("train.D_max", "ama", "ce"),
        lambda value: value < 1,
        "of CE's",
    ),
    Claim(
        "With AMA, each tail class has at least an eighth of the plane: half of an equal share.",
        "a relatively similar distance from all boundaries (Fig. 2a, section 3.3)",
        ("ama",),
        lambda ends: tail_share("ama", ends),
        lambda value: value >= FAIR_SHARE / 2,
        "of the plane",
    ),
    _tail_lead("ce"),
    _tail_lead("supcon"),
)


def figure_2(data: str) -> Study:
    """Return the study of Figure 2 on `gaussian`, the paper's toy."""
    return Study(
        about=(
            "Four Gaussian classes of 1000, 500, 100 and 10 training points. The paper compares "
            "cross entropy (CE), SupCon and AMA. Here all seven methods train on the same points "
            "and batches, from the same initial weights."
        ),
        parts=(Part("", Comparison(METHODS, Recipe(method="ama", data=data))),),
        deviations=(
            "Learning rate 0.02 for every method. The paper uses 0.1, but AMA diverges here "
            "at that rate.",
            '"16 mini-batches" is read as 16 batches per epoch (101 points per batch).',
            "β is 0.67 for AM-mixup too, so that it differs from AMA only in its pairs and in the "
            "loss on unmixed samples. The AM-mixup paper uses 0.34.",
            "SupCon: temperature 0.1, one view of each point; 600 epochs for the encoder, then 100 "
            "for the classifier.",
            "Share of the plane: the share of directions in which a class is predicted far from "
            "the origin.",
        ),
        published=(
            "The paper gives no exact numbers for this figure. It says that AMA has the best "
            "D_relative, and that SupCon's D_max is more than about 7 times AMA's."
        ),
        bars={
            "test.accuracy": "Test accuracy, %",
            "train.D_max": "D_max",
            "train.D_centroid": "D_centroid",
            "train.D_relative": "D_relative",
        },
        claims=CLAIMS,
    )
