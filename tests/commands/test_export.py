"""Exporting a link as one file, from the command line."""

import json

import pytest

from ammix_viz.__main__ import main
from ammix_viz.settings.recipe import Recipe

QUICK = Recipe(method="ce", epochs=2)
LINK = "methods=ce&epochs=2"


def test_missing_runs_are_trained_and_one_file_is_written(tmp_path, train_here, capsys):
    out = tmp_path / "new" / "replay.html"
    assert main(["export", LINK, "--out", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    page = out.read_text("utf-8")
    assert report["file"] == str(out)
    assert report["bytes"] == len(page.encode())
    assert report["runs"] == [QUICK.key]
    assert f'"{QUICK.key}":{{"messages"' in page
    assert main(["export", LINK, "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: 1 run, ")
    assert [each.name for each in out.parent.iterdir()] == ["replay.html"]


def test_a_run_that_failed_is_said_and_saved(tmp_path, train_here, capsys):
    link = "methods=ce&epochs=1&batch_size=16&lr=1"
    assert main(["export", link, "--out", str(tmp_path / "a.html")]) == 0
    assert "Cross entropy: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("beta=3", "beta is 3; it must be a number from 0 to 1.5."),
        ("lesson=algebra", 'lesson is "algebra"; it must be one of margins.'),
        ("lesson?step=99", "step is 99; it must be a whole number from 1 to 8."),
    ],
)
def test_a_link_that_is_not_allowed_ends_with_two_and_a_sentence(link, sentence, tmp_path, capsys):
    assert main(["export", link, "--out", str(tmp_path / "a.html")]) == 2
    assert capsys.readouterr().err.strip() == sentence
    assert not list(tmp_path.iterdir())


def test_only_a_replay_is_overwritten(tmp_path, capsys):
    thesis = tmp_path / "thesis.html"
    thesis.write_text("<!doctype html><title>Thesis</title>")
    assert main(["export", LINK, "--out", str(thesis)]) == 2
    assert capsys.readouterr().err.strip() == (
        f"The file {thesis} is no replay. Nothing was overwritten; choose another with --out."
    )
    assert "Thesis" in thesis.read_text()
    assert main(["export", LINK, "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.strip() == (
        f"--out is {tmp_path}; it must be a file, such as replay.html."
    )
