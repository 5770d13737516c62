"""Reproduce a figure of the papers, or all: train runs, test claims, write reports.

FIGURE is one of those below, or all: every figure and table, one page and one text about them.
Runs that have ended are not trained again; after Ctrl-C the same command goes on.

--epochs, --lr, --beta and --methods give a quick version; its report lists the changes.

Example: python -m ammix_viz reproduce amm-fig3 --data digits --seeds 1 --epochs 5
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path

from ammix_viz.commands.parser import Parser
from ammix_viz.commands.progress import print_notes, train_missing
from ammix_viz.commands.reproduce_all import ALL, GO_ON, SEARCH_SEEDS, any_ended, run_all
from ammix_viz.commands.settings_flags import add_settings, given_settings
from ammix_viz.datasets.table import load_dataset
from ammix_viz.settings.rules import Choice, checked, text_of
from ammix_viz.settings.table import RULES, check
from ammix_viz.settings.unread import unread
from ammix_viz.studies.exports import as_json
from ammix_viz.studies.output import folder_name, prepare, write
from ammix_viz.studies.quick_look import CHANGEABLE, quick_look
from ammix_viz.studies.results import (
    Judged,
    Results,
    read_results,
    results_manifest,
    with_published,
)
from ammix_viz.studies.study import Study, Table
from ammix_viz.studies.summary import missing
from ammix_viz.studies.table import STUDIES, study_of


def arguments(parser: Parser) -> None:
    """Add the flags."""
    add = parser.add_argument
    add("figure", metavar="FIGURE", help=f"{ALL}, or {Choice(tuple(STUDIES))}")
    allowed = "; ".join(f"{name}: {' or '.join(entry.data)}" for name, entry in STUDIES.items())
    about = f"data set; {allowed} (default: the first, the paper's; {ALL}: the first that is there)"
    add("--data", metavar="NAME", help=about)
    add(
        "--seeds",
        default=3,
        metavar="VALUE",
        help=f"number of seeds; {RULES['seeds']}; with all, a search for settings has at most "
        f"{SEARCH_SEEDS} (default: 3)",
    )
    about = "some of the figure's methods, separated by commas (default: all)"
    add("--methods", default="", metavar="LIST", help=about)
    add_settings(parser, CHANGEABLE, default="as in the figure")
    about = "folder of the report (default: ammix_viz_FIGURE; a quick version gets another)"
    add("--out", metavar="FOLDER", help=about)
    about = "report what has ended; what is missing is named"
    add("--no-train", action="store_true", help=about)
    add("--json", action="store_true", help="print the results as one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Train missing runs, then write the report and print the claims."""
    if checked("figure", chosen.figure, Choice((ALL, *STUDIES))) == ALL:
        return run_all(chosen)
    from ammix_viz.studies.report import files  # loads Matplotlib

    begun, study, trained = time.monotonic(), _study(chosen), 0
    seeds = check("seeds", chosen.seeds)
    recipes = study.recipes(seeds)
    if chosen.no_train and not any_ended(recipes):
        raise ValueError(f"No run of {study.name} has ended; leave out --no-train to train them.")
    for part in study.parts if not chosen.no_train else ():
        load_dataset(part.shared)  # first, because it says if data is missing
    folder = Path(chosen.out or f"ammix_viz_{folder_name(study.name)}")
    prepare(folder, study.name)
    if not chosen.no_train:
        trained = train_missing(recipes, advice=GO_ON, in_order=bool(study.search))
    results = read_results(study, seeds)
    write(folder, files(results, results_manifest(results, time.monotonic() - begun, trained)))
    print(json.dumps(as_json(results)) if chosen.json else _as_text(results, folder))
    return 1 if results.failures else 0


def _study(chosen: argparse.Namespace) -> Study:
    methods = tuple(filter(None, chosen.methods.split(",")))
    settings = given_settings(chosen, CHANGEABLE)
    study = quick_look(study_of(chosen.figure, chosen.data), settings, methods)
    print_notes(unread(study.recipes(1), settings))
    return study


def _as_text(results: Results, folder: Path) -> str:
    lines = [results.study.title, *filter(None, [results.study.change_note]), ""]
    lines += _claims(results.claims)
    for title, judged in results.readings.items():
        lines += ["", f"Another reading of the paper, {title}", *_claims(judged)]
    if results.also_measured:
        lines += ["", "Also measured; not in the paper", *_claims(results.also_measured)]
    for table in results.study.tables:
        lines += ["", table.title]
        titles = results.found[table.part].part.titles
        for name, row in with_published(table, results).items():
            pairs = zip(table.columns, row, strict=True)
            cells = [f"{title} {ours}{_published(table, n)}" for title, (ours, n) in pairs]
            lines.append(f"    {titles[name]}: {'; '.join(cells)}")
    not_trained = [f"not trained: {each}" for each in missing(results)]
    return "\n".join(
        [*lines, "", *not_trained, *results.failures, f"report in {folder / 'report.html'}"]
    )


def _claims(judged: Sequence[Judged]) -> Iterator[str]:
    for each in judged:
        claim, verdict = each.claim, each.verdict
        yield f"{verdict.word}: {claim.sentence}"
        yield f"    {verdict.reason}"
        yield f"    here {claim.value_text(verdict.values)}"
        yield from [f"    published: {claim.published}"] if claim.source else []


def _published(table: Table, value: float) -> str:
    return "" if isnan(value) else f" ({table.source} {text_of(value)})"
