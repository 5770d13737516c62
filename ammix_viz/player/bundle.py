"""The player: runs side by side on canvases, animated by the browser.

`data` keeps what comes from the server, `canvas` paints it, `controls` is what people use and read.
The modules are joined into one, because that is what a page can be handed.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

MODULES = (
    "controls/dom",
    "display",
    "data/stages",
    "data/pace",
    "data/parts",
    "data/lens",
    "controls/words",
    "canvas/shapes",
    "canvas/theme",
    "data/moment",
    "data/mixed",
    "data/inputs",
    "data/records",
    "data/coding",
    "data/stream",
    "data/feed",
    "data/roster",
    "canvas/range",
    "canvas/classifier",
    "canvas/strokes",
    "canvas/beads",
    "canvas/features",
    "canvas/inputs",
    "canvas/margins",
    "canvas/mixing",
    "canvas/sprites",
    "canvas/styles",
    "canvas/raster",
    "canvas/scene",
    "canvas/axes",
    "canvas/scale_bar",
    "controls/timeline",
    "controls/numbers",
    "plot",
    "controls/captions",
    "panel",
    "controls/images",
    "controls/hold",
    "controls/hover",
    "controls/confidence",
    "controls/keyboard",
    "controls/switch",
    "controls/tools",
    "controls/legend",
    "controls/pair_filter",
    "controls/transport",
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
