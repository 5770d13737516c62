"""Write what a link displays as one HTML file, which plays it without a server or a network.

LINK is the address of the live lab, of the page from coarse to fine or of a lesson, or only its
query. Runs that are not on disk are trained first.

Example: python -m ammix_viz export 'methods=ce,am_mixup&epochs=50' --out replay.html
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import anyio

from ammix_viz.commands.parser import Parser
from ammix_viz.commands.progress import print_notes, train_missing
from ammix_viz.datasets.folders import why_not_writable
from ammix_viz.datasets.table import dataset_problem
from ammix_viz.methods.table import METHODS
from ammix_viz.player.replay.contents import contents_of
from ammix_viz.player.replay.page import MARK
from ammix_viz.player.replay.replay import make_replay
from ammix_viz.runs import disk, verified
from ammix_viz.settings.links import read_link
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.output import write

HEAD_BYTES = 500
"""Bytes at the beginning of a replay that have its mark in them."""


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("link", metavar="LINK", help="what to write, such as lesson=margins")
    about = "the file, such as replay.html; another replay is replaced"
    parser.add_argument("--out", required=True, metavar="FILE", help=about)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Train the missing runs and write the file."""
    query, ignored = read_link(chosen.link)
    contents, corrected = contents_of(query)
    out = _checked_file(chosen.out)
    _check_data(contents.recipes)
    print_notes([*ignored, *corrected, *_damages(contents.recipes)])
    trained = train_missing(contents.recipes, advice="The same command goes on.")
    page = anyio.run(make_replay, contents).encode()
    print_notes(_failures(contents.recipes))
    write(out.parent, {out.name: page})
    keys = [recipe.key for recipe in contents.recipes]
    report = {"file": str(out), "bytes": len(page), "runs": keys, "trained": trained}
    if chosen.json:
        print(json.dumps(report))
    else:
        many = "1 run" if len(keys) == 1 else f"{len(keys)} runs"
        print(f"{out}: {many}, {len(page) / 1e6:.1f} MB")
    return 0


def _checked_file(text: str) -> Path:
    """Return the file to write.

    Raises
    ------
    ValueError
        If it cannot be written, or is something else than a replay.
    """
    out = Path(text).resolve()
    if out.is_dir() or not out.name:
        raise ValueError(f"--out is {text}; it must be a file, such as replay.html.")
    if why := why_not_writable(out.parent):
        raise ValueError(f"The file {out} cannot be written ({why}); choose another with --out.")
    if out.exists() and not _is_replay(out):
        raise ValueError(
            f"The file {out} is no replay. Nothing was overwritten; choose another with --out."
        )
    return out


def _is_replay(file: Path) -> bool:
    try:
        with file.open("rb") as content:
            head = content.read(HEAD_BYTES)
    except OSError:
        return False
    return not head or MARK.encode() in head


def _check_data(recipes: Sequence[Recipe]) -> None:
    """Check that the data are there; a method makes no difference to them."""
    for recipe in {(each.data, each.imbalance): each for each in recipes}.values():
        if why := dataset_problem(recipe):
            raise ValueError(why)


def _damages(recipes: Sequence[Recipe]) -> list[str]:
    found = filter(None, (verified.damage(recipe.key) for recipe in recipes))
    return [f"{why} It will be trained again." for why in found]


def _failures(recipes: Sequence[Recipe]) -> list[str]:
    ends = {METHODS[each.method].title: disk.status(each.key) for each in recipes}
    return [f"{method}: {end.why}" for method, end in ends.items() if end and end.why]
