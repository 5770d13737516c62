"""The table of studies, read by command line, page and reports.

A new study is a function in a new file that returns a `Study`, and one entry here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ammix_viz.settings.rules import Choice, checked, quoted
from ammix_viz.studies import lesson
from ammix_viz.studies.papers import (
    ama_fig2,
    ama_mixup,
    ama_table5,
    amm_coarse,
    amm_search,
    amm_table3,
    amm_table7,
    amm_tails,
)
from ammix_viz.studies.papers.set_up import IMAGES, LONG_TAILED
from ammix_viz.studies.study import Study


@dataclass(frozen=True)
class Entry:
    """A study and the data sets it can use.

    Attributes
    ----------
    title : str
        Title in the menu and of the report.
    data : tuple of str
        Data sets it can use, the paper's first.
    make : callable
        Takes the name of one of them; returns the `Study`.
    long : str
        Why `reproduce all` trains it only on a GPU, as a sentence; "" if it always does.
    """

    title: str
    data: tuple[str, ...]
    make: Callable[[str], Study]
    long: str = ""


STUDIES: dict[str, Entry] = {
    "ama-fig2": Entry(
        "AMA, Figure 2: margins on the long-tailed toy", ("gaussian",), ama_fig2.figure_2
    ),
    "ama-fig2-batch16": Entry(
        "AMA, Figure 2, with a batch size of 16", ("gaussian",), ama_fig2.figure_2_batch_16
    ),
    "amm-fig2": Entry(
        "AM-mixup, Figure 2 and Table 1: from coarse to fine classes", IMAGES, amm_coarse.figure_2
    ),
    "amm-fig3": Entry(
        "AM-mixup, Figure 3 and Table 2: balanced and long-tailed classes",
        IMAGES,
        amm_tails.figure_3,
    ),
    "amm-fig4": Entry(
        "AM-mixup, Figure 4: from coarse to fine classes, with A", IMAGES, amm_coarse.figure_4
    ),
    "amm-fig5": Entry(
        "AM-mixup, Figure 5: balanced and long-tailed classes, with U and U1",
        IMAGES,
        amm_tails.figure_5,
    ),
    "amm-table3": Entry(
        "AM-mixup, Table 3: ResNet-32 on CIFAR10-LT",
        ("cifar10_lt",),
        amm_table3.table_3,
        long="ResNet-32 over 200 epochs takes hours a run without a GPU.",
    ),
    "amm-table7": Entry(
        "AM-mixup, Table 7: λ, one-sided label and mixing layer exchanged",
        LONG_TAILED,
        amm_table7.table_7,
    ),
    "ama-table5": Entry(
        "AMA, Table 5: even pairs and the asymptotic move exchanged",
        LONG_TAILED,
        ama_table5.table_5,
    ),
    "ama-mixup": Entry("AMA, section 4.6: AMA on top of mixup", IMAGES, ama_mixup.section_4_6),
    "amm-search": Entry(
        "AM-mixup, Table 2: the settings that the paper leaves open",
        IMAGES,
        amm_search.search,
        long="It compares 24 readings, half of them over 100 epochs: days without a GPU.",
    ),
    "lesson": Entry("What the lesson says", ("gaussian",), lesson.lesson),
}
"""The studies by their names on the command line and in the URL."""


def study_of(name: str, data: str | None = None) -> Study:
    """Return a study, optionally on other data than the paper's.

    Raises
    ------
    ValueError
        If there is no such study, or it cannot use this data set.
    """
    entry = STUDIES[checked("figure", name, Choice(tuple(STUDIES)))]
    if data not in (None, *entry.data):
        allowed = " or ".join(entry.data)
        raise ValueError(f"data is {quoted(data)}; for {name} it must be {allowed}.")
    chosen = data or entry.data[0]
    stand_in = "" if chosen == entry.data[0] else chosen
    return replace(entry.make(chosen), figure=name, title=entry.title, stand_in=stand_in)
