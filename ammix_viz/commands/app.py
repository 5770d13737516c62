"""Start the app; open the address that it prints in a browser.

Example: python -m ammix_viz app -- --server.port 8080
"""

import argparse
import runpy
import sys

from ammix_viz.commands.parser import Parser
from ammix_viz.server.app_script import app_script


def arguments(parser: Parser) -> None:
    """Add the flags."""
    parser.add_argument(
        "flags",
        nargs="*",
        metavar="[-- FLAG …]",
        help="flags for `streamlit run`, after two dashes",
    )


def run(chosen: argparse.Namespace) -> int:
    """Serve the app until it is interrupted, as `streamlit run app.py` does."""
    sys.argv = ["streamlit", "run", str(app_script()), *chosen.flags]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0
