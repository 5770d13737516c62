"""The snippets of the documentation run, and print what it says."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
import torch
from support.training import train

from ammix_viz.__main__ import main
from ammix_viz.lessons.lesson import PICTURES as STEP_PICTURES
from ammix_viz.lessons.reader import OF_QUESTION, OF_STEP, parse_lesson
from ammix_viz.methods.table import ALL_PARTS, METHODS, MIDPOINT, Method
from ammix_viz.networks.table import NETWORKS, Entry
from ammix_viz.runs import disk, reader
from ammix_viz.settings.moment import EXPLAINED
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import Choice
from ammix_viz.settings.table import RULES
from ammix_viz.studies import table
from ammix_viz.studies.reproduction import as_markdown

DOCS = Path(__file__).parents[1] / "docs"
SNIPPET = re.compile(r"^```python\n(.+?)^```\n\nIt prints:\n\n```text\n(.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SNIPPETS = SNIPPET.findall((DOCS / "library.md").read_text("utf-8"))


def test_both_snippets_of_the_library_page_are_found():
    assert len(SNIPPETS) == 2


@pytest.fixture
def one_thread():
    """Have small tensors computed by one thread: on a busy machine several wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(("code", "said"), SNIPPETS)
def test_a_snippet_prints_what_the_page_says(code, said):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {})
    found = printed.getvalue()
    assert NUMBER.sub("", found) == NUMBER.sub("", said)
    numbers = [[float(number) for number in NUMBER.findall(text)] for text in (found, said)]
    assert numbers[0] == pytest.approx(numbers[1], rel=0.02)


def test_the_page_on_reproduction_is_what_the_command_writes_from_the_results_beside_it():
    found = json.loads((DOCS / "reproduction.json").read_text("utf-8"))
    page = (DOCS / "reproduction.md").read_text("utf-8")
    assert page == as_markdown(found), "Copy both files from the folder of `reproduce all`."
    assert "python -m ammix_viz reproduce all" in page.splitlines()[0]


EXTENDING = re.findall(
    r"^```python\n(.+?)^```$", (DOCS / "extending.md").read_text("utf-8"), re.M | re.S
)


def last_record(recipe):
    train([recipe])
    assert disk.status(recipe.key).state == "ended"
    with reader.Run(recipe.key) as run:
        return run.records()[-1]


def entry_of(name, names):
    """Return an entry of a table as the page has it."""
    (code,) = [code for code in EXTENDING if code.startswith(f'"{name}": ')]
    return eval("{" + code + "}", names)[name]


def test_the_network_of_the_page_trains_by_a_method_that_mixes_behind_its_hidden_layer(monkeypatch):
    (code,) = [code for code in EXTENDING if "class PixelEncoder" in code]
    names = {}
    exec(code, names)
    entry = entry_of("pixels", {"Entry": Entry, "pixel_mlp": names["pixel_mlp"]})
    monkeypatch.setitem(NETWORKS, "pixels", entry)
    monkeypatch.setitem(RULES, "network", Choice(("default", *NETWORKS)))
    last = last_record(
        Recipe(data="digits_lt", method="manifold", site="random", network="pixels", epochs=6)
    )
    assert last["train.accuracy"] > 40


def test_the_study_of_the_page_is_reproduced_on_each_of_its_data_sets(monkeypatch, tmp_path):
    (code,) = [code for code in EXTENDING if "def margins" in code]
    names = {}
    exec(code, names)
    entry = entry_of("margins", {"Entry": table.Entry, "margins": names["margins"]})
    monkeypatch.setitem(table.STUDIES, "margins", entry)
    monkeypatch.setattr("ammix_viz.studies.report.KINDS", ("svg",))  # the others take time
    words = ["reproduce", "margins", "--data", "rings", "--seeds", "1", "--epochs", "1"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    (claim,) = json.loads((tmp_path / "results.json").read_text())["also_measured"]
    assert (claim["claim"], claim["seeds"]) == ("AM-mixup has the best margin balance.", 1)
    assert {recipe.data for recipe in table.study_of("margins").recipes(1)} == {"moons"}


def test_the_method_of_the_page_trains(monkeypatch):
    names = {"Method": Method, "MIDPOINT": MIDPOINT, "ALL_PARTS": ALL_PARTS}
    monkeypatch.setitem(METHODS, "am_input", entry_of("am_input", names))
    monkeypatch.setitem(RULES, "method", Choice(tuple(METHODS)))
    last = last_record(Recipe(method="am_input", epochs=3, lr=0.02, imbalance=10))
    assert last["lam"] < 1
    assert last["train.accuracy"] > 60


def test_the_page_on_teaching_describes_every_key_of_a_lesson_and_its_example_is_one():
    page = (DOCS / "teaching.md").read_text("utf-8")
    (example,) = re.findall(r"^```toml\n(.+?)^```$", page, re.M | re.S)
    assert parse_lesson(example).name == "monday"
    described = re.findall(r"^\| `(\w+)` \|", page, re.M)
    assert tuple(described) == OF_STEP
    assert all(f"`{name}`" in page for name in (*OF_QUESTION, *EXPLAINED))
    assert all(f'`"{name}"`' in page for name in STEP_PICTURES)
