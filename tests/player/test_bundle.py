"""The modules that are joined into one must not use a name twice."""

import re
from collections import Counter

import pytest

from ammix_viz.player.bundle import (
    EDITOR_MODULES,
    FOLDER,
    LESSON_MODULES,
    MODULES,
    PRESENTING_MODULES,
    REPLAY_MODULES,
    bundle,
    editor_bundle,
    editor_stylesheet,
    lesson_bundle,
    lesson_stylesheet,
    presenting_bundle,
    replay_bundle,
    slow_motion_bundle,
    stylesheet,
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


def test_bundle_has_one_export_and_no_import():
    lines = bundle().splitlines()
    assert [line for line in lines if line.startswith("import")] == []
    exports = [line for line in lines if line.startswith("export")]
    assert len(exports) == 1
    assert exports[0].startswith("export default ")


def test_bundle_joins_every_module_without_two_of_a_name():
    assert {
        path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.js")
    } == {*MODULES, *LESSON_MODULES, *REPLAY_MODULES, *EDITOR_MODULES, *PRESENTING_MODULES}
    pattern = r"^(?:export default )?(?:async )?(?:function|class|const|let)\s+(\w+)"
    names = re.findall(pattern, replay_bundle("mountLesson"), re.MULTILINE)
    assert len(names) > 60
    assert len(names) == len(set(names))


def test_every_stylesheet_is_served():
    served = lesson_stylesheet() + editor_stylesheet()
    files = {file.relative_to(FOLDER).as_posix(): file for file in FOLDER.rglob("*.css")}
    unserved = [name for name, file in files.items() if file.read_text("utf-8") not in served]
    assert unserved == ["replay/page.css"]  # for the page around a replay


def test_every_css_class_has_the_prefix():
    css = re.sub(r"#[0-9a-f]+|[\d.]+(px|s|em|ch)|(?<=\d)\.\d+", "", stylesheet())
    assert {
        name for name in re.findall(r"\.([a-z][\w-]*)", css) if not name.startswith("ammix-")
    } == set()
