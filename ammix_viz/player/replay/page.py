"""One HTML file that plays runs: component, styles and runs in it, and no request to anywhere."""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shlex import quote
from typing import Any

from ammix_viz.player.replay.contents import Contents

MARK = '<meta name="generator" content="ammix_viz'
"""What is near the beginning of every replay."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'sha256-{digest}'",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "media-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)
"""The browser refuses every request, and every script but the page's."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
{mark}{version}">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
<script type="module">{script}</script>
</head>
<body>
<main class="ammix-page">
{heading}<div id="ammix-place"><noscript>This file needs JavaScript to play.</noscript></div>
<footer>
{about}<details id="ammix-made"><summary>How this file was made</summary><div>{made}</div></details>
</footer>
</main>
<script type="application/json" id="ammix-content">{content}</script>
</body>
</html>
"""


def replay_page(contents: Contents, archive: Mapping[str, Any], day: date) -> str:
    """Return the page that plays what it carries.

    Parameters
    ----------
    contents : Contents
        What it displays.
    archive : mapping
        Its runs, as `archive_of` returns them.
    day : date
        The day on which it is made.
    """
    script = _inside_script(contents.script)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    heading = f"<h1>{escape(contents.title)}</h1>\n" if contents.heading else ""
    return PAGE.format(
        mark=MARK,
        version=f" {_version()}".rstrip(),
        policy=POLICY.format(digest=digest),
        title=escape(contents.title),
        style=contents.style + _page_style(),
        heading=heading,
        about=f"<p>{escape(contents.settings)}</p>\n" if contents.settings else "",
        made=_made(contents, len(archive["runs"]), day),
        content=_as_text({"data": contents.data, "archive": archive}),
        script=script,
    )


def _made(contents: Contents, runs: int, day: date) -> str:
    program = f"ammix_viz {_version()}".rstrip()
    command = f"python -m ammix_viz export {quote(contents.link)} --out replay.html"
    many = f"{runs} training runs" if runs != 1 else "one training run"
    return (
        f"<p>Saved on {day:%Y-%m-%d} with {escape(program)}. All pictures and numbers are of "
        f"{many}, which this file contains; it sends no request to anywhere. Features are rounded "
        "to one part in 4,095 of their range, all other numbers are as they were recorded. This "
        f"command trains the same runs and writes the same file:</p><pre>{escape(command)}</pre>"
    )


def _as_text(content: object) -> str:
    """Return JSON that does not end the script element that it is in."""
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")


def _inside_script(source: str) -> str:
    """Return JavaScript in whose texts nothing ends or comments out its script element."""
    return source.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _page_style() -> str:
    return (Path(__file__).parent / "page.css").read_text("utf-8")


def _version() -> str:
    try:
        return version("ammix_viz")
    except PackageNotFoundError:
        return ""
