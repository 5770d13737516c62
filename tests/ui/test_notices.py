"""Values in notices are displayed as they are."""

import re

import pytest

from ammix_viz.ui.notices import plain

HOSTILE = (
    "[x](http://evil.com)",
    "![x](http://evil.com/a.png)",
    "http://evil.com and WWW.evil.com and a@evil.com",
    "<img src=x onerror=alert(1)> <http://evil.com>",
    "**b** _i_ `c` ~~s~~ $x$ :red[r] :material/info: :smile:",
    "a -> b <- c -- d >= e ~= f",
    "&lt; &#91;x&#93;",
    "# h",
    "1. one",
    "\\[x](http://evil.com)",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_mark_and_no_address_is_left(text):
    made = plain(text)
    assert re.sub(r"\\(.)", r"\1", made).replace("\u2060", "") == text
    assert not re.search(r"[!-/:-@\[-`{-~]", re.sub(r"\\.", "", made))
    displayed = re.sub(r"\\(.)", r"\1", made)
    assert not re.search(r"://|www\.|\w@\w|:\w+:|->|<-|--|>=|~=", displayed, re.IGNORECASE)


def test_a_text_of_several_lines_becomes_one_line():
    assert plain("a\n\n    b\n# c") == "a b \\# c"
