"""The page "Coarse to fine": two views of the same features, and the numbers of both."""

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from ammix_viz.methods.table import METHODS
from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import ends, summarize
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui.curves import advance, go_on
from ammix_viz.ui.lab import cards_of

PAUSE_SECONDS = 3.0
COLUMNS = {
    "A, coarse classes": f"{COARSE}train.A",
    "A, fine classes": "train.A",
    "Coarse test accuracy, %": f"{COARSE}test.accuracy",
    "Fine test accuracy, %": "test.accuracy",
}


def cards_of_both(recipes: Iterable[Recipe]) -> list[dict[str, str]]:
    """Return the player's panels: the coarse view of every run, then the fine one."""
    cards = cards_of(recipes)
    coarse = [card | {"about": "By coarse classes.", "view": "coarse"} for card in cards]
    return [*coarse, *(card | {"about": "By fine classes."} for card in cards)]


def show_table(comparison: Comparison) -> None:
    """Show A and accuracy of each method at the end, over the seeds; train those not shown too."""
    try:
        live = not advance(comparison, PAUSE_SECONDS).over
    except ValueError as error:
        st.error(str(error))
        return
    st.fragment(_table, run_every=PAUSE_SECONDS if live else None)(comparison, live)


def _table(comparison: Comparison, live: bool) -> None:
    if live:
        go_on(comparison, PAUSE_SECONDS)
    rows = _rows(comparison)
    if rows:
        st.markdown("##### At the end")
        st.table(pd.DataFrame(rows).set_index("Method"))
        st.caption(
            "The AM-mixup paper expects: the higher A, the less the fine classes have fallen "
            "together, and the better they are told apart."
        )
    else:
        st.caption("A and accuracy come at the end of training.")


def _rows(comparison: Comparison) -> list[dict[str, str]]:
    found = {
        name: [record for record in own if record is not None]
        for name, own in ends(comparison.by_method).items()
    }
    return [
        {"Method": METHODS[name].title}
        | {
            title: str(summarize(record[field] for record in own))
            for title, field in COLUMNS.items()
        }
        for name, own in found.items()
        if own
    ]
