"""Table 3 of the AM-mixup paper: its numbers, its claims, and the command on a small archive."""

import json
from math import nan

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.notices import texts
from support.small_cifar import write_cifar

from ammix_viz.__main__ import main
from ammix_viz.studies.papers.amm_table3 import FACTORS, GROUPS, PUBLISHED
from ammix_viz.studies.table import study_of

STUDY = study_of("amm-table3")


def records(numbers):
    """Last records with a row's published accuracies: Many, Median, Few and all classes."""
    ends = {}
    for row, (*groups, overall) in numbers.items():
        record = np.zeros((), [("test.accuracy", "f8"), ("test.per_class_accuracy", "f8", (10,))])
        for classes, value in zip(GROUPS.values(), groups, strict=True):
            record["test.per_class_accuracy"][classes] = value
        record["test.accuracy"] = overall
        ends[row] = record[()]
    return ends


def test_groups_of_three_four_and_three_classes_give_the_papers_accuracy_of_all():
    for factor in FACTORS:
        for many, median, few, overall in PUBLISHED[factor].values():
            assert (3 * many + 4 * median + 3 * few) / 10 == pytest.approx(overall, abs=0.01)


def test_every_run_has_the_papers_settings():
    recipes = STUDY.recipes(20)
    assert len({recipe.key for recipe in recipes}) == 2 * 4 * 20
    for recipe in recipes:
        assert recipe.network_name == "resnet32"
        assert (recipe.epochs, recipe.batch_size, recipe.lr, recipe.warmup) == (200, 128, 0.1, 5)
        assert (recipe.weight_decay, recipe.augment) == (2e-4, "on")
        assert recipe.method == "ce" or recipe.resolved("pairs") == "partner"
        if recipe.method in ("manifold", "am_mixup"):
            assert recipe.resolved("site") == "last"
    assert {recipe.imbalance for recipe in recipes} == {100, 10}


def test_the_claims_are_true_of_the_papers_numbers_and_false_of_their_opposite():
    assert [claim.sentence for claim in STUDY.claims[:4]] == [
        "Factor 100: AM-mixup is more accurate than the others on all classes.",
        "Factor 10: Mixup is more accurate than the others on all classes.",
        "Factor 100: AM-mixup is more accurate than the others on Few.",
        "Factor 10: AM-mixup is more accurate than the others on Few.",
    ]
    for claim in STUDY.claims:
        numbers = PUBLISHED[FACTORS[claim.part]]
        assert min(claim.margins(records(numbers)).values()) > claim.needed, claim.sentence
        opposite = {row: tuple(100 - value for value in row_) for row, row_ in numbers.items()}
        assert min(claim.margins(records(opposite)).values()) < claim.needed, claim.sentence


def test_the_tables_put_ours_beside_the_published_numbers():
    for table, factor in zip(STUDY.tables, FACTORS, strict=True):
        ends = records(PUBLISHED[factor])
        for row, published in table.published.items():
            columns = table.columns.values()
            ours = [of(ends[row]) if callable(of) else ends[row][of] for of in columns]
            assert ours == pytest.approx(list(published))
            assert nan not in published


@pytest.fixture
def small_cifar(tmp_path, monkeypatch):
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "data"))
    write_cifar(tmp_path / "data", 20)  # the smallest class keeps one image at factor 100


def test_the_command_trains_and_reports_numbers_without_pictures(
    small_cifar, train_here, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("ammix_viz.studies.report.KINDS", ("svg",))  # the others take time
    out = tmp_path / "report"
    command = "reproduce amm-table3 --seeds 1 --epochs 1 --lr 0.01 --methods mixup --json"
    assert main([*command.split(), "--out", str(out)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [part["rows"]["mixup"]["ended"] for part in report["parts"]] == [1, 1]
    page = (out / "report.html").read_text()
    assert "94.72" in page
    assert "No run has finished." not in page


def test_the_page_of_figures_says_where_it_is_trained(small_cifar):
    page = AppTest.from_file("../../pages/paper_figures.py", default_timeout=20)
    page.query_params["figure"] = "amm-table3"
    page.run()
    assert not page.exception
    assert texts(page.error) == [STUDY.parts[0].shared.why_not_displayed]
    assert not [button for button in page.button if button.label.startswith("Train")]
    assert "reproduce amm-table3" in page.code[-1].value
