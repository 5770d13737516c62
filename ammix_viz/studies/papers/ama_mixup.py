"""Section 4.6 of the AMA paper: AMA on top of mixup, on long tails and from coarse to fine."""

from math import nan

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.format import COARSE
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import Claim, Source, lead
from ammix_viz.studies.papers.accuracies import (
    ACCURACY,
    POINTS_MORE,
    columns_by_size,
    more_accurate,
)
from ammix_viz.studies.papers.set_up import AMA_MIXUP, deviations, from_first_seed
from ammix_viz.studies.study import Part, Study, Table, methods

METHODS = ("ce", "mixup", "ama", "ama_mixup")
LONG_TAILED, TRANSFER = 0, 1
"""Indices of the parts."""

ALMOST = -1.0
"""Our reading of "almost recovers": at most a point of accuracy less."""

DEGRADES = "In both experiments, Mixup causes performance degradation overall."
MIXTURE = "the mixture of AMA and Mixup shows better performance than using only Mixup"
RECOVERS = "… and almost recovers the original performance."

PUBLISHED = {
    "ce": (66.66, 62.57),
    "mixup": (62.22, 60.13),
    "ama": (64.65, 61.90),
    "ama_mixup": (66.50, 61.92),
}
"""Accuracy on CIFAR-10 and on CIFAR-100, from coarse to fine."""

NUMBERS = {
    DEGRADES: "CIFAR-10: 66.66 % against 62.22 %",
    MIXTURE: "CIFAR-10: 66.50 % against 62.22 %",
    RECOVERS: "CIFAR-10: 66.50 % against 66.66 %",
}
"""Numbers of Table 6; those of Table 7 are not legible in our copy of the paper."""


def _claims(part: int) -> tuple[Claim, ...]:
    on = ("On long tails", "From coarse to fine")[part]
    where = f"section 4.6, Table {(7, 6)[part]}"

    def source(quote: str) -> Source:
        return Source(where, quote, NUMBERS[quote] if part == TRANSFER else "")

    return (
        more_accurate(
            f"{on}, CE has a higher accuracy than mixup.",
            "ce",
            ("mixup",),
            source(DEGRADES),
            part=part,
        ),
        more_accurate(
            f"{on}, AMA + mixup has a higher accuracy than mixup.",
            "ama_mixup",
            ("mixup",),
            source(MIXTURE),
            part=part,
        ),
        Claim(
            f"{on}, AMA + mixup is at most one point less accurate than CE.",
            ("ama_mixup", "ce"),
            lead(ACCURACY, "ama_mixup", ("ce",)),
            POINTS_MORE,
            source(RECOVERS),
            even=ALMOST,
            part=part,
        ),
    )


def section_4_6(data: str) -> Study:
    """Return the study of section 4.6 on `mini_cifar` or `digits`."""
    shared = [
        from_first_seed(Recipe(method="ama_mixup", data=f"{data}{kind}"))
        for kind in ("_lt", "_coarse")
    ]
    parts = [
        Part(DATASETS[recipe.data].title, methods(METHODS), recipe, views)
        for recipe, views in zip(shared, (("",), (COARSE, "")), strict=True)
    ]
    return Study(
        about=(
            "AMA mixes features in addition to mixup, which mixes inputs. In the paper, mixup "
            "makes cross entropy (CE) worse, and AMA makes up for it."
        ),
        parts=tuple(parts),
        deviations=(
            f"{DATASETS[data].title} and a 2-D feature; the paper's networks and images are "
            "larger (CIFAR-10 and CIFAR-100, ResNet-32 and ResNet-50).",
            *deviations(*parts, paper=AMA_MIXUP),
        ),
        published="The numbers of Table 7 are not legible in our copy of the paper.",
        bars={ACCURACY: "Test accuracy, %", "train.D_max": "D_max", "test.U1": "U1"},
        claims=(*_claims(LONG_TAILED), *_claims(TRANSFER)),
        tables=(
            Table(
                "Table 7: long-tailed",
                columns_by_size(shared[LONG_TAILED].data),
                dict.fromkeys(METHODS, (nan,) * 4),
            ),
            Table(
                "Table 6: from coarse to fine",
                {"Test accuracy, %": ACCURACY},
                {name: row[:1] for name, row in PUBLISHED.items()},
                part=TRANSFER,
                source="published for CIFAR-10:",
                comparable=False,
            ),
        ),
    )
