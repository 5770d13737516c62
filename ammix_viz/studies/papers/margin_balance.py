"""Margin balance of the training samples: the smallest margin divided by the largest."""

from collections.abc import Sequence

from ammix_viz.studies.claims import OVER_BEST, Claim, Source, lead

BALANCE = "train.margin_balance"
BALANCE_MORE = "margin balance more"


def more_balanced(
    sentence: str, row: str, others: Sequence[str], source: Source | None = None
) -> Claim:
    """Return the claim that a row has more balanced margins than each of the others."""
    number = OVER_BEST if len(others) > 1 else BALANCE_MORE
    return Claim(sentence, (row, *others), lead(BALANCE, row, others), number, source)
