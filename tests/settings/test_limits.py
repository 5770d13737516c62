"""The limits of a server, and the environment variables that set them."""

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest

from ammix_viz.runs import disk
from ammix_viz.settings.limits import Limits, current_limits, read_limits, variable
from ammix_viz.settings.rules import text_of


def test_an_empty_environment_leaves_the_defaults():
    expected = Limits(
        workers=min(os.cpu_count(), 8),
        waiting_runs=256,
        session_runs=192,
        folder_gb=2,
        streams=500,
    )
    assert read_limits({}) == read_limits({"AMMIX_MAX_WORKERS": "", "OTHER": "1"}) == expected


@pytest.mark.parametrize(
    ("variable", "value", "changed"),
    [
        ("AMMIX_MAX_WORKERS", "1", {"workers": 1}),
        ("AMMIX_MAX_WAITING_RUNS", "1000", {"waiting_runs": 1000}),
        ("AMMIX_MAX_SESSION_RUNS", "8", {"session_runs": 8}),
        ("AMMIX_MAX_FOLDER_GB", "0.5", {"folder_gb": 0.5}),
        ("AMMIX_MAX_STREAMS", "60", {"streams": 60}),
    ],
)
def test_a_variable_sets_its_limit_and_no_other(variable, value, changed):
    assert read_limits({variable: value}) == replace(Limits(), **changed)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("AMMIX_MAX_WORKERS", "0", "is 0; it must be a whole number from 1 to 64."),
        ("AMMIX_MAX_WAITING_RUNS", "many", 'is "many"; it must be a whole number from 8 to 10000.'),
        ("AMMIX_MAX_SESSION_RUNS", "9.5", "is 9.5; it must be a whole number from 8 to 10000."),
        ("AMMIX_MAX_FOLDER_GB", "2GB", 'is "2GB"; it must be a number from 0.05 to 10000.'),
        ("AMMIX_MAX_STREAMS", "-1", "is -1; it must be a whole number from 1 to 100000."),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_its_variable_and_rule(variable, value, sentence):
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        read_limits({variable: value})
    assert str(refused.value) == f"{variable} {sentence}"


def test_the_page_on_serving_lists_every_limit():
    page = (Path(__file__).parents[2] / "docs/serving.md").read_text("utf-8")
    for limit in fields(Limits):
        low, high = map(text_of, limit.metadata["rule"].limits)
        default = "one per core, up to 8" if limit.name == "workers" else text_of(limit.default)
        row = (f"`{variable(limit)}`", default, f"{low} to {high}", limit.metadata["about"])
        assert f"| {' | '.join(row)} |" in page.splitlines()


def test_the_environment_is_read_once(set_limits, monkeypatch):
    set_limits(streams=3)
    assert current_limits().streams == 3
    monkeypatch.setenv("AMMIX_MAX_STREAMS", "4")
    assert current_limits().streams == 3


def test_the_folder_of_runs_is_pruned_to_its_limit(set_limits, runs_folder):
    runs_folder.mkdir()
    for digit in "abc":
        file = runs_folder / f"{digit * 24}.run"
        file.write_bytes(bytes(30_000_000))
        os.utime(file, (0, 0))
    set_limits(folder_gb=0.065)
    assert len(disk.prune()) == 1
    set_limits(folder_gb=0.05)
    assert len(disk.prune()) == 1
