"""The snippets of the documentation run, and print what it says."""

import contextlib
import io
import re
from pathlib import Path

import pytest
import torch

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
