"""The table of all metrics below the curves, at the displayed epoch, for one seed or for many."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from ammix_viz.metrics.table import METRICS, curves, field_of
from ammix_viz.runs import history
from ammix_viz.runs.history import Histories
from ammix_viz.runs.seed_stats import best_medians, ends, summarize
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.variants import Variant
from ammix_viz.training.schedule import total_epochs
from ammix_viz.ui.player import Played

Records = Mapping[Variant, Sequence[np.void | None]]
"""One record of each seed of each variant, None where there is none."""


def show_table(comparison: Comparison, histories: Histories, played: Played) -> None:
    """Show every metric of the displayed samples, at the displayed epoch or after training."""
    names = curves(comparison.shared.neighbors)
    fields = {METRICS[name].title: field_of(name, played.split) for name in names}
    at = played.at
    st.markdown("##### After training" if at is None else f"##### At epoch {at:g}")
    if comparison.seeds == 1:
        records = {each: [_at(runs[0], each, comparison, at)] for each, runs in histories.items()}
        _one_seed(records, fields)
    else:
        _seeds(comparison, _of_seeds(comparison, histories, at), fields, played.split)
    st.download_button(
        "All snapshots as CSV",
        lambda: history.table(histories).to_csv(index=False),
        file_name="ammix_viz.csv",
        mime="text/csv",
        on_click="ignore",
    )


def _at(
    records: np.ndarray, variant: Variant, comparison: Comparison, epoch: float | None
) -> np.void | None:
    """Return the record nearest to an epoch of the longest run, None if there are no records.

    A shorter run is at the same share of its training.
    """
    if not len(records) or epoch is None:
        return records[-1] if len(records) else None
    epochs = dict(zip(comparison.variants, map(total_epochs, comparison.recipes), strict=True))
    wanted = epoch * epochs[variant] / max(epochs.values())
    return records[np.abs(records["epoch"] - wanted).argmin()]


def _of_seeds(comparison: Comparison, histories: Histories, at: float | None) -> Records:
    """Return the record of each seed that has ended."""
    found = ends(comparison.by_variant)
    if at is None:
        return found
    return {
        variant: [
            None if end is None else _at(run, variant, comparison, at)
            for end, run in zip(last, histories[variant], strict=True)
        ]
        for variant, last in found.items()
    }


def _one_seed(records: Records, fields: Mapping[str, str]) -> None:
    rows = [
        {"Method": variant.title} | {title: float(own[field]) for title, field in fields.items()}
        for variant, (own,) in records.items()
        if own is not None
    ]
    columns = {title: st.column_config.NumberColumn(format="%.4g") for title in fields}
    st.dataframe(rows, hide_index=True, column_config=columns)


def _seeds(comparison: Comparison, records: Records, fields: Mapping[str, str], split: str) -> None:
    """Show mean ± standard deviation over finished seeds, and mark the best median."""
    names = curves(comparison.shared.neighbors)
    better = {field_of(n, split): METRICS[n].better for n in names if METRICS[n].better}
    best = {field: best_medians(records, field, way, split) for field, way in better.items()}
    rows = []
    for variant, seeds in records.items():
        own = [record for record in seeds if record is not None]
        row = {"Method": variant.title, "Seeds": f"{len(own)} of {len(seeds)}"}
        for title, field in fields.items():
            mark = " ★" if variant in best.get(field, ()) else ""
            row[title] = f"{summarize(record[field] for record in own)}{mark}"
        rows.append(row)
    st.dataframe(rows, hide_index=True)
    missing = sum(record is None for seeds in records.values() for record in seeds)
    st.caption(
        "Mean ± standard deviation. ★: the best median over the seeds, among those that lose no "
        "class in any seed." + (f" {missing} runs failed or were stopped." if missing else "")
    )
