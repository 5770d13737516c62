"""A paper's claims, tested on the runs of each seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ammix_viz.runs.seed_stats import SeedStats, summarize

OVER_BEST, OVER_LOWEST = "compared with the best other", "compared with the lowest other"

Ends = Mapping[str, np.void]
"""The last record of each method, for one seed."""


@dataclass(frozen=True)
class Claim:
    """One sentence of a paper.

    Attributes
    ----------
    sentence : str
        The claim, precise enough to be tested.
    published : str
        The paper's words or numbers.
    methods : tuple of str
        Methods that the test needs.
    value : callable
        The tested number, computed from one seed's last records.
    holds : callable
        Whether the claim holds for that number.
    number : str
        Text after the number that says what it is.
    part : int
        Index of the part of the study that it is about.
    """

    sentence: str
    published: str
    methods: tuple[str, ...]
    value: Callable[[Ends], float]
    holds: Callable[[float], bool]
    number: str
    part: int = 0

    def value_text(self, value: SeedStats) -> str:
        """Return the number over seeds as text, with what it is."""
        return f"{value} {self.number}" if value.count else str(value)


@dataclass(frozen=True)
class Verdict:
    """How often a claim holds.

    Attributes
    ----------
    held, seeds : int
        Number of seeds for which it holds, of those with all methods finished.
    value : SeedStats
        The tested number over those seeds.
    """

    held: int
    seeds: int
    value: SeedStats

    @property
    def word(self) -> str:
        """The verdict: it holds in every seed, in more than half, or not."""
        if not self.seeds:
            return "not tested"
        if self.held == self.seeds:
            return "holds"
        return "mostly holds" if 2 * self.held > self.seeds else "does not hold"


def judge(claim: Claim, ends: Mapping[str, Sequence[np.void | None]]) -> Verdict:
    """Test a claim on the last records of each method's seeds."""
    needed = {name: ends[name] for name in claim.methods}
    seeds = [dict(zip(needed, row, strict=True)) for row in zip(*needed.values(), strict=True)]
    complete = [seed for seed in seeds if all(record is not None for record in seed.values())]
    values = [claim.value(seed) for seed in complete]
    held = sum(bool(claim.holds(value)) for value in values)
    return Verdict(held, len(values), summarize(values))


def lead(metric: str, method: str, others: tuple[str, ...]) -> Callable[[Ends], float]:
    """Return a function of `Ends`: the method's metric minus the highest of the others."""

    def of(ends: Ends) -> float:
        return float(ends[method][metric] - max(ends[other][metric] for other in others))

    return of


def lag(metric: str, method: str, others: tuple[str, ...]) -> Callable[[Ends], float]:
    """Return a function of `Ends`: the method's metric minus the lowest of the others."""

    def of(ends: Ends) -> float:
        return float(ends[method][metric] - min(ends[other][metric] for other in others))

    return of


def above(value: float) -> bool:
    """Return whether a difference is positive."""
    return value > 0


def below(value: float) -> bool:
    """Return whether a difference is negative."""
    return value < 0


def ratio(metric: str, method: str, other: str) -> Callable[[Ends], float]:
    """Return a function of `Ends`: the method's metric divided by another method's."""
    return lambda ends: float(ends[method][metric] / ends[other][metric])
