"""The player: runs side by side on canvases, animated by the browser.

The modules beside this file are joined into one, because that is what a page can be handed.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

MODULES = (
    "dom",
    "stages",
    "pace",
    "lens",
    "words",
    "shapes",
    "theme",
    "records",
    "stream",
    "feed",
    "roster",
    "range",
    "classifier",
    "sprites",
    "styles",
    "raster",
    "scene",
    "axes",
    "timeline",
    "numbers",
    "panel",
    "images",
    "hover",
    "keyboard",
    "legend",
    "transport",
    "player",
    "component",
)
"""In an order in which each uses only what stands before it when it is loaded."""


@cache
def bundle() -> str:
    """Return the player as one JavaScript module; its default export is a Streamlit component.

    The default export also carries `mount(element, data, ways)` for pages without Streamlit.
    """
    return "\n".join(_without_links((FOLDER / f"{name}.js").read_text("utf-8")) for name in MODULES)


def _without_links(source: str) -> str:
    source = re.sub(r'^import \{[^}]*\} from "[^"]*";\n', "", source, flags=re.MULTILINE)
    return re.sub(r"^export (?!default )", "", source, flags=re.MULTILINE)


@cache
def stylesheet() -> str:
    """Return the player's CSS; every class begins with `ammix-`."""
    return (FOLDER / "player.css").read_text("utf-8")
