"""Figure 2 of the AMA paper: margins on the long-tailed toy."""

from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import OVER_BEST, Claim, Ends, lead, ratio
from ammix_viz.studies.study import Part, Study

TAIL = slice(2, 4)
"""Classes 2 and 3, with 100 and 10 training points of 1,610."""

FAIR_SHARE = 0.25
SEVERAL = 3.0
"""What "several times" is taken for."""

METHODS = ("ce", "supcon", "ama", "am_mixup", "manifold", "mixup", "ama_mixup")
OTHERS = tuple(name for name in METHODS if name != "ama")


def tail_share(method: str, ends: Ends) -> float:
    """Return the share of the plane of the tail class that wins less of it."""
    return float(ends[method]["plane_share"][TAIL].min())


def _tail_lead(other: str) -> Claim:
    title = {"ce": "CE", "supcon": "SupCon"}[other]

    def gap(ends: Ends) -> float:
        return tail_share("ama", ends) - tail_share(other, ends)

    return Claim(
        f"The smaller tail class wins more of the plane under AMA than under {title}.",
        "a critically narrow area for tail classes without AMA (Fig. 2a, 3.3)",
        ("ama", other),
        gap,
        lambda value: value > 0,
        f"of the plane over {title}",
    )


CLAIMS = (
    Claim(
        "AMA has the best D_relative of CE, SupCon and AMA.",
        "AMA shows the best D_relative (Fig. 2b)",
        ("ce", "supcon", "ama"),
        lead("train.D_relative", "ama", ("ce", "supcon")),
        lambda value: value > 0,
        OVER_BEST,
    ),
    Claim(
        "AMA has the best D_relative of all seven methods.",
        "not in the paper: it shows three methods",
        METHODS,
        lead("train.D_relative", "ama", OTHERS),
        lambda value: value > 0,
        OVER_BEST,
    ),
    Claim(
        "SupCon's D_max is several times AMA's (3 or more).",
        "more than about 7 times (Fig. 2b, 3.3)",
        ("supcon", "ama"),
        ratio("train.D_max", "supcon", "ama"),
        lambda value: value >= SEVERAL,
        "times AMA's",
    ),
    Claim(
        "AMA keeps a lower D_max than CE.",
        "maintaining low D_max (3.3)",
        ("ce", "ama"),
        ratio("train.D_max", "ama", "ce"),
        lambda value: value < 1,
        "of CE's",
    ),
    Claim(
        "Under AMA each tail class wins at least half of its fair quarter of the plane.",
        "a relatively similar distance from all boundaries (Fig. 2a, 3.3)",
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
            "Four Gaussian classes of 1000, 500, 100 and 10 training points. The paper shows CE, "
            "SupCon and AMA; the other methods stand beside them, on the same points, from the "
            "same start, in the same batches."
        ),
        parts=(Part("", Comparison(METHODS, Recipe(method="ama", data=data))),),
        deviations=(
            "Learning rate 0.02 for every method; the paper trains at 0.1, where AMA diverges "
            "here.",
            '"16 mini-batches" is read as 16 batches an epoch (a batch of 101 points).',
            "β is 0.67 for AM-mixup too, so that it differs from AMA in its pairs and in the clean "
            "term alone; its own paper takes 0.34.",
            "SupCon: temperature 0.1, one view of each point; an encoder of 600 epochs, then a "
            "classifier of 100.",
            "Share of the plane: the share of all directions in which a class wins far out.",
        ),
        published=(
            "The paper prints no numbers here: AMA has the best D_relative, and SupCon's D_max is "
            "more than about 7 times AMA's."
        ),
        bars={
            "test.accuracy": "Test accuracy, %",
            "train.D_max": "D_max",
            "train.D_centroid": "D_centroid",
            "train.D_relative": "D_relative",
        },
        claims=CLAIMS,
    )
