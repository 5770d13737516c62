"""The table of studies, and quick looks at them."""

from itertools import chain

import pytest

from ammix_viz.studies.quick_look import quick_look
from ammix_viz.studies.results import command
from ammix_viz.studies.table import STUDIES, study_of

EVERY = [(name, data) for name, entry in STUDIES.items() for data in entry.data]


@pytest.mark.parametrize(("name", "data"), EVERY)
def test_every_study_can_be_made_of_each_of_its_data_sets(name, data):
    study = study_of(name, data)
    paper = STUDIES[name].data[0]
    assert study.name == (name if data == paper else f"{name} {data}")
    assert study.title == STUDIES[name].title
    assert all(part.shared.data.startswith(data) for part in study.parts)
    readings = list(chain.from_iterable(study.readings.values()))
    for claim in (*study.claims, *readings, *study.also_measured):
        assert set(claim.rows) <= set(study.parts[claim.part].rows)
    assert all(claim.source for claim in (*study.claims, *readings))
    assert not any(claim.source for claim in study.also_measured)


def test_a_study_is_of_the_papers_data_unless_others_are_asked_for():
    assert study_of("amm-fig3").recipes(2) == study_of("amm-fig3", "mini_cifar").recipes(2)
    assert study_of("amm-fig3").stand_in == ""
    assert study_of("amm-fig3", "digits").stand_in == "digits"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            ("amm-fg3",),
            'figure is "amm-fg3"; it must be one of ama-fig2, ama-fig2-batch16, amm-fig2, '
            "amm-fig3, amm-fig4, amm-fig5, amm-table3, amm-table7, ama-table5, ama-mixup, "
            "amm-search, lesson. Did you mean amm-fig3?",
        ),
        (("ama-fig2", "digits"), 'data is "digits"; for ama-fig2 it must be gaussian.'),
        (
            ("amm-fig3", "mnist"),
            'data is "mnist"; for amm-fig3 it must be mini_cifar or digits.',
        ),
    ],
)
def test_what_the_table_does_not_have_is_refused(asked, sentence):
    with pytest.raises(ValueError, match="must be") as error:
        study_of(*asked)
    assert str(error.value) == sentence


def test_a_quick_look_changes_every_part_and_says_so():
    full = study_of("amm-fig3", "digits")
    quick = quick_look(full, {"epochs": 5, "lr": 0.05}, ("am_mixup", "ce"))
    assert {(r.epochs, r.lr, r.method, r.data) for r in quick.recipes(1)} == {
        (5, 0.05, method, "digits") for method in ("ce", "am_mixup")
    }
    assert len(quick.recipes(3)) == 3 * 2 * 3  # long-tailed, all, long-tailed with random partners
    assert quick.name == "amm-fig3 digits quick"
    assert quick.change_note == (
        "A quick version of the study, with epochs 5, lr 0.05, methods ce,am_mixup."
    )
    assert quick.deviations[0] == f"{quick.change_note} The points below describe the full study."
    assert quick.deviations[1:] == full.deviations
    assert command(quick, 1) == (
        "python -m ammix_viz reproduce amm-fig3 --seeds 1 --data digits --epochs 5 --lr 0.05 "
        "--methods ce,am_mixup"
    )


def test_a_quick_look_keeps_the_claims_and_rows_of_the_methods_that_it_has():
    full = study_of("ama-fig2")
    quick = quick_look(full, {}, ("ama", "ce"))
    assert [claim.sentence for claim in quick.claims] == [
        "CE has a higher D_max than AMA.",
        "The mean margin of the classes is larger with AMA than with CE.",
        "AMA's margins are more balanced than CE's.",
        "The tail class with the smaller share of the plane has a smaller share with CE than with "
        "AMA.",
    ]
    rows = quick_look(study_of("amm-fig2"), {}, ("mixup",)).tables[0].published
    assert rows == {"mixup": (0.9460, 58.43)}


def test_what_changes_nothing_is_the_full_study():
    full = study_of("ama-fig2")
    assert quick_look(full, {"epochs": 100, "lr": 0.02}, full.rows) == full
    assert quick_look(full, {"epochs": 100, "beta": 0.5}).changed == {"beta": 0.5}


def test_a_method_that_the_study_does_not_have_is_refused():
    with pytest.raises(ValueError, match="methods is") as error:
        quick_look(study_of("amm-fig2"), {}, ("ce", "am_mixp"))
    assert str(error.value) == (
        'methods is "am_mixp"; it must be one of ce, mixup, manifold, am_mixup. '
        "Did you mean am_mixup?"
    )


def test_both_readings_of_16_mini_batches_make_the_same_claims_on_their_batch_size():
    many, size = study_of("ama-fig2"), study_of("ama-fig2-batch16")
    assert [study.parts[0].shared.batch_size for study in (many, size)] == [101, 16]
    assert many.claims == size.claims
    assert "a batch size of 16. The paper" in size.deviations[0]
    assert "16 batches per epoch, of 101 points. The paper" in many.deviations[0]
    assert size.deviations[1:] == many.deviations[1:]
