"""The modules that are joined into one must not use a name twice."""

import re
from collections import Counter

import pytest

from ammix_viz.player.bundle import (
    bundle,
    editor_bundle,
    lesson_bundle,
    presenting_bundle,
    slow_motion_bundle,
)

DECLARED = r"^(?:async )?(?:const|let|class|function\*?) ([A-Za-z_$][\w$]*)"
LISTED = r"^(?:const|let) \[([^\]]*)\]"


def declared(source):
    """Return the names that a module declares outside of functions."""
    names = re.findall(DECLARED, source, re.MULTILINE)
    for several in re.findall(LISTED, source, re.MULTILINE):
        names += [name.strip() for name in several.split(",")]
    return names


@pytest.mark.parametrize(
    "joined", [bundle, lesson_bundle, slow_motion_bundle, editor_bundle, presenting_bundle]
)
def test_no_name_is_declared_twice(joined):
    counts = Counter(declared(joined()))
    assert counts
    assert [name for name, count in counts.items() if count > 1] == []
