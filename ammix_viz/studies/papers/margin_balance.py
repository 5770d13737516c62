"""Margins of the training samples: their mean, and the smallest divided by the largest."""

from collections.abc import Sequence

import numpy as np

from ammix_viz.studies.claims import OVER_BEST, Claim, Source, lead

BALANCE = "train.margin_balance"
BALANCE_MORE = "margin balance more"

LEAST_BALANCE = -1.0
"""A smaller margin balance counts as this in claims, or one seed could outweigh all others."""


def balance(record: np.void) -> float:
    """Return the margin balance, at least `LEAST_BALANCE`."""
    return max(float(record[BALANCE]), LEAST_BALANCE)


def mean_margin(record: np.void) -> float:
    """Return the mean margin of the classes."""
    return float(record["train.margin"].mean())


def more_balanced(
    sentence: str, row: str, others: Sequence[str], source: Source | None = None
) -> Claim:
    """Return the claim that a row has more balanced margins than each of the others."""
    number = OVER_BEST if len(others) > 1 else BALANCE_MORE
    return Claim(sentence, (row, *others), lead(balance, row, others), number, source)
