"""Reproduce a figure of the papers: runs over seeds, figures, claims, one report."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tqdm import tqdm

from ammix_viz.datasets.table import load_dataset
from ammix_viz.settings.table import RULES, check
from ammix_viz.studies.output import prepare, write
from ammix_viz.studies.results import Results, as_json, beside, gather, made_by
from ammix_viz.studies.table import STUDIES, study_of
from ammix_viz.workers.batches import Progress, train_all


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("figure", choices=STUDIES, help="which figure")
    parser.add_argument("--data", help="mini_cifar or digits, for figures on images (mini_cifar)")
    parser.add_argument("--seeds", default=3, help=f"how many; {RULES['seeds']} (3)")
    parser.add_argument("--out", help="folder of the report (ammix_viz_FIGURE)")
    parser.add_argument("--json", action="store_true", help="print the results as one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Train what is not there yet, then write the report and print the claims."""
    from ammix_viz.studies.report import files  # loads Plotly

    study, begun = study_of(chosen.figure, chosen.data), time.monotonic()
    seeds = check("seeds", chosen.seeds)
    for part in study.parts:
        load_dataset(part.comparison.shared)  # before all else: it says what is missing
    folder = Path(chosen.out or f"ammix_viz_{study.name.replace(' ', '_')}")
    prepare(folder, study.name)
    trained = follow(train_all(study.recipes(seeds)))
    results = gather(study, seeds)
    write(folder, files(results, made_by(results, time.monotonic() - begun, trained)))
    print(json.dumps(as_json(results)) if chosen.json else _in_words(results, folder))
    return 1 if results.failures else 0


def follow(progress: Iterator[Progress]) -> int:
    """Show the progress of a batch; return how many of its runs had to be trained."""
    first = next(progress)
    with tqdm(total=100, unit="%", disable=None, file=sys.stderr, bar_format=BAR) as bar:
        for now in chain([first], progress):
            bar.set_description(f"{now.done} of {now.total} runs", refresh=False)
            bar.update(100 * now.share - bar.n)
    return now.total - first.done


BAR = "{desc} |{bar}| {percentage:3.0f} % [{elapsed}, {remaining} left]"


def _in_words(results: Results, folder: Path) -> str:
    lines = [results.study.title, ""]
    for claim, verdict in zip(results.study.claims, results.verdicts, strict=True):
        lines.append(f"{verdict.word} ({verdict.held} of {verdict.seeds} seeds): {claim.sentence}")
        lines.append(f"    here {verdict.value}; published: {claim.published}")
    for table in results.study.tables:
        lines += ["", table.title]
        for method, row in beside(table, results).items():
            pairs = zip(table.columns, row, strict=True)
            cells = [f"{title} {ours} ({table.source} {theirs})" for title, (ours, theirs) in pairs]
            lines.append(f"    {method}: {'; '.join(cells)}")
    return "\n".join([*lines, "", *results.failures, f"report in {folder / 'report.html'}"])
