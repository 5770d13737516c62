"""What may import what, read from the sources themselves."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = [
    *("metrics", "datasets", "methods", "networks", "settings", "training", "runs", "workers"),
    *("server", "figures", "studies", "lessons", "player", "ui", "bench", "commands"),
]
"""A folder imports only from itself and from those before it."""

DRAWING = {"figures", "studies", "player", "ui", "bench"}
"""The folders that may load Plotly, Matplotlib or Streamlit."""


def sources():
    files = [*(ROOT / "ammix_viz").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    return sorted(path.relative_to(ROOT) for path in files)


@cache
def imports(path):
    """Return the imported modules of a file, wherever in it they are imported."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(filter(None, map(module_of, found)))


def module_of(name):
    """Return the file that an imported name of the package lies in, else the name's package."""
    if name.partition(".")[0] != "ammix_viz":
        return name.partition(".")[0]
    for dotted in (name, name.rpartition(".")[0]):
        path = Path(*dotted.split("."))
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if (ROOT / file).is_file():
                return file
    raise AssertionError(f"{name} is nowhere")


def inside(path):
    """Return the files of the package that a file imports."""
    return {module for module in imports(path) if isinstance(module, Path)}


def folder(path):
    return path.parts[1] if len(path.parts) > 2 else path.stem


def test_every_folder_has_its_place_in_the_order():
    folders = {path.name for path in (ROOT / "ammix_viz").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == set(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_a_folder_imports_only_from_those_before_it(name):
    allowed = ORDER[: ORDER.index(name) + 1]
    wrong = [
        f"{path} imports {module}"
        for path in sources()
        if path.parts[0] == "ammix_viz" and folder(path) == name
        for module in inside(path)
        if folder(module) not in allowed
    ]
    assert not wrong


def test_the_app_and_its_pages_import_the_server_and_ui_alone():
    apart = [path for path in sources() if path.parts[0] != "ammix_viz"]
    assert {folder(module) for path in apart for module in inside(path)} == {"server", "ui"}


def test_no_file_imports_itself_by_way_of_others():
    try:
        TopologicalSorter({path: inside(path) for path in sources()}).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(map(str, error.args[1])))


def test_only_what_draws_loads_plotly_matplotlib_or_streamlit():
    loads = [
        f"{path} imports {module}"
        for path in sources()
        if path.parts[0] == "ammix_viz" and folder(path) not in DRAWING
        for module in imports(path) & {"plotly", "matplotlib", "streamlit"}
    ]
    assert not loads


def test_package_files_are_empty_but_that_of_the_metrics():
    package_files = [path for path in sources() if path.name == "__init__.py"]
    assert {folder(path) for path in package_files if (ROOT / path).read_text()} == {"metrics"}
