"""Claims on margins."""

import numpy as np
import pytest

from ammix_viz.studies.papers.margin_balance import LEAST_BALANCE, balance, more_balanced
from ammix_viz.studies.verdicts import RULE


def record(value):
    found = np.zeros(1, [("train.margin_balance", float)])
    found["train.margin_balance"] = value
    return found[0]


@pytest.mark.parametrize(("value", "counts_as"), [(0.6, 0.6), (-0.9, -0.9), (-12.5, -1.0)])
def test_a_margin_balance_counts_as_minus_one_at_least(value, counts_as):
    assert balance(record(value)) == counts_as


def test_one_seed_with_a_centre_far_on_the_wrong_side_does_not_outweigh_the_others():
    claim = more_balanced("", "ama", ("ce",))
    assert claim.margins({"ama": record(0.5), "ce": record(-400)}) == {"ce": 1.5}


def test_the_rule_says_at_what_a_margin_balance_is_limited():
    limit = f"{LEAST_BALANCE:.0f}".replace("-", "−")
    assert f"A margin balance below {limit} counts as {limit} in claims." in RULE
