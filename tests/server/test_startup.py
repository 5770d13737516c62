"""The app does not start with a limit that is not allowed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "streamlit run": ["streamlit", "run", "app.py", "--server.address", "127.0.0.1"],
    "ammix-viz app": ["ammix_viz", "app"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_wrong_limit_ends_the_start_with_one_sentence(command):
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | {"AMMIX_MAX_STREAMS": "none"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    sentence = 'AMMIX_MAX_STREAMS is "none"; it must be a whole number from 1 to 100000.\n'
    assert ended.stderr == sentence
