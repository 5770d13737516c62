import json
import subprocess
import sys
import threading

import pytest
from support.waiting import wait_for

from ammix_viz.__main__ import main
from ammix_viz.commands import runs
from ammix_viz.runs import disk, reader
from ammix_viz.settings.recipe import Recipe


def test_train_prints_one_object_and_reads_it_from_disk_the_next_time(capsys):
    command = ["train", "--method", "am_mixup", "--epochs", "2", "--imbalance", "200", "--json"]
    assert main(command) == 0
    report = json.loads(capsys.readouterr().out)
    written = disk.path(report["key"]).stat().st_mtime_ns
    assert (report["status"], report["epochs"]) == ("ended", 2)
    assert report["key"] == Recipe(epochs=2, imbalance=200).key
    names = {"accuracy", "per_class_accuracy", "A", "U", "U1", "U_raw", "U1_raw"}
    names |= {"D_max", "D_centroid", "D_relative"}
    assert names <= report["train"].keys() & report["test"].keys()
    assert 0.7 < report["lambda"] < 1
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == report
    assert disk.path(report["key"]).stat().st_mtime_ns == written


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--beta", "3"], "beta is 3; it must be a number from 0 to 1.5."),
        (["--seed", "-1"], "seed is -1; it must be a whole number from 0 to 2147483647."),
        (["--batch-size", "1"], "batch_size is 1; it must be a whole number from 2 to 2048."),
        (["--device", "cuda"], "device is cuda; this machine has cpu."),
    ],
)
def test_what_is_not_allowed_ends_with_two_and_a_sentence(arguments, sentence, capsys):
    assert main(["train", *arguments]) == 2
    assert capsys.readouterr().err.strip() == sentence


def test_a_run_that_fails_says_why_and_shows_how_far_it_came(capsys):
    assert main(["train", "--method", "ce", "--batch-size", "16", "--lr", "1", "--json"]) == 1
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert report["status"] == "failed"
    assert "non-finite" in report["why"]
    assert report["why"] in printed.err


def test_a_damaged_run_is_said_and_trained_again(capsys):
    command = ["train", "--method", "ce", "--epochs", "1", "--json"]
    main(command)
    key = json.loads(capsys.readouterr().out)["key"]
    disk.path(key).write_bytes(b"nothing")
    assert main(command) == 0
    assert "It will be trained again." in capsys.readouterr().err
    assert reader.finished(key).state == "ended"


def test_runs_are_listed_with_their_state(capsys):
    main(["train", "--method", "ce", "--epochs", "1", "--json"])
    key = json.loads(capsys.readouterr().out)["key"]
    assert main(["runs", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["runs"]
    assert [(run["key"], run["status"], run["recipe"]["method"]) for run in listed] == [
        (key, "ended", "ce")
    ]


def test_of_a_run_that_cannot_be_read_the_list_says_why(capsys, runs_folder):
    runs_folder.mkdir()
    (runs_folder / f"{'ab' * 12}.run").write_bytes(b"nothing")
    assert main(["runs"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"1 run in {runs_folder}"
    assert second.startswith(f"{'ab' * 12}  damaged  The saved run {'ab' * 12} cannot be used: ")


def test_runs_are_stopped_by_the_server_that_trains_them(capsys, monkeypatch):
    monkeypatch.setattr(runs, "ANSWER_SECONDS", 20)
    taken = []
    server = threading.Thread(
        target=lambda: taken.extend(wait_for(lambda: disk.stop_requests(["ab" * 12], [])))
    )
    server.start()
    assert main(["runs", "--stop", "ab" * 12, "--json"]) == 0
    server.join()
    assert taken == ["ab" * 12]
    answer = json.loads(capsys.readouterr().out)
    assert (answer["stopped"], answer["not_training"]) == (["ab" * 12], [])


def test_runs_that_no_server_trains_are_said_and_no_request_is_left(
    capsys, monkeypatch, runs_folder
):
    monkeypatch.setattr(runs, "ANSWER_SECONDS", 0)
    assert main(["runs", "--stop", "kept", "ab" * 12]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"No server with the folder {runs_folder} trains a run that goes on when its page is "
        "closed.",
        f"No server with the folder {runs_folder} trains {'ab' * 12}.",
    ]
    assert list((runs_folder / "stop").iterdir()) == []


def test_what_is_no_key_is_refused_before_anything_is_stopped(capsys, runs_folder):
    assert main(["runs", "--stop", "ab" * 12, "../secret"]) == 2
    assert capsys.readouterr().err.strip() == (
        '--stop is "../secret"; it must be kept or the keys of runs, 24 hexadecimal digits each.'
    )
    assert not runs_folder.exists()


def test_the_core_needs_neither_streamlit_nor_plotly_nor_matplotlib():
    code = (
        "import ammix_viz.runs.recording, ammix_viz.training.loop, sys;"
        "import ammix_viz.commands.train, ammix_viz.commands.sweep, ammix_viz.commands.reproduce;"
        "assert not {'streamlit', 'plotly', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_line_starts_without_torch():
    code = "import ammix_viz.commands.dispatch, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_explains_every_setting():
    answer = subprocess.run(
        [sys.executable, "-m", "ammix_viz", "train", "-h"],
        capture_output=True,
        text=True,
        check=True,
    )
    for name in ("--data", "--method", "--imbalance", "--beta", "--alpha", "--epochs", "--lr"):
        assert name in answer.stdout
    assert "(None)" not in answer.stdout  # every default is said
