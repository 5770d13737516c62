"""What an installed package has: what it needs, its files, its command."""

import contextlib
import os
import re
import runpy
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from email.parser import Parser
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hatchling.build import build_wheel
from packaging.requirements import Requirement

from ammix_viz.__main__ import main
from ammix_viz.server.app_script import app_script
from ammix_viz.studies import manifest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Unpack a wheel of this source tree, as pip does, and return the folder."""
    folder = tmp_path_factory.mktemp("site")
    with contextlib.chdir(ROOT):
        wheel = build_wheel(str(folder))
    with zipfile.ZipFile(folder / wheel) as packed:
        packed.extractall(folder / "packages")
    return folder / "packages"


def info(site, name):
    (found,) = site.glob(f"*.dist-info/{name}")
    return found.read_text("utf-8")


def listed(file):
    """Return the requirements of a file, by name."""
    lines = [line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
    return {Requirement(line).name: Requirement(line) for line in lines if line}


def test_it_requires_what_requirements_txt_lists(site):
    required = map(Requirement, Parser().parsestr(info(site, "METADATA")).get_all("Requires-Dist"))
    assert {each for each in required if not each.marker} == set(
        listed("requirements.txt").values()
    )


def test_tests_install_the_versions_that_pyproject_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extra = [
        *project["build-system"]["requires"],
        *project["project"]["optional-dependencies"]["dask"],
    ]
    tested = listed("tests/requirements.txt")
    assert {tested[Requirement(each).name] for each in extra} == set(map(Requirement, extra))


def test_it_holds_the_package_and_the_app_and_nothing_else(site):
    def files(folder):
        found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {path for path in found if "__pycache__" not in path.parts}

    app = {Path("_app", part) for part in ("app.py", ".streamlit/config.toml")}
    app |= {Path("_app/pages") / path for path in files(ROOT / "pages")}
    assert files(site / "ammix_viz") == files(ROOT / "ammix_viz") | app
    assert {path.name.split("-")[0] for path in site.iterdir()} == {"ammix_viz"}


def test_its_command_is_the_command_line(site):
    (line,) = re.findall(r"^ammix-viz *= *(.+)$", info(site, "entry_points.txt"), re.MULTILINE)
    assert EntryPoint("ammix-viz", line, "console_scripts").load() is main


def test_streamlit_neither_watches_files_nor_collects_garbage_after_each_script_run(site):
    for script in (ROOT / "app.py", site / "ammix_viz/_app/app.py"):
        config = tomllib.loads((script.parent / ".streamlit/config.toml").read_text("utf-8"))
        assert config["server"]["fileWatcherType"] == "none"
        assert config["runner"]["postScriptGC"] is False


def test_the_app_is_found_in_a_checkout():
    assert app_script() == ROOT / "app.py"


def test_the_app_is_found_in_an_installed_package(site):
    found = runpy.run_path(str(site / "ammix_viz/server/app_script.py"))["app_script"]()
    assert found == site / "ammix_viz/_app/app.py"


def test_the_installed_app_starts_from_an_empty_folder_with_flags_of_streamlit(site, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "ammix_viz", "app", "--", *flags]
    environment = os.environ | {"PYTHONPATH": str(site)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL
    ) as server:
        try:
            assert b'"ok":true' in fetched(f"http://127.0.0.1:{port}/healthz", server)
        finally:
            server.terminate()


def fetched(address, server, seconds=60):
    """Return what an address answers, once it does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            return answer.read()
        time.sleep(0.05)
    raise AssertionError("The server did not answer.")


def test_an_installed_package_does_not_take_the_repository_around_it_for_its_source(
    tmp_path, monkeypatch
):
    (tmp_path / "packages").mkdir()
    commit = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "One", "--allow-empty"]
    for words in (["init", "-q"], commit):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)

    def revision(root):
        monkeypatch.setattr(manifest, "ROOT", root)
        return manifest.manifest("sweep", "sweep", {}, [0], 1.0, 1)["git_revision"]

    assert re.fullmatch("[0-9a-f]{40}", revision(tmp_path))
    assert revision(tmp_path / "packages") is None
