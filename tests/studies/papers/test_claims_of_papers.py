"""Every claim of every study, on records for which it holds and on records against it."""

from itertools import chain

import numpy as np
import pytest

from ammix_viz.runs.format import COARSE, metric_fields
from ammix_viz.studies.papers.accuracies import groups
from ammix_viz.studies.papers.set_up import METHODS
from ammix_viz.studies.table import STUDIES, study_of
from ammix_viz.studies.verdicts import judge

SEEDS = 10
CLASSES = {
    **{"gaussian": 4, "mini_cifar": 4, "mini_cifar_lt": 4},
    **{"digits": 10, "digits_lt": 10, "cifar10_lt": 10},
}
DTYPE = {
    classes: np.dtype(
        [(f"{prefix}{name}", "f4", shape) for prefix in ("", COARSE)
         for name, shape in metric_fields(classes).items()]
    )
    for classes in set(CLASSES.values())
}  # fmt: skip


def record(values, classes=4):
    """Return a record with these fields; where a field is by class, one value for all is enough."""
    made = np.zeros(1, DTYPE[classes])[0]
    for field, value in values.items():
        made[field] = value
    return made


def verdicts(study, rows, part=0):
    """Return {sentence: verdict} of a part's claims; `rows` has the fields of each row's record."""
    classes = CLASSES[study.parts[0].shared.data.replace("_coarse", "")]
    ends = {row: noisy(values, classes) for row, values in rows.items()}
    whys = {row: [""] * SEEDS for row in rows}
    titles = study.parts[part].titles
    return {
        claim.sentence: judge(claim, ends, whys, titles)
        for claim in claims_of(study)
        if claim.part == part
    }


def claims_of(study):
    """Return the claims of a study, for each reading of its paper, and what else it tests."""
    return (*study.claims, *chain.from_iterable(study.readings.values()), *study.also_measured)


def noisy(values, classes):
    """Return a record a seed, with a spread of a ten-thousandth between the seeds."""
    return [
        record({f: np.asarray(v) * (1 + 1e-4 * np.cos(seed)) for f, v in values.items()}, classes)
        for seed in range(SEEDS)
    ]


def words(study, rows, part=0):
    return {sentence: v.word for sentence, v in verdicts(study, rows, part).items()}


AMA_FIG2 = {
    "ce": {"train.D_relative": 0.5, "train.D_max": 30, "train.D_centroid": 15},
    "supcon": {"train.D_relative": 0.4, "train.D_max": 70, "train.D_centroid": 28},
    "ama": {"train.D_relative": 0.6, "train.D_max": 10, "train.D_centroid": 6},
}
BY_CLASSIFIER = {
    "ce": {"train.margin_balance": 0.4, "plane_share": (0.5, 0.35, 0.12, 0.03)}
    | {"train.margin": (4, 3, 2, 1)},
    "supcon": {"train.margin_balance": 0.1, "plane_share": (0.6, 0.35, 0.04, 0.01)},
    "ama": {"train.margin_balance": 0.8, "plane_share": (0.28, 0.26, 0.24, 0.22)}
    | {"train.margin": (4, 4, 3, 3)},
}
ACCURACIES = {"ce": 90, "supcon": 85, "ama": 97}


def ama_fig2(swap=None):
    """Return records as the paper describes them; `swap` exchanges those of two methods."""
    rows = {
        name: AMA_FIG2[name] | BY_CLASSIFIER[name] | {"test.accuracy": ACCURACIES[name]}
        for name in AMA_FIG2
    }
    poor = {"train.D_relative": 0.3, "train.margin_balance": 0, "test.accuracy": 80}
    rows |= {name: dict(poor) for name in ("am_mixup", "manifold", "mixup", "ama_mixup")}
    if swap:
        rows[swap[0]], rows[swap[1]] = rows[swap[1]], rows[swap[0]]
    return rows


def test_what_the_ama_paper_says_of_its_figure_2_holds_for_records_as_it_describes_them():
    assert set(words(study_of("ama-fig2"), ama_fig2()).values()) == {"holds"}


def test_every_claim_of_ama_figure_2_is_reversed_where_its_methods_change_places():
    study = study_of("ama-fig2")
    with_ce = words(study, ama_fig2(swap=("ama", "ce")))
    with_supcon = words(study, ama_fig2(swap=("ama", "supcon")))
    for claim in (*study.claims, *study.also_measured):
        swapped = with_ce if "supcon" not in claim.rows else with_supcon
        assert swapped[claim.sentence] == "reversed", claim.sentence


def test_supcon_of_twice_the_scale_is_not_several_times_and_not_reversed():
    rows = ama_fig2()
    rows["supcon"]["train.D_max"] = 20
    sentence = "SupCon's D_max is several times AMA's (at least 3 times)."
    verdict = verdicts(study_of("ama-fig2"), rows)[sentence]
    assert (verdict.word, verdict.held) == ("does not hold", 0)
    assert verdict.reason.startswith("too small")


def test_balanced_margins_are_a_claim_that_mixup_does_not_help_or_hurt():
    rows = ama_fig2() | {"mixup": {"train.margin_balance": 1}}
    found = words(study_of("ama-fig2"), rows)
    assert found["AMA's margins are more balanced than CE's."] == "holds"
    assert found["AMA has the most balanced margins of all seven methods."] == "reversed"


def table(study, place, fields):
    """Return the published numbers of a table as fields of records."""
    rows = study.tables[place].published
    return {name: dict(zip(fields, values, strict=True)) for name, values in rows.items()}


def in_reverse(rows):
    """Give each row the values of the one at the other end."""
    return dict(zip(rows, reversed(rows.values()), strict=True))


A, ACCURACY = "coarse.train.A", "test.accuracy"


def test_the_numbers_of_amm_table_1_hold_what_the_paper_claims():
    study = study_of("amm-fig2")
    published = table(study, 0, (A, ACCURACY))
    assert set(words(study, published).values()) == {"holds"}


def test_the_claims_of_amm_table_1_are_reversed_by_the_opposite_numbers():
    study = study_of("amm-fig2")
    order = ("manifold", "mixup", "am_mixup", "ce")
    rows = {name: {A: 4 - k, ACCURACY: 60 - k} for k, name in enumerate(order)}
    found = words(study, rows)
    follows = (
        "The accuracy on the fine classes follows A: most pairs of methods have the same order."
    )
    assert found.pop(follows) == "holds"
    assert set(found.values()) == {"reversed"}
    against = {name: {A: values[A], ACCURACY: -values[ACCURACY]} for name, values in rows.items()}
    assert words(study, against)[follows] == "reversed"


def tails(study):
    """Return the published numbers of both parts of Table 2, with margins as Figure 3 has them."""
    rows = table(study, 0, ("test.U", "test.U1", ACCURACY))
    for name, (many, median, few, _) in study.tables[1].published.items():
        rows[name]["test.per_class_accuracy"] = (many, median, few, few)
    for name, margin in zip(METHODS, (0.02, 0.05, 0.06, 0.2), strict=True):
        rows[name]["train.relative_margin"] = (0.3, 0.3, 0.25, margin)
        rows[name]["train.margin_balance"] = margin / 0.3
    return rows


SCALES = {"ce": 200, "mixup": 5, "manifold": 7, "am_mixup": 40}


@pytest.mark.parametrize("part", [0, 2])
def test_the_numbers_of_amm_table_2_and_figure_3_hold_what_the_paper_claims(part):
    study = study_of("amm-fig3")
    assert set(words(study, tails(study), part).values()) == {"holds"}


def test_scales_and_margins_as_figure_3_has_them_hold_what_the_paper_claims():
    study = study_of("amm-fig3")
    scales = {n: {"train.D_max": scale, "train.margin": scale / 4} for n, scale in SCALES.items()}
    assert set(words(study, scales, part=1).values()) == {"holds"}
    small = {n: {"train.D_max": 1 / s, "train.margin": 1 / s} for n, s in SCALES.items()}
    assert set(words(study, small, part=1).values()) == {"reversed"}


def test_the_claims_of_amm_table_2_and_figure_3_are_reversed_by_the_opposite_numbers():
    study = study_of("amm-fig3")
    lowest = {"test.U1": 0.1, ACCURACY: 10, "test.per_class_accuracy": 5}
    for sentence, row, values in (
        ("CE has the lowest accuracy.", "ce", {ACCURACY: 99}),
        ("AM-mixup has the highest accuracy.", "am_mixup", lowest),
        ("CE has the lowest U.", "ce", {"test.U": 2}),
        ("Manifold mixup has the highest U.", "manifold", {"test.U": 0}),
        ("CE has the lowest U1.", "ce", {"test.U1": 2}),
        ("AM-mixup has the highest U1.", "am_mixup", lowest),
        ("Mixup has the highest accuracy on the largest classes (Many).", "mixup", lowest),
        (
            "Manifold mixup has the highest accuracy on the classes of medium size (Median).",
            "manifold",
            lowest,
        ),
        (
            "AM-mixup has the highest accuracy on the rarest classes (Few).",
            "am_mixup",
            lowest,
        ),
        (
            "With AM-mixup, the rare class (Few) whose centre is closest to a decision boundary is "
            "farther from it, relative to D_max, than with mixup and manifold mixup.",
            "am_mixup",
            {"train.relative_margin": 0.001},
        ),
        (
            "AM-mixup's margins are more balanced than those of the other methods.",
            "am_mixup",
            {"train.margin_balance": 0.001},
        ),
    ):
        rows = tails(study)
        rows[row] |= values
        assert words(study, rows)[sentence] == "reversed", sentence
    found = words(study, in_reverse(tails(study)))
    assert found["The order of the accuracies is the published one."] == "reversed"
    columns = "In the columns of Table 2, most pairs of methods have the published order."
    assert found[columns] == "reversed"
    rows = tails(study)
    for values in rows.values():
        values["test.U1"] *= -1
    follows = "The accuracy follows U1: most pairs of methods have the same order."
    assert words(study, rows)[follows] == "reversed"


def test_rare_classes_that_no_method_classifies_correctly_decide_nothing():
    study = study_of("amm-fig3")
    rows = tails(study)
    for name in METHODS:
        many, median = rows[name]["test.per_class_accuracy"][:2]
        rows[name]["test.per_class_accuracy"] = (many, median, 0, 0)
    found = words(study, rows)
    undecided = [sentence for sentence, word in found.items() if word == "cannot be decided"]
    assert undecided == ["AM-mixup has the highest accuracy on the rarest classes (Few)."]


def test_centres_on_the_wrong_side_are_compared_by_the_rare_class_that_is_farther_out():
    study = study_of("amm-fig3")
    rows = tails(study)
    for name, worst in (("mixup", -0.2), ("manifold", -0.3), ("am_mixup", -0.1)):
        rows[name]["train.relative_margin"] = (0.3, 0.3, 0.9, worst)
    rows["am_mixup"]["train.relative_margin"] = (0.3, 0.3, -0.1, -0.1)
    sentence = next(s for s in words(study, rows) if "closest to a decision boundary" in s)
    assert words(study, rows)[sentence] == "holds"


def test_an_order_with_two_thirds_of_the_pairs_exchanged_is_not_reversed():
    study = study_of("amm-fig3")
    rows = tails(study)
    for name, accuracy in zip(
        ("mixup", "ce", "am_mixup", "manifold"), (66, 65, 64, 63), strict=True
    ):
        rows[name][ACCURACY] = accuracy
    sentence = "The order of the accuracies is the published one."
    assert verdicts(study, rows)[sentence].values[0] == pytest.approx(-1 / 3)
    assert words(study, rows)[sentence] == "does not hold"


def test_a_margin_balance_far_below_minus_one_counts_as_minus_one():
    """Nine seeds speak clearly; a tenth, which is an outlier, must not take their weight."""
    claim = next(c for c in study_of("ama-fig2").claims if c.sentence.startswith("AMA's margins"))
    ama = [record({"train.margin_balance": value}) for value in (-900, *[-0.8] * 9)]
    ce = [record({"train.margin_balance": 0.5 + seed / 100}) for seed in range(SEEDS)]
    verdict = judge(
        claim, {"ama": ama, "ce": ce}, {"ama": [""] * 10, "ce": [""] * 10}, {"ce": "CE"}
    )
    assert verdict.word == "reversed"
    assert min(verdict.values) == pytest.approx(-1.5)


def test_neighbours_that_change_places_break_the_order_but_do_not_reverse_it():
    study = study_of("amm-fig3")
    rows = tails(study)
    rows["manifold"][ACCURACY], rows["mixup"][ACCURACY] = 59.40, 65.42
    assert (
        words(study, rows)["The order of the accuracies is the published one."] == "does not hold"
    )


def table_7(numbers, balance):
    """Return records of Table 7: Many, Median, Few and all; margin balance of two rows."""
    rows = {
        name: {ACCURACY: values[3], "test.per_class_accuracy": (values[0],) * 2 + values[1:3]}
        for name, values in numbers.items()
    }
    for name in rows:
        rows[name]["train.margin_balance"] = balance[1] - 0.1
    rows["am_mixup"]["train.margin_balance"], rows["random_layer"]["train.margin_balance"] = balance
    return rows


def test_the_numbers_of_amm_table_7_hold_all_that_the_paper_claims_but_one():
    study = study_of("amm-table7")
    found = words(study, table_7(study.tables[0].published, (0.8, 0.5)))
    reversed_ = (
        "With two-sided labels, mixing at the last layer gives a higher accuracy on Median than at "
        "a random layer."
    )
    assert found.pop(reversed_) == "reversed"  # 37.67 against 37.86 %
    assert set(found.values()) == {"holds"}


def test_the_claims_of_amm_table_7_are_reversed_by_the_opposite_numbers():
    study = study_of("amm-table7")
    opposite = {
        name: tuple(100 - value for value in values)
        for name, values in study.tables[0].published.items()
    }
    rows = table_7(opposite, (0.5, 0.8))
    for name in ("two_sided", "two_sided_random_layer", "lambda_fixed"):
        rows[name]["train.margin_balance"] = 0.9
    found = words(study, rows)
    assert list(found.values()).count("reversed") == len(found) - 1


def table_5(accuracies, balance):
    rows = {
        name: {
            ACCURACY: accuracy,
            "test.per_class_accuracy": accuracy,
            "train.margin_balance": balance[1],
        }
        for name, accuracy in zip(("ce", "i", "i_cr", "i_am", "ama"), accuracies, strict=True)
    }
    rows["ama"]["train.margin_balance"] = balance[0]
    return rows


def test_rows_that_are_all_above_99_percent_decide_nothing_about_accuracy():
    found = words(study_of("ama-table5"), table_5((99.2, 99.3, 99.4, 99.5, 99.9), (0.8, 0.4)))
    accuracies = [word for sentence, word in found.items() if "accuracy" in sentence]
    assert set(accuracies) == {"cannot be decided"}


def test_the_claims_of_ama_table_5_hold_and_are_reversed():
    study = study_of("ama-table5")
    holding = words(study, table_5((50, 51, 55, 53, 60), (0.8, 0.4)))
    assert set(holding.values()) == {"holds"}
    opposite = words(study, table_5((50, 49, 45, 47, 40), (0.4, 0.8)))
    assert set(opposite.values()) == {"reversed"}


@pytest.mark.parametrize("part", [0, 1])
def test_the_claims_of_ama_with_mixup_hold_and_are_reversed(part):
    study = study_of("ama-mixup")
    published = {"ce": 66.66, "mixup": 62.22, "ama_mixup": 66.50}
    rows = {name: {ACCURACY: accuracy} for name, accuracy in published.items()}
    assert set(words(study, rows, part).values()) == {"holds"}
    rows = {name: {ACCURACY: 100 - accuracy} for name, accuracy in published.items()}
    rows["ama_mixup"][ACCURACY] = 30
    assert set(words(study, rows, part).values()) == {"reversed"}


EVERY = [(name, data) for name, entry in STUDIES.items() for data in entry.data]


@pytest.mark.parametrize(("name", "data"), EVERY)
def test_every_claim_reads_fields_that_records_of_its_data_have(name, data):
    study = study_of(name, data)
    for claim in claims_of(study):
        ends = {row: record({}, CLASSES[data]) for row in claim.rows}
        assert set(claim.margins(ends)) <= {"", *claim.rows}


def test_classes_are_many_median_and_few_as_in_the_paper():
    paper = {name: list(classes) for name, classes in groups("mini_cifar_lt").items()}
    assert paper == {"Many": [0], "Median": [1], "Few": [2, 3]}
    toy = {name: list(classes) for name, classes in groups("gaussian").items()}
    assert toy == {"Many": [0, 1], "Median": [2], "Few": [3]}
    digits = {name: len(classes) for name, classes in groups("digits_lt").items()}
    assert digits == {"Many": 4, "Median": 4, "Few": 2}
