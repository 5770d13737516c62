"""The table of verdicts of all studies."""

from ammix_viz.studies.overview import HEADS, overview


def claims(*words, seeds=3):
    return [{"verdict": word, "seeds": seeds} for word in words]


def study(title, **content):
    empty = {"claims": [], "also_measured": [], "readings": [], "seeds": [0, 1, 2]}
    return empty | {"title": title, "runs": {"ended": 5, "total": 6}} | content


def rows(*studies):
    return [dict(zip(HEADS, row, strict=True)) for row in overview(studies)]


def test_claims_are_counted_by_their_verdict_for_each_reading_of_the_paper():
    readings = [{"title": "with random partners", "claims": claims("reversed", "holds", seeds=2)}]
    main, other = rows(study("Figure 3", claims=claims("holds", "holds"), readings=readings))
    assert (main["Study"], main["Holds"], main["Reversed"]) == ("Figure 3", "2", "")
    assert (main["Seeds"], main["Runs ended"]) == ("3", "5 of 6")
    assert other["Study"] == "… with random partners"
    assert (other["Holds"], other["Reversed"], other["Seeds"]) == ("1", "1", "2 of 3")


def test_a_study_without_claims_of_a_paper_counts_its_statements_and_says_so():
    (row,) = rows(study("The lesson", also_measured=claims("holds")))
    assert (row["Study"], row["Holds"]) == ("The lesson (statements of ours)", "1")


def test_a_study_that_repeats_claims_or_was_not_run_has_no_counts():
    runs = {"runs": {"ended": 6, "total": 6}}
    same, absent = rows(
        {"title": "Figure 5", "same_as": "Figure 3"} | runs,
        {"title": "Table 3", "not_run": "It takes hours."},
    )
    assert (same["Study"], same["Runs ended"]) == ("Figure 5 (claims as above)", "6 of 6")
    assert (absent["Runs ended"], absent["Holds"]) == ("not run", "")
