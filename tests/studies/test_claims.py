"""What claims measure of one seed's records, by hand."""

import numpy as np
import pytest

from ammix_viz.studies.claims import (
    Claim,
    Source,
    at_ends,
    follows,
    lag,
    lead,
    ordered,
    rank_agreement,
    ratio,
)


def records(**values):
    """Return a record of the fields "x" and "y" for each row."""
    made = {}
    for row, numbers in values.items():
        made[row] = np.zeros(1, [("x", "f4"), ("y", "f4")])[0]
        made[row]["x"], made[row]["y"] = numbers
    return made


ENDS = records(a=(4, 1), b=(1, 3), c=(2, 2))


def test_lead_and_lag_are_differences_from_each_other_row():
    assert lead("x", "a", ("b", "c"))(ENDS) == {"b": 3, "c": 2}
    assert lag("x", "a", ("b", "c"))(ENDS) == {"b": -3, "c": -2}
    assert lead(lambda record: 10 * record["y"], "b", ("c",))(ENDS) == {"c": 10}


def test_a_ratio_is_compared_with_the_row_it_is_divided_by():
    assert ratio("x", "a", ("b", "c"))(ENDS) == {"b": 4, "c": 2}
    assert ratio("x", "a", ("b",))(records(a=(1, 0), b=(0, 0))) == {"b": np.inf}


@pytest.mark.parametrize(
    ("first", "second", "agreement"),
    [
        ((1, 2, 3, 4), (5, 6, 7, 8), 1),
        ((1, 2, 3, 4), (8, 7, 6, 5), -1),
        ((1, 2, 3, 4), (5, 6, 8, 7), 4 / 6),
        ((1, 2, 3), (5, 5, 8), 2 / 3),
    ],
)
def test_rank_agreement_is_kendalls_tau_in_which_ties_count_for_neither(first, second, agreement):
    assert rank_agreement(first, second) == pytest.approx(agreement)


def test_an_order_and_two_metrics_of_one_order_are_rank_agreements():
    assert ordered("x", ("b", "c", "a"))(ENDS) == {"": 1}
    assert ordered("x", ("b", "a", "c"))(ENDS) == {"": pytest.approx(1 / 3)}
    assert follows("x", "y", ("a", "b", "c"))(ENDS) == {"": -1}


def test_rows_are_at_the_end_of_their_scale_only_together():
    at_limit = at_ends("x", ("a", "b"), 0, 100)
    assert at_limit(records(a=(0, 0), b=(0, 0)))
    assert at_limit(records(a=(100, 0), b=(100, 0)))
    assert not at_limit(records(a=(0, 0), b=(0.5, 0)))
    assert not at_limit(records(a=(100, 0), b=(0, 0)))


def test_a_source_is_quoted_with_its_place_and_numbers():
    assert str(Source("section 3", "Words of it.", "42 %")) == "“Words of it.”; 42 % (section 3)"
    assert str(Source("Table 2", published="42 %")) == "42 % (Table 2)"


def test_a_claim_says_what_its_number_is_and_needs_its_threshold():
    claim = Claim("", (), dict, "over the best other")
    assert claim.value_text([2.5, 3.5]) == "3.00 ± 0.71 over the best other"
    assert claim.value_text([]) == "–"
    assert (claim.published, claim.needed) == ("", 0)
    assert Claim("", (), dict, "", even=1).needed == 1
    assert Claim("", (), dict, "", even=1, threshold=3).needed == 3


def test_ratios_are_given_by_their_geometric_mean_and_range_whatever_one_of_them_is():
    claim = Claim("", (), dict, "times AMA's", even=1, geometric=True)
    words = "2 times AMA's: geometric mean, seeds from 0.5 to 16"
    assert claim.value_text([0.5, 1, 2, 16]) == words
    assert claim.value_text([3.0]) == "3 times AMA's"
