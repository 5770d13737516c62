"""Runs on images that are broken off and go on: to the same bytes as if they never had been."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.waiting import wait_for

from ammix_viz.__main__ import main
from ammix_viz.runs import checkpoints, disk, reader
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe

ROOT = Path(__file__).parents[2]
QUICK = Recipe(data="digits", imbalance=140, epochs=2, batch_size=128, method="am_mixup")
STEPS = 3
"""Of an epoch: 325 images in batches of 128."""

_undisturbed = {}


@pytest.fixture
def undisturbed(tmp_path, monkeypatch):
    """What gives the bytes of a run that was never broken off."""

    def bytes_of(recipe):
        if recipe.key not in _undisturbed:
            with monkeypatch.context() as patch:
                patch.setenv("AMMIX_RUNS", str(tmp_path / "undisturbed"))
                list(record([recipe]))
                _undisturbed[recipe.key] = disk.path(recipe.key).read_bytes()
        return _undisturbed[recipe.key]

    return bytes_of


def checkpoint(recipe=QUICK):
    return disk.path(recipe.key, ".ckpt")


def step_of(recipe):
    """The step of a run's checkpoint; -1 if there is none."""
    found = checkpoints.read(checkpoint(recipe))
    return -1 if found is None else int(found[0]["step"])


def inode(recipe=QUICK):
    return disk.path(recipe.key).stat().st_ino


def break_off(recipe, over):
    """Train until `over` says so; return how many records there are."""
    with closing(record([recipe])) as training:
        for _ in training:
            if over():
                break
    assert disk.status(recipe.key) is None
    with reader.Run(recipe.key) as run:
        return run.count()


def count(recipe=QUICK):
    with reader.Run(recipe.key) as run:
        return run.count()


def check_end(recipe, expected):
    assert disk.path(recipe.key).read_bytes() == expected
    assert reader.finished(recipe.key).state == "ended"
    assert list(disk.folder().glob("*.ckpt*")) == []


def killed(code, *arguments):
    """Run Python code until it is killed."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, timeout=120).returncode == -signal.SIGKILL


def test_a_run_resumes_after_its_process_was_killed(undisturbed, capsys):
    recipe = replace(QUICK, epochs=8)
    command = ["train", "--data", "digits", "--imbalance", "140", "--batch-size", "128"]
    command += ["--epochs", "8", "--json"]
    with subprocess.Popen([sys.executable, "-m", "ammix_viz", *command], cwd=ROOT) as process:
        wait_for(lambda: step_of(recipe) >= 2 * STEPS, 60)
        process.kill()
    assert disk.status(recipe.key) is None
    before, step = inode(recipe), step_of(recipe)
    assert 2 * STEPS <= step < 8 * STEPS
    assert main(command) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["key"], report["status"], report["epochs"]) == (recipe.key, "ended", 8)
    assert inode(recipe) == before
    check_end(recipe, undisturbed(recipe))


KILL_ITSELF = """
import os, signal, sys
from ammix_viz.settings.recipe import Recipe
from ammix_viz.runs.recording import record
for epoch in record([Recipe(data="digits_coarse", imbalance=140, epochs=2, batch_size=128)]):
    if epoch == 3:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_killed_in_its_second_stage_resumes_there(undisturbed):
    recipe = replace(QUICK, data="digits_coarse")
    assert killed(KILL_ITSELF)
    before = inode(recipe)
    assert step_of(recipe) == 3 * STEPS  # the coarse stage has 2 epochs
    epochs = list(record([recipe]))
    assert min(epoch for epoch in epochs if epoch) > 3
    assert inode(recipe) == before
    check_end(recipe, undisturbed(recipe))


@pytest.mark.parametrize(("records", "step"), [(1, 0), (3, 0), (4, STEPS)])
def test_records_after_the_checkpoint_are_trained_again(records, step, undisturbed):
    assert break_off(QUICK, lambda: count() == records) == records
    assert step_of(QUICK) == step
    before = inode()
    with disk.path(QUICK.key).open("ab") as file:
        file.write(b"half a record")
    list(record([QUICK]))
    assert inode() == before
    check_end(QUICK, undisturbed(QUICK))


@pytest.mark.parametrize("method", ["ama", "supcon"])
def test_other_methods_resume_too(method, undisturbed):
    recipe = replace(QUICK, method=method, epochs=1 if method == "supcon" else 2)
    recipe = replace(recipe, augment="on", feature_norm="on", warmup=1)
    at = STEPS if method == "ama" else 6 * STEPS  # between SupCon's stages
    break_off(recipe, lambda: step_of(recipe) == at)
    before = inode(recipe)
    list(record([recipe]))
    assert inode(recipe) == before
    check_end(recipe, undisturbed(recipe))


def test_a_run_broken_off_after_its_last_record_only_has_to_be_ended(undisturbed):
    break_off(QUICK, lambda: step_of(QUICK) == 2 * STEPS)
    list(record([QUICK]))
    check_end(QUICK, undisturbed(QUICK))


class Evil:
    """What makes a folder when it is unpickled."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.mkdir, (self.place,)


def with_code(content, place):
    """The same checkpoint, with one more array of an object."""
    with np.load(checkpoint(), allow_pickle=False) as stored:
        arrays = dict(stored)
    arrays["evil"] = np.array([Evil(place)], dtype=object)
    np.savez(checkpoint().with_suffix(".npz"), **arrays)
    return checkpoint().with_suffix(".npz").read_bytes()


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 64]) + content[place + 1 :]


def of_before(content, place):
    """A checkpoint as it was before it named its version."""
    with np.load(checkpoint(), allow_pickle=False) as stored:
        arrays = dict(stored)
    arrays = {"flat": np.zeros(5), "step": arrays["step"], "v_acc": arrays["v_acc"]} | {
        name: arrays[name] for name in ("file_size", "file_crc")
    }
    np.savez(checkpoint().with_suffix(".npz"), **arrays)
    return checkpoint().with_suffix(".npz").read_bytes()


DAMAGES = {
    "of another version": of_before,
    "empty": lambda content, _: b"",
    "cut short": lambda content, _: content[:-100],
    "half": lambda content, _: content[: len(content) // 2],
    "changed": lambda content, _: flipped(content, len(content) // 2),
    "something else": lambda content, _: b"nothing that numpy knows",
    "code": with_code,
    "pickle": lambda content, place: b"\x80\x04cos\nmkdir\n(V" + place.encode() + b"\ntR.",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_with_a_damaged_checkpoint_a_run_starts_over(damage, undisturbed, tmp_path):
    break_off(QUICK, lambda: step_of(QUICK) == STEPS)
    before, place = inode(), tmp_path / "made by code"
    content = DAMAGES[damage](checkpoint().read_bytes(), str(place))
    checkpoint().write_bytes(content)
    assert checkpoints.read(checkpoint()) is None
    training = record([QUICK])
    next(training)
    assert inode() != before
    for _ in training:
        pass
    check_end(QUICK, undisturbed(QUICK))
    assert not place.exists()


@pytest.mark.parametrize("damage", ["changed", "cut short", "foreign", "gone"])
def test_with_a_run_file_that_does_not_match_a_run_starts_over(damage, undisturbed):
    break_off(QUICK, lambda: step_of(QUICK) == STEPS)
    file, before = disk.path(QUICK.key), inode()
    content = file.read_bytes()
    _, size, _ = checkpoints.read(checkpoint())
    assert size == len(content)
    if damage == "gone":
        file.unlink()
    else:
        changes = {"changed": flipped(content, size - 9), "cut short": content[:-1]}
        file.write_bytes(changes.get(damage, undisturbed(replace(QUICK, method="ama"))))
    first = next(training := record([QUICK]))
    assert first == 0
    assert damage == "gone" or inode() != before
    for _ in training:
        pass
    check_end(QUICK, undisturbed(QUICK))


def test_a_changed_checkpoint_is_read_correctly_or_not_at_all(tmp_path):
    file, state = tmp_path / "a.ckpt", {"flat": np.arange(3.0)}
    checkpoints.write(file, state, 10, 20)
    whole, escaped = file.read_bytes(), []
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x81]) + whole[place + 1 :])
        try:
            found = checkpoints.read(file)
        except Exception as error:
            escaped.append(type(error).__name__)
        else:
            assert found is None or (found[0]["flat"].tolist(), *found[1:]) == ([0, 1, 2], 10, 20)
    assert escaped == []


def test_a_checkpoint_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "a.ckpt"
    state = {"flat": np.array([1.5, -0.0], np.float32), "step": np.array(7)}
    checkpoints.write(file, state, 10, 20)
    found, size, crc = checkpoints.read(file)
    assert (size, crc, found.keys()) == (10, 20, state.keys())
    for name, own in state.items():
        assert found[name].tobytes() == own.tobytes()
        assert found[name].dtype == own.dtype
    assert checkpoints.read(tmp_path / "none.ckpt") is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.ckpt"]


def test_an_unfinished_run_that_is_removed_leaves_no_checkpoint():
    break_off(QUICK, lambda: step_of(QUICK) == STEPS)
    then = time.time() - disk.IN_USE_SECONDS - 60
    os.utime(disk.path(QUICK.key), (then, then))
    assert disk.prune(0) == [QUICK.key]
    assert not checkpoint().exists()
    assert not disk.path(QUICK.key).exists()
