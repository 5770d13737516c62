"""How well each reading of a paper gives the published order of the methods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ammix_viz.runs.seed_stats import SeedStats, summarize
from ammix_viz.studies.claims import rank_agreement, reading
from ammix_viz.studies.results import PartResults
from ammix_viz.studies.study import Table


@dataclass(frozen=True)
class Agreement:
    """The agreement of one part of a study with a table of a paper.

    Attributes
    ----------
    title : str
        The part.
    values : dict of str to SeedStats
        The first column of the table, for each row of the part.
    failed, missing : int
        Number of runs that failed, and of those that have not been trained.
    order : SeedStats
        Kendall's τ between our order of the rows and the published one, mean over the columns,
        over the seeds for which every published row has ended: 1 for the same order, -1 for the
        opposite one.
    lowest : str
        The row that is published as the lowest of the first column.
    lowest_in, complete : int
        Number of seeds in which it is the lowest here, of those with all published rows.
    lowest_share : float
        How often it is the lowest if each row's seed is chosen independently; nan if a row has no
        finished run.
    """

    title: str
    values: Mapping[str, SeedStats]
    failed: int
    missing: int
    order: SeedStats
    lowest: str
    lowest_in: int
    complete: int
    lowest_share: float


def agreement(found: PartResults, table: Table) -> Agreement:
    """Compare the results of a part with a table of a paper.

    Parameters
    ----------
    found : PartResults
        Results of a part that has all rows of the table; it may have more.
    table : Table
        Its rows are ordered by each column.
    """
    first, *_ = table.columns.values()
    lowest = min(table.published, key=lambda row: table.published[row][0])
    seeds, values = _complete(found, table), found.values(first)
    scores = [{row: reading(first)(seed[row]) for row in seed} for seed in seeds]
    failed = sum(bool(why) for reasons in found.failures.values() for why in reasons)
    absent = sum(record is None for last in found.ends.values() for record in last)
    return Agreement(
        found.part.title,
        {row: summarize(each) for row, each in values.items()},
        failed,
        absent - failed,
        summarize(order_agreement(table, seed) for seed in seeds),
        lowest,
        sum(min(each, key=each.__getitem__) == lowest for each in scores),
        len(seeds),
        lowest_share(lowest, {row: values[row] for row in table.published}),
    )


def _complete(found: PartResults, table: Table) -> list[dict[str, np.void]]:
    """Return the last records of the table's rows for each seed for which all have ended."""
    by_seed = zip(*(found.ends[row] for row in table.published), strict=True)
    return [
        {row: r for row, r in zip(table.published, records, strict=True) if r is not None}
        for records in by_seed
        if all(record is not None for record in records)
    ]


def order_agreement(table: Table, seed: Mapping[str, np.void]) -> float:
    """Return Kendall's τ of one seed's last records with a table, mean over its columns."""
    agreements = [
        rank_agreement(
            [published[column] for published in table.published.values()],
            [reading(metric)(seed[row]) for row in table.published],
        )
        for column, metric in enumerate(table.columns.values())
    ]
    return float(np.mean(agreements))


def lowest_share(row: str, values: Mapping[str, Sequence[float]]) -> float:
    """Return how often a row is strictly the lowest, over all choices of one seed for each row.

    nan if a row has no value.
    """
    if not all(values.values()):
        return float("nan")
    above = [
        [(np.array(other) > value).mean() for name, other in values.items() if name != row]
        for value in values[row]
    ]
    return float(np.prod(above, axis=1).mean())
