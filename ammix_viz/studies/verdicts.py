"""Verdicts on claims, from the size of what was measured and its spread over seeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from ammix_viz.runs.seed_stats import SeedStats, digits, summarize
from ammix_viz.studies.claims import Claim, Ends, Margins

SHARE, CONFIDENCE, FEWEST = 0.9, 0.95, 5

RULE = (
    "A claim holds if it is true in at least 90 % of the seeds and the 95 % confidence interval of "
    "the mean (Student's t; the geometric mean for ratios of sizes) lies on its side; it is "
    "reversed if the opposite passes the same test against one and the same method; otherwise it "
    "does not hold. The opposite of an order is the order from the other end. A failed run counts "
    "against a claim. It cannot be decided if all values are at the end of their scale in half of "
    "the seeds, or if fewer than five seeds show no clear difference. A margin balance below −1 "
    "counts as −1 in claims."
)
"""How verdicts are reached, for the reader of a report."""

WORDS = ("holds", "does not hold", "reversed", "cannot be decided", "not tested")


@dataclass(frozen=True)
class Verdict:
    """What the seeds say about a claim.

    Attributes
    ----------
    word : str
        One of `WORDS`.
    reason : str
        Why, in words; "" if not tested.
    held, seeds : int
        Number of seeds in which the claim is true, of those tested: with all runs ended, or one
        failed.
    failed : int
        Number of the tested seeds that have no value, mostly because a run failed.
    values : tuple of float
        The values of the other tested seeds.
    interval : tuple of float, optional
        95 % confidence interval of its mean; None for a single seed.
    """

    word: str
    reason: str
    held: int
    seeds: int
    failed: int
    values: tuple[float, ...]
    interval: tuple[float, float] | None

    @property
    def value(self) -> SeedStats:
        """Mean and deviation of the values."""
        return summarize(self.values)


def judge(
    claim: Claim,
    ends: Mapping[str, Sequence[np.void | None]],
    failures: Mapping[str, Sequence[str]],
    titles: Mapping[str, str],
) -> Verdict:
    """Test a claim on the last records of each row's seeds.

    Parameters
    ----------
    claim : Claim
        The claim.
    ends : dict of str to list of (ndarray or None)
        For each row and seed the last record, None if the run has not ended.
    failures : dict of str to list of str
        For each row and seed why the run failed, "" if it did not.
    titles : dict of str to str
        The displayed name of each row.
    """
    complete, failed = _seeds(claim, ends, failures)
    margins = [claim.margins(seed) for seed in complete]
    finite = [each for each in margins if all(_valid(claim, value) for value in each.values())]
    without_value = len(margins) - len(finite)
    seeds = len(margins) + failed
    values = tuple(min(each.values()) for each in finite)
    held = sum(value > claim.needed for value in values)
    limit = sum(claim.at_limit(seed) for seed in complete) if claim.at_limit else 0
    word, why = _decide(claim, finite, held, seeds, limit, titles)
    reason = why + _missing(failed, "a run failed") + _missing(without_value, "no usable value")
    around = interval(values, claim.geometric)
    return Verdict(word, reason, held, seeds, failed + without_value, values, around)


def _missing(count: int, what: str) -> str:
    return f"; {what} in {count}" if count else ""


def _valid(claim: Claim, value: float) -> bool:
    return bool(np.isfinite(value)) and (value > 0 or not claim.geometric)


def _seeds(
    claim: Claim,
    ends: Mapping[str, Sequence[np.void | None]],
    failures: Mapping[str, Sequence[str]],
) -> tuple[list[Ends], int]:
    """Return the records of the seeds with all runs ended, and the number with a failed one."""
    failed = [any(whys) for whys in zip(*(failures[row] for row in claim.rows), strict=True)]
    last = zip(*(ends[row] for row in claim.rows), strict=True)
    complete: list[Ends] = []
    for records, has_failed in zip(last, failed, strict=True):
        found = [record for record in records if record is not None]
        if len(found) == len(claim.rows) and not has_failed:
            complete.append(dict(zip(claim.rows, found, strict=True)))
    return complete, sum(failed)


def _decide(
    claim: Claim,
    margins: Sequence[Margins],
    held: int,
    seeds: int,
    limit: int,
    titles: Mapping[str, str],
) -> tuple[str, str]:
    """Return the word and the reason of a verdict on these seeds."""
    if not seeds:
        return "not tested", ""
    if 2 * limit >= seeds:
        return (
            "cannot be decided",
            f"all values at the end of their scale in {limit} of {seeds} seeds",
        )
    around = interval([min(each.values()) for each in margins], claim.geometric)
    true = f"true in {held} of {seeds} seeds{_words(claim, around)}"
    if _mostly(held, seeds) and around is not None and around[0] > claim.even:
        return "holds", true
    if margins and (opposite := _opposite(claim, margins, seeds, titles)):
        return "reversed", opposite
    if seeds < FEWEST:
        return "cannot be decided", f"too few seeds; {true}"
    return "does not hold", f"{_why_not(claim, around, held, margins)}; {true}"


def _opposite(
    claim: Claim, margins: Sequence[Margins], seeds: int, titles: Mapping[str, str]
) -> str:
    """Return in words against what the claim is clearly reversed; "" if it is not."""
    for other in margins[0]:
        values = [each[other] for each in margins]
        count, around = (
            sum(value < claim.opposite for value in values),
            interval(values, claim.geometric),
        )
        if _mostly(count, seeds) and around is not None and around[1] < claim.even:
            against = f", against {titles[other]}" if len(margins[0]) > 1 else ""
            return f"the opposite in {count} of {seeds} seeds{_words(claim, around)}{against}"
    return ""


def _why_not(
    claim: Claim, around: tuple[float, float] | None, held: int, margins: Sequence[Margins]
) -> str:
    if not margins:
        return "no seed has a value"
    if around is None or around[0] <= claim.even <= around[1]:
        return "no clear difference"
    if around[1] < claim.even:
        return _why_not_reversed(claim, held, margins)
    return "too small" if around[1] < claim.needed else "true on average, but not in 90 %"


def _why_not_reversed(claim: Claim, held: int, margins: Sequence[Margins]) -> str:
    against = [other for other in margins[0] if all(e[other] < claim.opposite for e in margins)]
    if against:
        return "the opposite, but not in 90 % of the seeds"
    if not held and len(margins[0]) > 1:
        return "the opposite, but not always against the same method"
    return "more often the opposite, but not clearly so"


def _mostly(count: int, seeds: int) -> bool:
    return count >= SHARE * seeds


def _words(claim: Claim, around: tuple[float, float] | None) -> str:
    if around is None:
        return ""
    mean = "geometric mean" if claim.geometric else "mean"
    return f", {mean} between {digits(around[0], 3)} and {digits(around[1], 3)}"


def interval(values: Iterable[float], geometric: bool = False) -> tuple[float, float] | None:
    """Return the 95 % confidence interval of the mean by Student's t.

    None for a single value, and for fewer than five that are all equal, whose spread is unknown.
    The geometric mean of ratios is that of their logarithms.
    """
    if geometric:
        around = interval(np.log(list(values)))
        return None if around is None else (float(np.exp(around[0])), float(np.exp(around[1])))
    found = summarize(values)
    if found.count < 2 or (found.std == 0 and found.count < FEWEST):
        return None
    half = stdtrit(found.count - 1, (1 + CONFIDENCE) / 2) * found.std / np.sqrt(found.count)
    return float(found.mean - half), float(found.mean + half)
