"""What a study found, as words."""

import pytest

from ammix_viz.studies.html import SIGNS, claims_table, compared, verdict_mark
from ammix_viz.studies.summary import ranges
from ammix_viz.studies.summary_text import counts, difference, ours, theirs
from ammix_viz.studies.verdicts import WORDS


def number(published, mean, std=None, count=3):
    return {"published": published, "mean": mean, "std": std, "count": count}


@pytest.mark.parametrize(
    ("published", "mean", "words"),
    [
        (42.52, 56.9, "+14.4"),
        (0.5226, 0.4102, "−0.112"),
        (2.25, 2.25, "0"),
        (None, 1.0, "–"),
        (1.0, None, "–"),
    ],
)
def test_a_difference_is_ours_minus_the_papers(published, mean, words):
    assert difference(number(published, mean)) == words


def test_a_number_that_does_not_exist_is_a_dash():
    assert ours(number(1.0, None, None, 0)) == "–"
    assert ours(number(None, 1.5, 0.25)) == "1.50 ± 0.25"
    assert [theirs(number(value, 1)) for value in (None, 1.0353, 61.08)] == ["–", "1.0353", "61.08"]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([3], "3"), ([0, 1, 2], "0 to 2"), ([0, 1, 4, 6, 7], "0 to 1, 4, 6 to 7"), ([], "")],
)
def test_numbers_in_a_row_are_a_range(numbers, words):
    assert ranges(numbers) == words


def test_verdicts_are_counted_by_their_words():
    words = ("reversed", "holds", "holds")
    assert counts([{"verdict": word} for word in words]) == "holds: 2, reversed: 1"


def test_every_verdict_has_its_sign():
    assert set(SIGNS) == set(WORDS)
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert verdict_mark("does not hold") == (
        "<span class='verdict does-not-hold'>✗ does not hold</span>"
    )


def test_published_and_ours_stand_side_by_side_with_their_difference():
    rows = {"Cross <entropy>": [number(42.5, 56.0, 1.0)]}
    found = {"columns": ["Accuracy"], "rows": rows, "source": "published", "comparable": True}
    fields = "<td>Cross &lt;entropy&gt;</td><td>42.5</td><td><b>56.0 ± 1.0</b></td><td>+13.5</td>"
    assert fields in compared(found)
    assert "13.5" not in compared(found | {"comparable": False})


def test_a_claim_of_ours_has_no_column_for_the_paper():
    claim = {"sentence": "A < B.", "published": "", "here": "1 ± 2", "verdict": "holds"}
    claim |= {"reason": "true in 9 of 9 seeds"}
    ours_only, paper = claims_table([claim]), claims_table([claim | {"published": "best"}])
    assert "A &lt; B." in ours_only
    assert "true in 9 of 9 seeds" in ours_only
    assert ("Published" in ours_only, "Published" in paper) == (False, True)
