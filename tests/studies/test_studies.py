"""Studies: runs over seeds, claims, and the files that come out of them."""

import json
from dataclasses import replace

import numpy as np
import pytest
from support.training import train

from ammix_viz.__main__ import main
from ammix_viz.runs import reader
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies import output
from ammix_viz.studies.exports import as_json, as_table
from ammix_viz.studies.papers.ama_fig2 import METHODS
from ammix_viz.studies.results import read_results, results_manifest
from ammix_viz.studies.study import Part, methods
from ammix_viz.studies.table import STUDIES, study_of

TINY = Recipe(method="ama", epochs=2, imbalance=200, lr=0.02, beta=0.67)
STUDY = study_of("ama-fig2")
SMALL = replace(STUDY, parts=(Part("", methods(METHODS), TINY),))


@pytest.fixture
def small_study(monkeypatch):
    """The study on tiny runs, all on disk but one."""
    make_only(SMALL, monkeypatch)
    return SMALL


def make_only(study, monkeypatch):
    """Let the table make just this study of a figure, whatever the data."""
    entry = replace(STUDIES[study.figure], make=lambda data: study)
    monkeypatch.setitem(STUDIES, study.figure, entry)


def test_results_are_the_runs_last_records(small_study):
    recipes = small_study.parts[0].recipes(2)
    train(small_study.recipes(2))
    results = read_results(small_study, 2)
    with reader.Run(recipes["ama"][1].key) as run:
        last = run.records()[-1]
    assert results.found[0].values("train.D_relative")["ama"][1] == last["train.D_relative"]
    found = json.loads(json.dumps(as_json(results)))
    ours = found["parts"][0]["rows"]["ama"]["test.accuracy"]
    assert ours["mean"] == pytest.approx(np.mean(ours["values"]))
    assert ours["std"] == pytest.approx(np.std(ours["values"], ddof=1))
    assert [claim["seeds"] for claim in found["claims"]] == [2] * len(small_study.claims)
    table = as_table(results)
    assert len(table) == 2 * len(METHODS)
    assert table["ended"].all()
    assert table["train.D_relative"].iloc[5] == pytest.approx(last["train.D_relative"])


def test_reproduce_writes_its_report_and_does_not_train_twice(
    small_study, tmp_path, capsys, monkeypatch
):
    train(small_study.recipes(1))
    out = tmp_path / "report"
    words = ["reproduce", "ama-fig2", "--seeds", "1", "--out", str(out)]
    assert main(words) == 0
    assert "AMA has the highest D_relative of CE, SupCon and AMA." in capsys.readouterr().out
    files = {str(path.relative_to(out)) for path in out.rglob("*.*")}
    figures = ("features", "features_shared_axes", "test_accuracy", "d_max", "d_centroid")
    figures = (*figures, "d_relative", "margin_balance")
    assert files == {
        *("report.html", "results.json", "results.csv", "manifest.json"),
        *(f"figures/ama-fig2_{name}.{kind}" for name in figures for kind in ("svg", "pdf", "png")),
    }
    made_by = json.loads((out / "manifest.json").read_text())
    assert (made_by["runs_trained"], made_by["seeds"]) == (0, [0])
    page = (out / "report.html").read_text()
    for claim in small_study.claims:
        assert claim.sentence.replace("'", "&#x27;") in page
    assert "src='http" not in page
    assert "<script" not in page
    assert len(page) < 2_000_000
    monkeypatch.setattr("ammix_viz.studies.report.KINDS", ())  # they take time
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["study"] == "ama-fig2"


def test_a_quick_look_is_marked_everywhere_and_keeps_the_full_report(
    small_study, tmp_path, capsys, monkeypatch
):
    train(small_study.recipes(1))
    monkeypatch.setattr("ammix_viz.studies.report.KINDS", ("svg",))  # the others take time
    monkeypatch.chdir(tmp_path)
    assert main(["reproduce", "ama-fig2", "--seeds", "1"]) == 0
    full = (tmp_path / "ammix_viz_ama-fig2" / "report.html").read_text()
    quick = ["reproduce", "ama-fig2", "--seeds", "1", "--methods", "ama,ce", "--epochs", "1"]
    note = "A quick version of the study, with epochs 1, methods ce,ama."
    capsys.readouterr()
    assert main(quick) == 0
    assert capsys.readouterr().out.splitlines()[1] == note
    folder = tmp_path / "ammix_viz_ama-fig2_quick"
    assert note in (folder / "report.html").read_text()
    found = json.loads((folder / "results.json").read_text())
    assert found["changed"] == {"epochs": 1, "methods": "ce,ama"}
    assert found["deviations"][0] == f"{note} The points below describe the full study."
    assert list(found["parts"][0]["rows"]) == ["ce", "ama"]
    made_by = json.loads((folder / "manifest.json").read_text())
    assert made_by["changed"] == found["changed"]
    assert made_by["settings"]["epochs"] == "1"
    assert made_by["command"].endswith("ama-fig2 --seeds 1 --epochs 1 --methods ce,ama")
    assert main([*quick, "--out", "ammix_viz_ama-fig2"]) == 2
    assert capsys.readouterr().err == (
        "The folder ammix_viz_ama-fig2 holds results of ama-fig2, version 4; these are of "
        "ama-fig2 quick, version 4. Nothing was overwritten; choose another folder with --out.\n"
    )
    assert (tmp_path / "ammix_viz_ama-fig2" / "report.html").read_text() == full
    assert note not in full


def test_a_report_has_panels_of_all_methods_where_none_of_the_papers_has_ended(
    small_study, tmp_path, monkeypatch
):
    monkeypatch.setattr("ammix_viz.studies.report.KINDS", ())
    train([small_study.parts[0].recipes(1)["mixup"][0]])
    words = ["reproduce", "ama-fig2", "--seeds", "1", "--no-train", "--out", str(tmp_path)]
    assert main(words) == 0
    page = (tmp_path / "report.html").read_text()
    assert page.count("alt='Mixup: features'") == 1


def test_more_seeds_than_allowed_and_an_unknown_figure_are_refused(capsys, tmp_path):
    assert main(["reproduce", "ama-fig2", "--seeds", "40", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == ("seeds is 40; it must be a whole number from 1 to 32.\n")
    assert main(["reproduce", "ama-fig9", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f'figure is "ama-fig9"; it must be one of all, {", ".join(STUDIES)}. '
        "Did you mean ama-fig2?\n"
    )


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_trained(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert main(["reproduce", "ama-fig2", "--out", str(tmp_path / "file")]) == 2
    path = tmp_path / "file"
    assert capsys.readouterr().err == (
        f"The folder {path} cannot be written to (File exists); choose another one with --out.\n"
    )
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"version": 99, "study": "ama-fig2"}', "results of ama-fig2, version 99"),
        ('{"version": 1, "study": "other"}', "results of other, version 1"),
        ("[1, 2]", "other results"),
        ("no json", "other results"),
    ],
)
def test_other_results_are_not_overwritten(tmp_path, content, what):
    (tmp_path / "results.json").write_text(content)
    with pytest.raises(ValueError, match="Nothing was overwritten; choose another") as error:
        output.prepare(tmp_path, "ama-fig2")
    assert what in str(error.value)
    assert (tmp_path / "results.json").read_text() == content


def test_the_manifest_names_versions_settings_and_command():
    results = read_results(STUDY, 4)
    made_by = results_manifest(results, 12.34, 5)
    assert made_by["command"] == "python -m ammix_viz reproduce ama-fig2 --seeds 4"
    assert made_by["settings"]["lr"] == "0.02"
    assert (made_by["seeds"], made_by["wall_seconds"]) == ([0, 1, 2, 3], 12.3)
    assert made_by["versions"]["torch"]


@pytest.mark.parametrize("name", ["amm-fig4", "amm-fig5"])
def test_a_figure_of_images_is_reproduced_on_digits(name, monkeypatch, tmp_path, capsys):
    study = study_of(name, "digits")
    parts = [replace(part, shared=replace(part.shared, epochs=1)) for part in study.parts]
    quick = replace(study, parts=tuple(parts))
    make_only(quick, monkeypatch)
    monkeypatch.setattr("ammix_viz.studies.report.KINDS", ("svg",))  # the others take time
    train(quick.recipes(1))
    words = ["reproduce", name, "--data", "digits", "--seeds", "1", "--out", str(tmp_path)]
    assert main(words) == 0
    published = {"amm-fig4": "61.08", "amm-fig5": "42.52"}[name]
    assert f"published for Mini-CIFAR: {published}" in capsys.readouterr().out
    found = json.loads((tmp_path / "results.json").read_text())
    assert (found["study"], len(found["claims"])) == (f"{name} digits", len(study.claims))
    ours = found["tables"][0]["rows"]["ce"]["Test accuracy, %"]
    assert ours["mean"] == pytest.approx(found["parts"][0]["rows"]["ce"]["test.accuracy"]["mean"])
    page = (tmp_path / "report.html").read_text()
    assert ("on the unit circle" in page) == (name == "amm-fig5")
    assert ("alt='Cross entropy, A " in page) == (name == "amm-fig4")


def test_a_figure_on_data_that_it_is_not_of_is_refused(capsys):
    assert main(["reproduce", "ama-fig2", "--data", "digits"]) == 2
    assert capsys.readouterr().err == 'data is "digits"; for ama-fig2 it must be gaussian.\n'
    assert main(["reproduce", "amm-fig3", "--data", "mnist"]) == 2
    assert capsys.readouterr().err == (
        'data is "mnist"; for amm-fig3 it must be mini_cifar or digits.\n'
    )


def test_missing_images_are_said_before_anything_is_trained(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "none"))
    assert main(["reproduce", "amm-fig3", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.startswith(f"CIFAR-10 is not in {tmp_path / 'none'}")
    assert not (tmp_path / "out").exists()
