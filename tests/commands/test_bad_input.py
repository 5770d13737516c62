"""What is said of words that the command line cannot use, or that change nothing."""

import pytest

from ammix_viz.__main__ import main
from ammix_viz.commands.dispatch import COMMANDS
from ammix_viz.runs import disk
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.unread import unread

PROGRAM = "python -m ammix_viz"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", f"A command is missing; {PROGRAM} -h lists them."),
        (
            "trian --epochs 1",
            'The command is "trian"; it must be one of app, train, reproduce, sweep, export, runs, '
            "fetch-data, bench. Did you mean train?",
        ),
        ("train --bta 0.3", "Unknown option --bta; did you mean --beta?"),
        ("train --batch_size=8", "Unknown option --batch_size; did you mean --batch-size?"),
        ("train --colour red", f"Unknown option --colour; {PROGRAM} train -h lists the options."),
        ("train --epoch 3", "Unknown option --epoch; did you mean --epochs?"),
        ("sweep --xx beta=0", "Unknown option --xx; did you mean --x?"),
        ("train --beta", f"--beta needs a value; {PROGRAM} train -h explains more."),
        (
            "runs --json=3",
            f"--json takes no value, but was given '3'; {PROGRAM} runs -h explains more.",
        ),
        ("runs all", f"Unrecognized arguments: all; {PROGRAM} runs -h explains more."),
        (
            "bench",
            f"The following arguments are required: NAME; {PROGRAM} bench -h explains more.",
        ),
        (
            "bench mani",
            'The benchmark is "mani"; it must be one of fast, many, sklearn, study, soon, smooth, '
            "images, alignment, classroom, faults. Did you mean many?",
        ),
        (
            "train --method am_mixp",
            'method is "am_mixp"; it must be one of ce, mixup, manifold, am_mixup, ama, ama_mixup, '
            "supcon. Did you mean am_mixup?",
        ),
        (
            "train --device gpu",
            'device is "gpu"; it must be one of auto, cpu, cuda, mps. Did you mean cpu?',
        ),
        ("train --init zeros", 'init is "zeros"; it must be one of uniform, he.'),
    ],
)
def test_a_near_miss_is_answered_with_a_suggestion_in_one_sentence(words, sentence, capsys):
    assert main(words.split()) == 2
    printed = capsys.readouterr()
    assert (printed.err, printed.out) == (sentence + "\n", "")


def test_a_limit_that_the_environment_sets_wrongly_is_named(capsys, set_limits):
    set_limits(workers=0)
    assert main(["runs"]) == 2
    sentence = "AMMIX_MAX_WORKERS is 0; it must be a whole number from 1 to 64.\n"
    assert capsys.readouterr() == ("", sentence)


def test_a_negative_value_is_no_option(capsys):
    assert main(["train", "--seed", "-1"]) == 2
    assert capsys.readouterr().err.startswith("seed is -1; it must be")


@pytest.mark.parametrize(
    ("settings", "names", "sentences"),
    [
        ({"method": "ce"}, ["beta"], ["beta is not read by ce; it changes nothing."]),
        ({"method": "am_mixup"}, ["beta", "lr", "site"], []),
        (
            {"method": "am_mixup", "lam_mode": "random"},
            ["beta"],
            ["beta is not read by am_mixup with lam_mode random; it changes nothing."],
        ),
        ({"method": "ce"}, ["warmup"], ["warmup is not read for points; it changes nothing."]),
        ({"data": "digits"}, ["warmup", "init"], []),
        ({"data": "digits"}, ["noise"], ["noise is not read for digits; it changes nothing."]),
        ({}, ["init"], ["init is not read by mlp; it changes nothing."]),
    ],
)
def test_a_setting_that_a_run_does_not_read_is_named(settings, names, sentences):
    assert unread([Recipe(**settings)], names) == sentences


def test_a_setting_is_named_only_if_nobody_reads_it():
    runs = [Recipe(method=name) for name in ("ce", "supcon", "ama")]
    assert unread(runs, ["beta"]) == []
    assert unread(runs[:2], ["beta"]) == ["beta is not read by ce, supcon; it changes nothing."]


def test_train_says_what_it_does_not_read_beside_its_report(capsys):
    assert main(["train", "--method", "ce", "--epochs", "1", "--beta", "0.5", "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err.startswith("beta is not read by ce; it changes nothing.\n")
    assert printed.out.startswith('{"key":')


@pytest.mark.parametrize("words", ["train --epochs 1", "sweep --x beta=0 --epochs 1"])
def test_a_runs_folder_that_cannot_be_written_is_named_with_its_variable(
    words, capsys, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("mine")
    folder = tmp_path / "file" / "runs"
    monkeypatch.setenv("AMMIX_RUNS", str(folder))
    assert main(words.split()) == 2
    assert capsys.readouterr().err.endswith(
        f"The runs' folder {folder} cannot be written (Not a directory); AMMIX_RUNS names another "
        "one.\n"
    )


def test_finished_runs_are_read_from_a_folder_that_cannot_be_written(capsys, monkeypatch):
    assert main(["train", "--method", "ce", "--epochs", "1"]) == 0
    monkeypatch.setattr(disk, "why_not_writable", lambda folder: "Read-only file system")
    assert main(["train", "--method", "ce", "--epochs", "1"]) == 0
    assert main(["train", "--method", "ce", "--epochs", "2"]) == 2
    assert "(Read-only file system)" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_a_usage_of_one_line_and_what_the_command_does(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "-h"])
    assert ended.value.code == 0
    usage, blank, about, *_ = capsys.readouterr().out.splitlines()
    assert usage.startswith(f"usage: {PROGRAM} {command} ")
    assert blank == ""
    assert about.endswith(".")
    assert main(["-h"]) == 0
    assert f"  {command:<12}{about}\n" in capsys.readouterr().out
