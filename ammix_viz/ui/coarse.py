"""The page "Coarse to fine": the table of the coarse and the fine classes."""

from functools import partial
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import ends, summarize
from ammix_viz.settings.comparison import Comparison
from ammix_viz.studies.table import STUDIES, study_of
from ammix_viz.ui.address import base_path
from ammix_viz.ui.curves import advance, show_batch_progress
from ammix_viz.ui.queue import ask_again

PAUSE_SECONDS = 3.0
FIGURE = "amm-fig2"
"""The figure of the AM-mixup paper that tests what the caption says."""

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
    """Return what the table shows, and where what the paper expects of it is tested."""
    link = f"{base_path()}paper_figures?{urlencode(_figure(data))}"
    return (
        "A: mean distance between features of the same class. The AM-mixup paper expects a higher "
        f"fine accuracy where A is higher. Tested over several seeds: [Paper figures]({link})"
    )


def _figure(data: str) -> dict[str, str]:
    """Return the query of the page of the paper's figures for data with coarse classes."""
    query = {"figure": FIGURE}
    for name in STUDIES[FIGURE].data[1:]:
        if study_of(FIGURE, name).parts[0].shared.data == data:
            query["data"] = name
    return query


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
