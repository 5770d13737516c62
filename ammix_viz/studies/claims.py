"""What a paper claims, as a test of each seed's runs, and how often it holds here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ammix_viz.runs.seed_stats import SeedStats, summarize

OVER_BEST, OVER_LOWEST = "over the best other", "over the lowest other"

Ends = Mapping[str, np.void]
"""The last record of each method, of one seed."""


@dataclass(frozen=True)
class Claim:
    """One sentence of a paper.

    Attributes
    ----------
    sentence : str
        What is claimed, made exact enough to be tested.
    published : str
        What the paper says, in its words or numbers.
    methods : tuple of str
        Those that the test reads.
    value : callable
        The number that it is about, of one seed's last records.
    holds : callable
        Whether it holds for that number.
    number : str
        What that number is, in a few words to stand behind it.
    part : int
        Which part of the study it is about.
    """

    sentence: str
    published: str
    methods: tuple[str, ...]
    value: Callable[[Ends], float]
    holds: Callable[[float], bool]
    number: str
    part: int = 0

    def told(self, value: SeedStats) -> str:
        """Return its number over seeds, and what it is."""
        return f"{value} {self.number}" if value.count else str(value)


@dataclass(frozen=True)
class Verdict:
    """How often a claim holds.

    Attributes
    ----------
    held, seeds : int
        In how many seeds, of how many in which all its methods have ended.
    value : SeedStats
        The number it is about, over those seeds.
    """

    held: int
    seeds: int
    value: SeedStats

    @property
    def word(self) -> str:
        """The verdict: in every seed, in more than half, or not."""
        if not self.seeds:
            return "not tested"
        if self.held == self.seeds:
            return "holds"
        return "mostly holds" if 2 * self.held > self.seeds else "does not hold"


def judge(claim: Claim, ends: Mapping[str, Sequence[np.void | None]]) -> Verdict:
    """Test a claim on the last records of each method's seeds."""
    own = {name: ends[name] for name in claim.methods}
    seeds = [dict(zip(own, row, strict=True)) for row in zip(*own.values(), strict=True)]
    whole = [seed for seed in seeds if all(record is not None for record in seed.values())]
    values = [claim.value(seed) for seed in whole]
    held = sum(bool(claim.holds(value)) for value in values)
    return Verdict(held, len(values), summarize(values))


def lead(metric: str, method: str, others: tuple[str, ...]) -> Callable[[Ends], float]:
    """Return how far a method's metric lies above the best of the others."""

    def of(ends: Ends) -> float:
        return float(ends[method][metric] - max(ends[other][metric] for other in others))

    return of


def lag(metric: str, method: str, others: tuple[str, ...]) -> Callable[[Ends], float]:
    """Return how far a method's metric lies above the lowest of the others."""

    def of(ends: Ends) -> float:
        return float(ends[method][metric] - min(ends[other][metric] for other in others))

    return of


def above(value: float) -> bool:
    """Say whether a lead is one."""
    return value > 0


def below(value: float) -> bool:
    """Say whether a lag is one."""
    return value < 0


def ratio(metric: str, method: str, other: str) -> Callable[[Ends], float]:
    """Return a method's metric as a multiple of another's."""
    return lambda ends: float(ends[method][metric] / ends[other][metric])
