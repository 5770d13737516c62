"""The page "Coarse to fine": the table of the coarse and the fine classes."""

from functools import partial

import pandas as pd
import streamlit as st

from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import ends, summarize
from ammix_viz.settings.comparison import Comparison
from ammix_viz.ui.address import base_path
from ammix_viz.ui.curves import advance, show_batch_progress
from ammix_viz.ui.queue import ask_again

PAUSE_SECONDS = 3.0
FOUND = {
    "digits_coarse": "On Digits-Coarse that does not hold: over eight seeds, A is 2.5, 0.9, 0.7 "
    "and 2.2 for cross entropy, mixup, manifold mixup and AM-mixup, and the fine accuracy 33, 33, "
    "30 and 31 % (means; its standard deviation is 4 to 5)."
}
"""Whether fine accuracy follows A, by data set."""

IN_FIGURES = (
    "[Paper figures]({}paper_figures?figure=amm-fig2) tests this over several seeds, and "
    "docs/reproduction.md has the results so far."
)
"""Where that is said for the other data sets."""

COLUMNS = {
    "A, coarse classes": f"{COARSE}train.A",
    "A, fine classes": "train.A",
    "Coarse test accuracy, %": f"{COARSE}test.accuracy",
    "Fine test accuracy, %": "test.accuracy",
}


def show_table(comparison: Comparison) -> None:
    """Show final A and accuracy of each method over the seeds; train the missing runs."""
    try:
        live = not advance(comparison, PAUSE_SECONDS).over
    except ValueError:
        ask_again(partial(advance, comparison, PAUSE_SECONDS))
        return
    st.fragment(_table, run_every=PAUSE_SECONDS if live else None)(comparison, live)


def _table(comparison: Comparison, live: bool) -> None:
    if live:
        show_batch_progress(comparison, PAUSE_SECONDS)
    rows = _rows(comparison)
    if rows:
        st.markdown("##### After training")
        st.table(pd.DataFrame(rows).set_index("Method"))
        st.caption(_about(comparison.shared.data))
    else:
        st.caption("A and accuracy appear here when training is finished.")


def _about(data: str) -> str:
    """Return what the table shows, and whether it is what the paper expects."""
    found = FOUND.get(data) or IN_FIGURES.format(base_path())
    return (
        "A: mean distance between features of the same class. The AM-mixup paper expects a higher "
        f"fine accuracy where A is higher. {found}"
    )


def _rows(comparison: Comparison) -> list[dict[str, str]]:
    finished = {
        variant: [record for record in records if record is not None]
        for variant, records in ends(comparison.by_variant).items()
    }
    return [
        {"Method": variant.title}
        | {
            title: str(summarize(record[field] for record in records))
            for title, field in COLUMNS.items()
        }
        for variant, records in finished.items()
        if records
    ]
