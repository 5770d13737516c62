"""What a paper claims, as numbers of one seed's runs that can speak for it or against it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter

import numpy as np

from ammix_viz.runs.seed_stats import digits, summarize

OVER_BEST = "more than the best other"
BELOW_LOWEST = "below the lowest other"
TIMES_BEST = "times the best other"
RANK_AGREEMENT = "rank agreement: from 1, the same order, to −1, the opposite"

Ends = Mapping[str, np.void]
"""The last record of each row, for one seed."""

Margins = Mapping[str, float]
"""For one seed: {what a row is compared with: by how much the claim is true against it}."""

Metric = str | Callable[[np.void], float]
"""A field of a record, or a function of a record."""


@dataclass(frozen=True)
class Source:
    """Where a paper makes a claim.

    Attributes
    ----------
    where : str
        Section, table or figure.
    quote : str
        The paper's words; "" where it only prints numbers.
    published : str
        The paper's numbers.
    """

    where: str
    quote: str = ""
    published: str = ""

    def __str__(self) -> str:
        words = (f"“{self.quote}”" if self.quote else "", self.published)
        return f"{'; '.join(filter(None, words))} ({self.where})"


@dataclass(frozen=True)
class Claim:
    """A statement about the rows of a study, with a test that can fail.

    Attributes
    ----------
    sentence : str
        The statement, precise enough to be tested.
    rows : tuple of str
        The rows that the test reads; a seed in which one of them failed counts against the claim.
    margins : callable
        Takes the last records of one seed; returns how clearly the statement is true of each
        comparison that it makes. The smallest of them is the seed's value.
    number : str
        Text after the value that says what it is.
    source : Source, optional
        Where the paper says so; None for an observation of ours.
    even : float
        The margin that speaks neither for the claim nor against it: 0 of differences, 1 of ratios.
    geometric : bool
        Whether the margins are ratios, whose logarithms are averaged.
    threshold : float, optional
        The claim is true in a seed if its value is above this; by default `even`.
    turned : float, optional
        The opposite is true in a seed if one of its margins is below this; by default `even`.
    at_limit : callable, optional
        Takes the last records of one seed; returns whether the values stand at the end of their
        scale, so that they say nothing about the rows.
    part : int
        Index of the part of the study that it is about.
    """

    sentence: str
    rows: tuple[str, ...]
    margins: Callable[[Ends], Margins]
    number: str
    source: Source | None = None
    even: float = 0.0
    geometric: bool = False
    threshold: float | None = None
    turned: float | None = None
    at_limit: Callable[[Ends], bool] | None = None
    part: int = 0

    @property
    def needed(self) -> float:
        """The value above which the claim is true in a seed."""
        return self.even if self.threshold is None else self.threshold

    @property
    def opposite(self) -> float:
        """The margin below which the opposite is true in a seed."""
        return self.even if self.turned is None else self.turned

    @property
    def published(self) -> str:
        """The paper's words and numbers, and where they stand; "" for an observation of ours."""
        return str(self.source or "")

    def value_text(self, values: Sequence[float]) -> str:
        """Return the values of the seeds as text, with what they are.

        Mean and deviation; of ratios the geometric mean and the range, because one large ratio
        would make the mean.
        """
        if not self.geometric or len(values) < 2:
            return f"{summarize(values)} {self.number}" if values else "–"
        low, middle, high = (
            digits(value, 3) for value in (min(values), np.exp(np.log(values).mean()), max(values))
        )
        return f"{middle} {self.number}: geometric mean, seeds from {low} to {high}"


def reading(metric: Metric) -> Callable[[np.void], float]:
    """Return the function of a record that gives a metric."""
    return metric if callable(metric) else itemgetter(metric)


def lead(metric: Metric, row: str, others: Sequence[str]) -> Callable[[Ends], Margins]:
    """Return a function of `Ends`: by how much a row's metric is above each of the others."""
    of = reading(metric)
    return lambda ends: {other: float(of(ends[row]) - of(ends[other])) for other in others}


def lag(metric: Metric, row: str, others: Sequence[str]) -> Callable[[Ends], Margins]:
    """Return a function of `Ends`: by how much a row's metric is below each of the others."""
    of = reading(metric)
    return lambda ends: {other: float(of(ends[other]) - of(ends[row])) for other in others}


def ratio(metric: Metric, row: str, others: Sequence[str]) -> Callable[[Ends], Margins]:
    """Return a function of `Ends`: a row's metric divided by each of the others'.

    For sizes, which differ by factors between seeds. Divided by 0 it is inf or nan.
    """
    of = reading(metric)

    def divided(ends: Ends) -> Margins:
        with np.errstate(divide="ignore", invalid="ignore"):
            return {other: float(np.float64(of(ends[row])) / of(ends[other])) for other in others}

    return divided


def larger(
    sentence: str,
    metric: Metric,
    row: str,
    others: Sequence[str],
    source: Source,
    number: str = TIMES_BEST,
    threshold: float | None = None,
    part: int = 0,
) -> Claim:
    """Return the claim that a row has a larger size, such as D_max, than each of the others.

    Its value is a ratio, so that 1 is even, and its mean is geometric.
    """
    return Claim(
        sentence,
        (row, *others),
        ratio(metric, row, others),
        number,
        source,
        even=1,
        geometric=True,
        threshold=threshold,
        part=part,
    )


def ordered(metric: Metric, rows: Sequence[str]) -> Callable[[Ends], Margins]:
    """Return a function of `Ends`: how well a metric's order is that of `rows`, lowest first."""
    of, places = reading(metric), range(len(rows))
    return lambda ends: {"": rank_agreement(places, [of(ends[row]) for row in rows])}


def follows(first: Metric, second: Metric, rows: Sequence[str]) -> Callable[[Ends], Margins]:
    """Return a function of `Ends`: how well two metrics have the same order of rows."""
    one, two = reading(first), reading(second)
    return lambda ends: {
        "": rank_agreement([one(ends[row]) for row in rows], [two(ends[row]) for row in rows])
    }


def rank_agreement(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Kendall's τ: pairs in the same order minus those in the opposite one, as a share.

    1 for the same order, -1 for the opposite; a tie counts for neither.
    """
    pairs = list(combinations(zip(first, second, strict=True), 2))
    return float(sum(np.sign((a - c) * (b - d)) for (a, b), (c, d) in pairs) / len(pairs))


ALL_IN_ORDER = 0.99
"""A rank agreement above this is 1."""


def in_order(sentence: str, metric: Metric, rows: Sequence[str], source: Source) -> Claim:
    """Return the claim that a metric has exactly the order of `rows`, lowest first.

    Its opposite is the same order from the other end.
    """
    return Claim(
        sentence,
        tuple(rows),
        ordered(metric, rows),
        RANK_AGREEMENT,
        source,
        threshold=ALL_IN_ORDER,
        turned=-ALL_IN_ORDER,
    )


def at_ends(metric: Metric, rows: Sequence[str], low: float, high: float) -> Callable[[Ends], bool]:
    """Return a function of `Ends`: whether all rows are at most `low`, or all at least `high`."""
    of = reading(metric)

    def reached(ends: Ends) -> bool:
        values = [float(of(ends[row])) for row in rows]
        return max(values) <= low or min(values) >= high

    return reached
