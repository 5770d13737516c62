"""Other readings of what the AM-mixup paper leaves open."""

from dataclasses import replace

import pytest

from ammix_viz.studies.quick_look import quick_look
from ammix_viz.studies.table import study_of


def test_every_reading_of_table_2_makes_the_same_claims_on_the_same_seeds():
    study = study_of("amm-fig3")
    first, _, *others = (part.first["am_mixup"] for part in study.parts)
    readings = [(r.feature_layer, r.resolved("pairs")) for r in (first, *others)]
    assert readings == [
        ("gap", "even"),
        ("gap", "partner"),
        ("flatten", "even"),
        ("flatten", "partner"),
    ]
    same = {"pairs": "default", "feature_layer": "gap"}
    assert {replace(other, **same) for other in others} == {replace(first, pairs="default")}
    tested = [(c.sentence, c.source) for c in study.claims if c.part == 0]
    for place, claims in enumerate(study.readings.values(), start=2):
        assert [(claim.sentence, claim.source) for claim in claims] == tested
        assert {claim.part for claim in claims} == {place}


def test_parts_for_other_readings_have_no_panels():
    assert study_of("amm-fig5").pictured == (0, 1)
    assert study_of("amm-fig2").pictured == (0,)
    assert study_of("ama-mixup").pictured == (0, 1)
    quick = quick_look(study_of("amm-fig2"), {}, ("ce", "am_mixup"))  # which leaves no claim
    assert quick.pictured == (0,)


def test_on_digits_the_other_reading_of_table_2_is_that_of_the_pairs():
    study = study_of("amm-fig3", "digits")
    assert list(study.readings) == ["with random partners"]
    assert study.parts[2].first["mixup"].resolved("pairs") == "partner"


def test_the_other_readings_of_figure_2_are_those_of_the_pairs_and_of_the_feature_layer():
    study = study_of("amm-fig2")
    first, *others = (part.shared for part in study.parts)
    assert (first.feature_layer, first.pairs) == ("gap", "default")
    assert others == [replace(first, pairs="partner"), replace(first, feature_layer="flatten")]
    for place, claims in enumerate(study.readings.values(), start=1):
        assert claims == tuple(replace(claim, part=place) for claim in study.claims)
    assert list(study_of("amm-fig2", "digits").readings) == ["with random partners"]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("ama-fig2", "Every mixing method samples its pairs evenly"),
        ("amm-fig2", "Except with “random partners”, every mixing method"),
        ("amm-fig4", "Except with “random partners”, every mixing method"),
        ("amm-fig3", "Except with “random partners”, every mixing method"),
        ("ama-table5", "Except with “random partners”, every mixing method"),
    ],
)
def test_a_study_says_how_it_samples_pairs(name, start):
    assert sum(sentence.startswith(start) for sentence in study_of(name).deviations) == 1
