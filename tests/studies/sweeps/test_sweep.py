"""Sweeps: what is asked, what comes out, on the command line and as a figure."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.colors import sample_colorscale, unlabel_rgb
from support.training import train

from ammix_viz.__main__ import main
from ammix_viz.runs import disk, reader
from ammix_viz.runs.recording import record
from ammix_viz.settings.axis import VARIABLE, Axis, read_axis
from ammix_viz.settings.comparison import read_query
from ammix_viz.settings.variants import Variant
from ammix_viz.studies.sweeps.heatmap import heatmaps, ink
from ammix_viz.studies.sweeps.sweep import Grid, Sweep, grid, missing
from ammix_viz.studies.sweeps.sweep_files import as_table, command
from ammix_viz.studies.sweeps.sweep_notes import notes

BETA, LR = Axis("beta", (0, 0.34)), Axis("lr", (0.02, 0.05, 1))
SMALL = Sweep(("ce", "am_mixup"), BETA, LR, seeds=2, fixed=(("epochs", 2), ("imbalance", 200)))


@pytest.fixture
def trained():
    """The small sweep, with every run of it on disk but those of the last seed at lr 1."""
    train(recipe for recipe in SMALL.recipes if (recipe.lr, recipe.init_seed) != (1, 1))
    return SMALL


def test_an_axis_is_read_from_text_and_each_value_counts_once():
    axis = read_axis("beta=0, 0.34,0.340,1")
    assert (axis.name, axis.values) == ("beta", (0.0, 0.34, 1.0))
    assert str(axis) == "beta=0,0.34,1"
    assert read_axis("site=last,random").values == ("last", "random")
    assert read_axis("imbalance=paper,50").values == ("paper", 50)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("beta", 'An axis is "beta"; it must be NAME=VALUE,VALUE,…'),
        ("beta=", "beta has no values; give one or more, separated by commas."),
        ("beta=0,9", 'beta is 9; it must be a number from 0 to 1.5.'),
        ("seed=1", f'The setting is "seed"; it must be one of {", ".join(VARIABLE)}.'),
        (
            "bta=1",
            f'The setting is "bta"; it must be one of {", ".join(VARIABLE)}. Did you mean beta?',
        ),
    ],
)  # fmt: skip
def test_what_is_no_axis_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=r"must be|has no values") as error:
        read_axis(text)
    assert str(error.value) == sentence


def test_two_axes_of_one_setting_and_too_many_runs_are_refused():
    with pytest.raises(ValueError, match="Both axes are beta; they must be two"):
        Sweep(("ce",), BETA, BETA)
    many = Axis("beta", tuple(i / 20 for i in range(20)))
    with pytest.raises(ValueError, match="2 methods × 60 combinations × 9 seeds are 1080"):
        Sweep(("ce", "ama"), many, LR, seeds=9)
    with pytest.raises(ValueError, match="methods names no method"):
        Sweep((), BETA, LR)


def test_a_method_that_does_not_read_a_setting_has_one_run_for_all_its_values():
    assert len(SMALL.cells) == 2 * 2 * 3
    assert len(SMALL.recipes) == 2 * 3 + 2 * 2 * 3  # ce reads no β
    assert SMALL.cells["ce", 1, 0] == SMALL.cells["ce", 1, 1]
    seeds = SMALL.cells["am_mixup", 2, 1]
    assert [(r.beta, r.lr, r.init_seed, r.epochs) for r in seeds] == [
        (0.34, 1, 0, 2), (0.34, 1, 1, 2)
    ]  # fmt: skip


def test_with_ama_among_them_all_share_settings_that_train():
    shared = Sweep(("ce", "ama"), Axis("epochs", (2,)), Axis("imbalance", (50,)))
    assert {(r.lr, r.method) for r in shared.recipes} == {(0.02, "ce"), (0.02, "ama")}
    assert shared.cells["ama", 0, 0][0].beta == 0.67


def test_a_cell_opens_as_a_setup_of_the_lab():
    comparison, notes = read_query(SMALL.cell_query("am_mixup", 1, 1))
    assert notes == []
    assert comparison.by_variant[Variant("am_mixup")] == SMALL.cells["am_mixup", 1, 1]


def test_a_grid_is_the_mean_of_the_last_records_of_each_cell(trained):
    own = grid(trained, "am_mixup", "test.accuracy")
    values = []
    for recipe in trained.cells["am_mixup", 0, 1]:
        with reader.Run(recipe.key) as run:
            values.append(float(run.records()[-1]["test.accuracy"]))
    assert own.mean[0, 1] == pytest.approx(np.mean(values))
    assert own.std[0, 1] == pytest.approx(abs(values[0] - values[1]) / math.sqrt(2))
    assert own.count.tolist() == [[2, 2], [2, 2], [0, 0]]
    assert own.failed.tolist() == [[0, 0], [0, 0], [1, 1]]
    assert np.isnan(own.mean[2]).all()


def test_a_metric_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="it must be one of"):
        grid(SMALL, "ce", "test.loss")


def test_a_heatmap_a_method_says_what_failed_and_has_a_place_to_click_in_each_cell(trained):
    figure = heatmaps(trained, "test.accuracy")
    maps = [trace for trace in figure.data if trace.type == "heatmap"]
    targets = [trace for trace in figure.data if trace.customdata is not None]
    assert [title.text for title in figure.layout.annotations] == ["Cross entropy", "AM-mixup"]
    own = grid(trained, "am_mixup", "test.accuracy")
    np.testing.assert_array_equal(np.array(maps[1].z, float), own.mean)
    assert targets[1].text[-2:] == ("failed", "failed")
    assert [tuple(data[:3]) for data in targets[1].customdata] == [
        ("am_mixup", row, column) for row in range(3) for column in range(2)
    ]
    assert (targets[1].x[1], targets[1].y[1]) == ("0.34", "0.02")


def test_a_cell_says_how_many_of_its_seeds_failed():
    cells = Grid(*np.array([[[98.25, np.nan]], [[0.5, np.nan]], [[2, 0]], [[1, 0]]]))
    assert cells.words(0, 0) == "98.25 ± 0.50 (1 failed)"
    assert cells.words(0, 1) == ""
    failed = Grid(*np.array([[[np.nan]], [[np.nan]], [[0]], [[2]]]))
    assert failed.words(0, 0) == "failed"


@given(st.floats(0, 1), st.sampled_from([(0.0, 1.0), (-3.0, 80.0)]))
def test_text_can_be_read_on_every_colour_of_a_heatmap(share, span):
    colour = np.array(unlabel_rgb(sample_colorscale("Cividis", share)[0])) / 255
    linear = np.where(colour > 0.04045, ((colour + 0.055) / 1.055) ** 2.4, colour / 12.92)
    cell = float(linear @ (0.2126, 0.7152, 0.0722))  # WCAG's relative luminance
    text = {"#000000": 0.0, "#ffffff": 1.0}[ink(span[0] + share * (span[1] - span[0]), span)]
    low, high = sorted((cell, text))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_an_empty_heatmap_and_one_of_equal_values_have_a_scale(trained):
    empty = heatmaps(replace(SMALL, fixed=(("epochs", 3),)), "test.accuracy").layout.coloraxis
    assert empty.cmin < empty.cmax
    one = replace(trained, methods=("ce",), y=Axis("lr", (0.02,)))
    equal, value = heatmaps(one, "test.A").layout.coloraxis, grid(one, "ce", "test.A").mean
    assert value[0, 0] == value[0, 1]  # ce reads no β
    assert equal.cmin < value[0, 0] < equal.cmax


def test_a_damaged_run_counts_as_one_that_is_not_there():
    asked = Sweep(("ce",), BETA, Axis("batch_size", (77, 99)), 1, SMALL.fixed)  # read nowhere else
    train(asked.recipes)
    disk.path(asked.cells["ce", 0, 0][0].key).write_bytes(b"nothing")
    own = grid(asked, "ce", "test.accuracy")
    assert (own.count.tolist(), own.failed.tolist()) == ([[0, 0], [1, 1]], [[0, 0], [0, 0]])
    assert missing(asked) == 1


def test_a_method_named_twice_counts_once():
    asked = Sweep(("ce", "supcon", "ce"), BETA, Axis("epochs", (2, 5)), seeds="2")
    assert (asked.methods, asked.seeds) == (("ce", "supcon"), 2)
    assert len(asked.recipes) == 2 * 2 * 2  # neither method reads β


def test_the_table_has_a_row_a_method_cell_and_seed(trained):
    table = as_table(trained)
    assert len(table) == 2 * 6 * 2
    assert table["status"].value_counts().to_dict() == {"ended": 16, "failed": 4, "missing": 4}
    own = table[(table.method == "am_mixup") & (table.lr == 0.05) & (table.beta == 0.34)]
    assert own["test.accuracy"].mean() == pytest.approx(
        grid(trained, "am_mixup", "test.accuracy").mean[1, 1]
    )


def test_a_damaged_run_is_a_row_that_says_so():
    asked = Sweep(("ce",), BETA, Axis("batch_size", (78,)), 1, SMALL.fixed)  # read nowhere else
    (recipe,) = asked.recipes
    list(record([recipe]))
    disk.path(recipe.key).write_bytes(b"nothing")
    assert as_table(asked).status.tolist() == ["damaged"] * 2


WORDS = ["sweep", "--x", "beta=0,0.34", "--y", "lr=0.02,0.05", "--methods", "ce,am_mixup"]
WORDS += ["--seeds", "2", "--epochs", "2", "--imbalance", "200"]


def test_the_command_trains_what_is_missing_writes_its_files_and_goes_on_from_them(
    tmp_path, capsys
):
    out = tmp_path / "sweep"
    assert main([*WORDS, "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    asked = replace(SMALL, y=Axis("lr", (0.02, 0.05)))
    assert found["methods"]["ce"]["mean"] == grid(asked, "ce", "test.accuracy").mean.tolist()
    assert found == json.loads((out / "results.json").read_text())
    made_by = json.loads((out / "manifest.json").read_text())
    assert made_by["runs_trained"] == len(asked.recipes) == 12
    assert main([*WORDS, "--out", str(out)]) == 0
    assert json.loads((out / "manifest.json").read_text())["runs_trained"] == 0
    printed = capsys.readouterr().out
    assert "AM-mixup" in printed
    assert grid(asked, "am_mixup", "test.accuracy").words(0, 1) in printed
    assert main([*command(asked, "test.A").split()[3:], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["metric"] == "test.A"


def test_one_setting_is_varied_alone(tmp_path, capsys):
    words = ["sweep", "--x", "beta=0,1", "--methods", "am_mixup", "--epochs", "1"]
    words += ["--imbalance", "200", "--out", str(tmp_path)]
    assert main(words) == 0
    asked = Sweep(("am_mixup",), Axis("beta", (0, 1)), fixed=(("epochs", 1), ("imbalance", 200)))
    own = grid(asked, "am_mixup", "test.accuracy")
    assert own.mean.shape == (1, 2)
    first, second = own.words(0, 0), own.words(0, 1)
    printed = capsys.readouterr().out.splitlines()
    assert printed[2] == "AM-mixup"
    assert [line.split() for line in printed[3:]] == [["beta", "0", "1"], [first, second]]
    found = json.loads((tmp_path / "results.json").read_text())
    assert (found["x"], found["y"]) == ({"name": "beta", "values": [0, 1]}, None)
    assert found["methods"]["am_mixup"]["mean"] == own.mean.tolist()
    assert "<h1>Sweep of beta</h1>" in (tmp_path / "report.html").read_text()
    assert json.loads((tmp_path / "manifest.json").read_text())["settings"] == {
        "epochs": 1, "imbalance": 200, "x": "beta=0,1"
    }  # fmt: skip
    assert as_table(asked).columns[:3].tolist() == ["method", "beta", "seed_offset"]
    assert command(asked, "test.accuracy") == (
        "python -m ammix_viz sweep --methods am_mixup --x beta=0,1 --seeds 1 --epochs 1 "
        "--imbalance 200"
    )


def test_a_heatmap_of_one_setting_has_one_row():
    figure = heatmaps(Sweep(("ce", "ama"), LR), "test.accuracy")
    maps = [trace for trace in figure.data if trace.type == "heatmap"]
    assert [(each.x, each.y) for each in maps] == [(("0.02", "0.05", "1"), ("",))] * 2
    assert figure.layout.yaxis.range == (-0.5, 0.5)
    assert figure.layout.yaxis.title.text is None


def test_what_is_odd_about_a_sweep_is_said_once():
    assert notes(SMALL) == ["beta is not read by ce; every value gives the same runs."]
    assert notes(replace(SMALL, methods=("am_mixup",))) == []
    repeated = Sweep(("ama",), read_axis("beta=0,0.34,0.340"), fixed=(("alpha", 1.0),))
    assert notes(repeated) == [
        "beta=0.34 is listed more than once; it is used once.",
        "alpha is not read by ama; it changes nothing.",
    ]


def test_combinations_that_are_the_same_run_are_named():
    modes = Axis("lam_mode", ("default", "asymptotic", "random"))
    assert notes(Sweep(("ce", "am_mixup"), modes)) == [
        "lam_mode is not read by ce; every value gives the same runs.",
        "For am_mixup, lam_mode=default and lam_mode=asymptotic give the same run.",
    ]
    assert notes(Sweep(("ama",), modes, BETA)) == [
        "For ama, lam_mode=default with beta=0 and lam_mode=asymptotic with beta=0 give the same "
        "run; so do 2 more groups."
    ]
    assert (
        notes(Sweep(("ce",), read_axis("imbalance=paper,200"), fixed=(("data", "digits_lt"),)))
        == []
    )
    assert notes(
        Sweep(("ce",), read_axis("imbalance=paper,50"), fixed=(("data", "digits_lt"),))
    ) == ["For ce, imbalance=paper and imbalance=50 give the same run."]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--x", "beta=0,1", "--methods", "ce,supcon"],
            "beta is not read by ce, supcon, so every value gives the same runs; vary another "
            "setting, or choose other methods or data.",
        ),
        (
            ["--x", "lr=0.1", "--y", "warmup=0,5"],
            "warmup is not read for points, so every value gives the same runs; vary another "
            "setting, or choose other methods or data.",
        ),
        (["--x", "beta=0", "--y", "beta=1"], "Both axes are beta; they must be two settings."),
        (
            ["--x", "beta=0", "--y", "lr=0.1", "--lr", "0.2"],
            "lr is both varied and set to one value; leave out one of them.",
        ),
        (
            ["--x", "beta=0", "--y", "lr=0.1", "--seeds", "0"],
            "seeds is 0; it must be a whole number from 1 to 32.",
        ),
    ],
)
def test_what_cannot_be_swept_is_refused(words, sentence, capsys):
    assert main(["sweep", *words]) == 2
    assert capsys.readouterr().err == sentence + "\n"


def test_a_studys_folder_is_not_overwritten(tmp_path, capsys):
    (tmp_path / "results.json").write_text('{"version": 1, "study": "ama-fig2"}')
    assert main([*WORDS, "--out", str(tmp_path)]) == 2
    assert "results of ama-fig2, version 1; these are of sweep" in capsys.readouterr().err
    assert disk.keys() == []
