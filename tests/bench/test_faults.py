"""What the campaign of faults damages, requests and notices; the campaign itself takes minutes."""

import json
import os
import random

import numpy as np
import pytest

from ammix_viz.bench import faults
from ammix_viz.bench.faults_files import damaged
from ammix_viz.bench.faults_server import Check, Ledger, Server, leaks, writer_of
from ammix_viz.bench.faults_urls import ACTIVE, ROUTES, hostile
from ammix_viz.commands.dispatch import dispatch
from ammix_viz.runs import disk
from ammix_viz.runs.format import make_header
from ammix_viz.runs.writer import Writer
from ammix_viz.settings.recipe import Recipe

STAGES = [{"name": "training", "epochs": 2, "last": 3}]
RECIPE = Recipe(method="ce", epochs=2)
HEADER = make_header(RECIPE, np.array([0, 1] * 3), 4, ("a", "b"), 16, STAGES)


def finished(content=b"a record"):
    writer = Writer(HEADER)
    writer.append(content)
    writer.finish("ended")
    writer.close()


def test_damages_are_those_of_the_seed_and_never_the_file_itself():
    def some(seed):
        rng = random.Random(seed)
        return [damaged(HEADER, b"records", rng) for _ in range(100)]

    assert some(1) == some(1) != some(2)
    assert len(set(some(1))) > 90
    text = json.dumps(HEADER).encode()
    assert len(text).to_bytes(4, "little") + text + b"records" not in some(1)


def test_requests_are_those_of_the_seed_without_duplicates():
    first = hostile(random.Random(1), 500)
    assert first == hostile(random.Random(1), 500)
    assert len(set(first)) == 500
    paths = {path.partition("?")[0] for _, path in first}
    assert set(ROUTES) <= paths
    assert any("etc" in path for path in paths)
    assert all(" " not in path and path.isascii() for _, path in first)


def test_a_finished_run_that_changes_or_goes_is_lost():
    ledger = Ledger()
    finished()
    assert (ledger.note(), ledger.lost()) == (1, [])
    lost = [f"Run {RECIPE.key} was finished and is lost."]
    assert disk.remove(RECIPE.key)
    assert ledger.lost() == lost
    finished(b"another record")
    assert ledger.lost() == lost
    assert disk.remove(RECIPE.key)
    finished()
    assert ledger.lost() == []


def test_the_process_that_writes_a_run_is_found():
    assert writer_of(RECIPE.key) is None
    writer = Writer(HEADER)
    assert writer_of(RECIPE.key) == os.getpid()
    writer.close()
    assert writer_of(RECIPE.key) is None


def test_a_traceback_in_the_log_is_found_with_its_error(tmp_path):
    server = Server(tmp_path / "runs", tmp_path / "log")
    server.log.write_text(
        "Started\nTraceback (most recent call last):\n  File x\n    y()\nKeyError: 'z'\nGoes on\n"
    )
    assert server.trouble() == ["Traceback (most recent call last): … KeyError: 'z'"]


@pytest.mark.parametrize(
    ("text", "disclosed"),
    [("There is no run.", False), ("{}/a.run", True), ("site-packages", True)],
)
def test_a_path_in_an_answer_is_found(text, disclosed, tmp_path):
    assert bool(leaks(text.format(tmp_path), tmp_path)) == disclosed


def test_markdown_that_is_escaped_is_not_active():
    assert ACTIVE.search("x is [a](https://example.org)")
    assert ACTIVE.search("x is ![a](https://example.org)")
    assert not ACTIVE.search(r"x is \[a\](https://example.org)")


@pytest.mark.parametrize(("violations", "status"), [([], 0), (["It is lost."], 1)])
def test_a_violation_is_listed_and_is_the_exit_status(monkeypatch, capsys, violations, status):
    check = Check("a check", 3, violations, "as it came out")
    monkeypatch.setattr(faults, "kill_at_random", lambda *_: [check])
    for part in ("open_damaged", "vanish", "send_hostile", "break_disk", "serve_twice"):
        monkeypatch.setattr(faults, part, lambda *_: [])
    monkeypatch.setattr(Server, "start", lambda self: self.log.touch())
    monkeypatch.setattr(Server, "stop", lambda self: None)
    assert dispatch(["bench", "faults", "--seed", "7"]) == status
    lines = capsys.readouterr().out.splitlines()
    assert "seed 7" in lines[0]
    assert lines[1].split() == [
        "3",
        str(len(violations)),
        *["a", "check:", "as", "it", "came", "out"],
    ]
    assert [line for line in lines if line == "a check: It is lost."] == [
        f"a check: {each}" for each in violations
    ]
    assert dispatch(["bench", "faults", "--json"]) == status
    assert len(json.loads(capsys.readouterr().out)["violations"]) == len(violations)
