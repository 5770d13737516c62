"""Verdicts over seeds, on hand-made values."""

import numpy as np
import pytest

from ammix_viz.studies.claims import Claim, Source, at_ends, in_order, lead, ratio
from ammix_viz.studies.verdicts import interval, judge

NAMES = {"a": "Method A", "b": "Method B", "c": "Method C"}
BEST = Claim("", ("a", "b"), lead("x", "a", ("b",)), "")
BEST_OF_THREE = Claim("", ("a", "b", "c"), lead("x", "a", ("b", "c")), "")


def record(value):
    made = np.zeros(1, [("x", "f8")])[0]
    made["x"] = value
    return made


def judged(claim, failures=None, **values):
    """Judge a claim on one value per seed for each row; None for a run that has not ended."""
    ends = {row: [None if v is None else record(v) for v in seeds] for row, seeds in values.items()}
    whys = {row: [""] * len(seeds) for row, seeds in values.items()} | (failures or {})
    return judge(claim, ends, whys, NAMES)


def over_zero(*values, failures=None):
    """Judge "A is above B" where B is 0 in every seed."""
    return judged(BEST, failures, a=values, b=[0] * len(values))


def test_a_claim_holds_that_is_true_in_nine_of_ten_seeds_by_a_clear_mean():
    verdict = over_zero(*[2, 3] * 4, 2, -1)
    assert (verdict.word, verdict.held, verdict.seeds) == ("holds", 9, 10)
    assert verdict.value.mean == pytest.approx(2.1)
    assert verdict.reason == "true in 9 of 10 seeds, mean between 1.24 and 2.96"


def test_eight_of_ten_seeds_are_too_few_whatever_the_mean():
    verdict = over_zero(*[2, 3] * 4, -1, -1)
    assert verdict.word == "does not hold"
    assert verdict.reason.startswith("true on average, but not in 90 %; true in 8 of 10 seeds")


def test_a_mean_that_one_seed_makes_unclear_is_too_little_whatever_the_count():
    verdict = over_zero(*[1] * 9, -9)
    assert (verdict.word, verdict.held) == ("does not hold", 9)
    assert verdict.reason.startswith("no clear difference; true in 9 of 10 seeds")
    opposite = over_zero(*[-1] * 9, 9)
    assert (opposite.word, opposite.held) == ("does not hold", 1)


def test_a_small_difference_of_large_spread_does_not_hold():
    assert over_zero(0.016, 0.054, -0.022, 0.03, 0.002).word == "does not hold"


def test_the_opposite_by_the_same_test_is_reversed():
    verdict = over_zero(*[-2, -3] * 4, -2, 1)
    assert (verdict.word, verdict.held) == ("reversed", 1)
    assert verdict.reason == "the opposite in 9 of 10 seeds, mean between -2.96 and -1.24"
    unclear = over_zero(*[-2, -3] * 4, 1, 1)
    assert unclear.word == "does not hold"
    assert unclear.reason.startswith("more often the opposite, but not clearly so")


def test_a_method_that_is_behind_another_one_each_time_is_not_reversed():
    """With equal methods the best of several others is nearly always ahead, by chance."""
    b, c = [1, -1] * 5, [-1, 1] * 5
    verdict = judged(BEST_OF_THREE, a=[0] * 10, b=b, c=c)
    assert (verdict.word, verdict.held, verdict.value.mean) == ("does not hold", 0, -1)
    shifted = judged(BEST_OF_THREE, a=[0] * 10, b=[2, -1] * 5, c=[-1, 2] * 5)
    assert shifted.reason == (
        "the opposite, but not always against the same method; true in 0 of 10 seeds, "
        "mean between -2 and -2"
    )


def test_a_reversal_names_the_method_that_is_ahead():
    verdict = judged(BEST_OF_THREE, a=[0] * 10, b=[-5] * 10, c=[1, 2] * 5)
    assert verdict.word == "reversed"
    assert verdict.reason.endswith(", against Method C")


def test_several_times_needs_its_threshold_and_is_reversed_only_below_one():
    claim = Claim("", ("a", "b"), ratio("x", "a", ("b",)), "", even=1, threshold=3)

    def word(*values):
        return judged(claim, a=values, b=[1] * len(values)).word

    assert word(4, 5, 6, 7, 8) == "holds"
    assert word(2, 2.1, 2.2, 2.3, 2.4) == "does not hold"
    assert word(0.2, 0.3, 0.4, 0.3, 0.2) == "reversed"
    small = judged(claim, a=[2, 2.1, 2.2, 2.3, 2.4], b=[1] * 5)
    assert small.reason.startswith("too small; true in 0 of 5 seeds, mean between 2")


def test_failed_seeds_count_against_a_claim_and_against_its_opposite():
    values, why = [2, 3] * 4 + [2], "Training diverged."
    for sign in (1, -1):
        clear = [sign * value for value in values]
        assert over_zero(*clear).word == ("holds" if sign > 0 else "reversed")
        one = over_zero(*clear, None, failures={"a": [""] * 9 + [why]})
        assert (one.seeds, one.failed) == (10, 1)
        assert one.word == ("holds" if sign > 0 else "reversed")
        assert one.reason.endswith("; a run failed in 1")
        two = over_zero(*clear, None, None, failures={"b": [""] * 9 + [why, why]})
        assert (two.seeds, two.failed, two.word) == (11, 2, "does not hold")
    assert two.reason.startswith("the opposite, but not in 90 % of the seeds; true in 0 of 11")


def test_a_claim_whose_runs_all_failed_does_not_hold():
    failures = {"a": ["Training diverged."] * 5}
    verdict = over_zero(*[None] * 5, failures=failures)
    assert (verdict.word, verdict.seeds, verdict.failed) == ("does not hold", 5, 5)
    assert (verdict.value.count, verdict.interval) == (0, None)
    assert verdict.reason == "no seed has a value; true in 0 of 5 seeds; a run failed in 5"


def test_a_value_that_is_not_finite_counts_as_a_failed_seed():
    claim = Claim("", ("a", "b"), ratio("x", "a", ("b",)), "", even=1)
    verdict = judged(claim, a=[1, 2, 2.1, 2.2, 2.3], b=[0, 1, 1, 1, 1])
    assert (verdict.word, verdict.held, verdict.failed) == ("does not hold", 4, 1)
    assert verdict.reason.endswith("; no usable value in 1")


def test_seeds_that_are_not_trained_yet_do_not_count():
    verdict = over_zero(2, 3, 2, 3, 2, None, None)
    assert (verdict.word, verdict.held, verdict.seeds) == ("holds", 5, 5)
    nothing = over_zero(None, None)
    assert (nothing.word, nothing.reason, nothing.seeds) == ("not tested", "", 0)


def test_an_order_is_reversed_only_by_the_order_from_the_other_end():
    claim = in_order("", "x", ("a", "b", "c"), Source(""))
    ordered, opposite = {"a": 1, "b": 2, "c": 3}, {"a": 3, "b": 2, "c": 1}
    mostly_opposite = {"a": 3, "b": 1, "c": 2}
    words = [
        judged(claim, **{row: [value] * 10 for row, value in values.items()}).word
        for values in (ordered, opposite, mostly_opposite)
    ]
    assert words == ["holds", "reversed", "does not hold"]


def test_fewer_than_five_seeds_decide_only_what_is_clear():
    assert over_zero(5, 5.1, 5.2).word == "holds"
    assert over_zero(-5, -5.1, -5.2).word == "reversed"
    unclear = over_zero(1, 5, -1)
    assert unclear.word == "cannot be decided"
    assert unclear.reason.startswith("too few seeds; true in 2 of 3 seeds, mean")
    assert over_zero(5).word == "cannot be decided"
    assert over_zero(1, 1, 1).word == "cannot be decided"  # no spread to judge from


def test_values_at_the_end_of_their_scale_decide_nothing():
    claim = Claim("", ("a", "b"), BEST.margins, "", at_limit=at_ends("x", ("a", "b"), 0, 100))
    verdict = judged(claim, a=[0] * 6 + [5, 5], b=[0] * 8)
    assert verdict.word == "cannot be decided"
    assert verdict.reason == "all values at the end of their scale in 6 of 8 seeds"
    assert judged(claim, a=[0] + [5] * 9, b=[0] * 10).word == "holds"


def test_the_interval_is_students_t():
    low, high = interval([1, 2, 3, 4, 5])  # t of 4 degrees: 2.776; deviation √2.5
    assert (low, high) == pytest.approx((3 - 1.9632, 3 + 1.9632), abs=1e-3)
    assert interval([1]) is None
    assert interval([1, 1, 1, 1]) is None
    assert interval([1] * 5) == (1, 1)


def test_one_extreme_ratio_does_not_hide_that_all_others_are_below_one():
    values = [0.5, 0.6, 0.5, 0.6, 0.5, 0.6, 0.5, 0.6, 0.5, 1.8]
    low, high = interval(values, geometric=True)
    logs = interval(np.log(values))
    assert (low, high) == pytest.approx((np.exp(logs[0]), np.exp(logs[1])))
    claim = Claim("", ("a", "b"), ratio("x", "a", ("b",)), "", even=1, geometric=True)
    extreme = [*values[:-1], 20]
    assert judged(claim, a=values, b=[1] * 10).word == "reversed"
    assert judged(claim, a=extreme, b=[1] * 10).interval[1] < 2 < interval(extreme)[1]
    assert judged(claim, a=[0, 2, 2.1, 2.2, 2.3], b=[1] * 5).failed == 1
