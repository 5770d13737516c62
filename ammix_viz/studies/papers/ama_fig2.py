"""Figure 2 of the AMA paper: margins on the long-tailed toy."""

from dataclasses import replace

import numpy as np

from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import OVER_BEST, Claim, Source, lag, larger, lead
from ammix_viz.studies.papers.accuracies import ACCURACY, more_accurate
from ammix_viz.studies.papers.margin_balance import BALANCE, mean_margin, more_balanced
from ammix_viz.studies.papers.set_up import deviations
from ammix_viz.studies.study import Part, Study, methods

HEAD, TAIL = slice(0, 2), slice(2, 4)
"""Classes 0 and 1, with 1000 and 500 training points, and classes 2 and 3, with 100 and 10."""

SEVERAL = 3.0
"""Our reading of "several times"; the paper has about 7."""

PAPERS = ("ce", "supcon", "ama")
"""The methods of the paper's figure."""

METHODS = (*PAPERS, "am_mixup", "manifold", "mixup", "ama_mixup")
D_RELATIVE, D_MAX, D_CENTROID = "train.D_relative", "train.D_max", "train.D_centroid"

PLOTTED, MAPPED = "section 3.3, Fig. 2b", "section 3.3, Fig. 2a"
LOW = Source(PLOTTED, "AMA shows the best D_relative … while maintaining low D_max.")
SEVEN_TIMES = Source(PLOTTED, "D_max increases more than about 7× of AMA.", "about 7 times")
FAR = Source(PLOTTED, "SupCon improves inter-class uniformity by increasing D_centroid …")
MORE_BALANCED = Source(
    MAPPED, "AMA learns more balanced margin than the original and SupCon methods."
)
NARROW = Source(MAPPED, "… the critically narrow area for tail classes (label 2 and 3) …")
HEADS = Source(
    MAPPED,
    "SupCon assigns an extremely large area to the head classes while AMA maintains a relatively "
    "similar distance from all boundaries.",
)


def head_share(record: np.void) -> float:
    """Return the share of the plane of the two head classes."""
    return float(record["plane_share"][HEAD].sum())


def tail_share(record: np.void) -> float:
    """Return the smaller of the two tail classes' shares of the plane."""
    return float(record["plane_share"][TAIL].min())


CLAIMS = (
    Claim(
        "AMA has the highest D_relative of CE, SupCon and AMA.",
        PAPERS,
        lead(D_RELATIVE, "ama", ("ce", "supcon")),
        OVER_BEST,
        LOW,
    ),
    larger(
        "CE has a higher D_max than AMA.",
        D_MAX,
        "ce",
        ("ama",),
        LOW,
        "times AMA's",
    ),
    larger(
        "SupCon's D_max is several times AMA's (at least 3 times).",
        D_MAX,
        "supcon",
        ("ama",),
        SEVEN_TIMES,
        "times AMA's",
        threshold=SEVERAL,
    ),
    larger(
        "SupCon has the highest D_centroid of CE, SupCon and AMA.",
        D_CENTROID,
        "supcon",
        ("ce", "ama"),
        FAR,
    ),
    larger(
        "The mean margin of the classes is larger with AMA than with CE.",
        mean_margin,
        "ama",
        ("ce",),
        Source("section 3.3", "AMA broadens margin than original networks."),
        "times CE's",
    ),
    more_balanced(
        "AMA's margins are more balanced than CE's.",
        "ama",
        ("ce",),
        MORE_BALANCED,
    ),
    more_balanced(
        "AMA's margins are more balanced than SupCon's.",
        "ama",
        ("supcon",),
        MORE_BALANCED,
    ),
    Claim(
        "SupCon gives the two head classes a larger share of the plane than AMA does.",
        ("supcon", "ama"),
        lead(head_share, "supcon", ("ama",)),
        "of the plane more",
        HEADS,
    ),
    Claim(
        "The tail class with the smaller share of the plane has a smaller share with CE than with "
        "AMA.",
        ("ce", "ama"),
        lag(tail_share, "ce", ("ama",)),
        "of the plane less",
        NARROW,
    ),
    Claim(
        "The tail class with the smaller share of the plane has a smaller share with SupCon than "
        "with AMA.",
        ("supcon", "ama"),
        lag(tail_share, "supcon", ("ama",)),
        "of the plane less",
        NARROW,
    ),
)

OTHERS = tuple(name for name in METHODS if name != "ama")

ALSO_MEASURED = (
    more_accurate(
        "AMA has the highest test accuracy of CE, SupCon and AMA. Fig. 2b plots accuracy, but the "
        "text does not say whose is best.",
        "ama",
        ("ce", "supcon"),
        None,
    ),
    Claim(
        "AMA has the highest D_relative of all seven methods.",
        METHODS,
        lead(D_RELATIVE, "ama", OTHERS),
        OVER_BEST,
    ),
    more_balanced(
        "AMA has the most balanced margins of all seven methods.",
        "ama",
        OTHERS,
    ),
)


def figure_2(data: str) -> Study:
    """Return the study of Figure 2 on `gaussian`, the paper's toy."""
    return _figure_2(Recipe(method="ama", data=data))


def figure_2_batch_16(data: str) -> Study:
    """Return the same study with the other reading of "16 mini-batches": a batch size of 16."""
    study = _figure_2(Recipe(method="ama", data=data, batch_size=16))
    about = f"{study.about} The paper's “16 mini-batches” are read as a batch size of 16 here."
    return replace(study, about=about)


def _figure_2(shared: Recipe) -> Study:
    part = Part("", methods(METHODS), shared)
    return Study(
        about=(
            "Four Gaussian classes of 1000, 500, 100 and 10 training points. The paper compares "
            "cross entropy (CE), SupCon and AMA. Here all seven methods train on the same points "
            "and batches, from the same initial weights."
        ),
        parts=(part,),
        deviations=(
            *deviations(part),
            "β is 0.67 for AM-mixup too, so that it differs from AMA only in the loss on unmixed "
            "samples. The AM-mixup paper uses 0.34.",
            "SupCon: temperature 0.1, one view of each point; 600 epochs for the encoder, then 100 "
            "for the classifier.",
            "Share of the plane: the share of directions in which a class is predicted far from "
            "the origin. Margin balance: the smallest distance of a class centre to its nearest "
            "decision boundary, divided by the largest.",
        ),
        published=(
            "The paper gives no exact numbers for this figure. It says that AMA has the best "
            "D_relative, and that SupCon's D_max is more than about 7 times AMA's."
        ),
        bars={
            ACCURACY: "Test accuracy, %",
            D_MAX: "D_max",
            D_CENTROID: "D_centroid",
            D_RELATIVE: "D_relative",
            BALANCE: "Margin balance",
        },
        claims=CLAIMS,
        also_measured=ALSO_MEASURED,
        in_paper=PAPERS,
    )
