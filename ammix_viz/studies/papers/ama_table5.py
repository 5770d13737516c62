"""Table 5 of the AMA paper: even pairs and the asymptotic move exchanged."""

from math import nan

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
from ammix_viz.studies.papers.set_up import AMA_LONG_TAILED, deviations, from_first_seed
from ammix_viz.studies.study import Part, Row, Study, Table


def _row(title: str, lam_mode: str, pairs: str) -> Row:
    parts = {"one_sided": "on", "clean": "on", "site": "last"}
    return Row(title, {"method": "ama", "lam_mode": lam_mode, "pairs": pairs} | parts)


ROWS = {
    "ce": Row("Cross entropy", {"method": "ce"}),
    "i": _row("I: λ = 0.51, random partners", "fixed", "partner"),
    "i_cr": _row("I + CR: λ = 0.51, even pairs", "fixed", "even"),
    "i_am": _row("I + AM: λ_am, random partners", "asymptotic", "partner"),
    "ama": _row("AMA: λ_am, even pairs", "asymptotic", "even"),
}
"""Cross entropy, and AMA without each of its parts."""

WHERE = "section 4.5, Table 5"
IMPACT = "Class-unbiased random sampling exhibits its impact in the long-tailed dataset."
MITIGATING = (
    "By mitigating unbiased augmented features, the model could learn more balanced margins."
)
SYNERGY = (
    "Overall, using these two components together shows the best performance proving their synergy "
    "in AMA."
)

CLAIMS = (
    more_accurate(
        "With λ_am, even pairs give a higher accuracy than random partners.",
        "ama",
        ("i_am",),
        Source(WHERE, IMPACT),
    ),
    more_accurate(
        "With λ = 0.51, even pairs give a higher accuracy than random partners.",
        "i_cr",
        ("i",),
        Source(WHERE, IMPACT),
    ),
    more_balanced(
        "With λ_am, even pairs give more balanced margins than random partners.",
        "ama",
        ("i_am",),
        Source(WHERE, MITIGATING),
    ),
    more_accurate(
        "Both parts together give the highest accuracy.",
        "ama",
        ("ce", "i", "i_cr", "i_am"),
        Source(WHERE, SYNERGY),
    ),
)


def _also_measured(data: str) -> tuple[Claim, ...]:
    few = accuracy_of(groups(data)["Few"])
    return (
        more_accurate(
            "With even pairs, λ_am gives a higher accuracy than λ = 0.51. (The paper says so of "
            "transfer from coarse to fine classes.)",
            "ama",
            ("i_cr",),
            None,
        ),
        more_accurate(
            "With random partners, λ_am gives a higher accuracy than λ = 0.51.",
            "i_am",
            ("i",),
            None,
        ),
        more_accurate(
            "With λ_am, even pairs give a higher accuracy on the rarest classes (Few) than random "
            "partners.",
            "ama",
            ("i_am",),
            None,
            few,
        ),
        more_balanced(
            "With even pairs, λ_am gives more balanced margins than λ = 0.51.",
            "ama",
            ("i_cr",),
        ),
        more_balanced(
            "Both parts together give the most balanced margins.",
            "ama",
            [name for name in ROWS if name != "ama"],
        ),
    )


def table_5(data: str) -> Study:
    """Return the study of Table 5 on a long-tailed data set."""
    shared = from_first_seed(Recipe(method="ama", data=data))
    part = Part(DATASETS[data].title, ROWS, shared)
    return Study(
        about=(
            "AMA without some of its parts. I: interpolation, the loss on features mixed with "
            "λ = 0.51. CR: class-unbiased random sampling, pairs of different classes, all equally "
            "likely. AM: the asymptotic move, λ_am = exp(−β · training accuracy)."
        ),
        parts=(part,),
        deviations=(
            f"{DATASETS[data].title} and a 2-D feature; the paper's CIFAR100-LT has 100 classes, "
            "for a ResNet-32.",
            "Without CR each sample is mixed with a random other one of the batch, which may be of "
            "the same class; the paper's Eq. 4 mixes features of different classes.",
            "The paper's rows for transfer from coarse to fine classes are not trained. There, it "
            "finds that the asymptotic move is “more stable”.",
            *deviations(part, paper=AMA_LONG_TAILED),
        ),
        published="The numbers of Table 5 are not legible in our copy of the paper.",
        bars={ACCURACY: "Test accuracy, %", BALANCE: "Margin balance", "train.D_max": "D_max"},
        claims=CLAIMS,
        also_measured=_also_measured(data),
        tables=(
            Table(
                "Table 5: ablation of AMA",
                columns_by_size(data),
                dict.fromkeys(ROWS, (nan,) * 4),
            ),
        ),
    )
