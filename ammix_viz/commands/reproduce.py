"""Reproduce a figure of the papers: runs over seeds, figures, claims, one report."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from ammix_viz.rules import RULES, check
from ammix_viz.studies.campaign import Progress, train_all
from ammix_viz.studies.output import prepare, write
from ammix_viz.studies.registry import STUDIES
from ammix_viz.studies.results import Results, as_json, gather, made_by
from ammix_viz.studies.study import in_order


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("figure", choices=STUDIES, help="which figure")
    parser.add_argument("--seeds", default=3, help=f"how many; {RULES['seeds']} (3)")
    parser.add_argument("--out", help="folder of the report (ammix_viz_FIGURE)")
    parser.add_argument("--json", action="store_true", help="print the results as one JSON object")


def run(chosen: argparse.Namespace) -> int:
    """Train what is not there yet, then write the report and print the claims."""
    from ammix_viz.studies.report import files  # loads Plotly

    study, begun = STUDIES[chosen.figure], time.monotonic()
    comparison = study.over(check("seeds", chosen.seeds))
    folder = Path(chosen.out or f"ammix_viz_{study.name}")
    prepare(folder, study.name)
    trained = follow(train_all(in_order(comparison.by_method)))
    results = gather(study, comparison.seeds)
    write(folder, files(results, made_by(results, time.monotonic() - begun, trained)))
    print(json.dumps(as_json(results)) if chosen.json else _in_words(results, folder))
    return 1 if any(results.failures.values()) else 0


def follow(progress: Iterator[Progress]) -> int:
    """Show a campaign's progress; return how many of its runs had to be trained."""
    before = None
    with tqdm(total=100, unit="%", disable=None, file=sys.stderr, bar_format=BAR) as bar:
        for now in progress:
            before = now.done if before is None else before
            bar.set_description(f"{now.done} of {now.total} runs", refresh=False)
            bar.update(100 * now.share - bar.n)
    return now.total - before


BAR = "{desc} |{bar}| {percentage:3.0f} % [{elapsed}, {remaining} left]"


def _in_words(results: Results, folder: Path) -> str:
    lines = [results.study.title, ""]
    for claim, verdict in zip(results.study.claims, results.verdicts, strict=True):
        lines.append(f"{verdict.word} ({verdict.held} of {verdict.seeds} seeds): {claim.sentence}")
        lines.append(f"    here {verdict.value}; published: {claim.published}")
    failed = [f"{name}: {why}" for name, own in results.failures.items() for why in own]
    return "\n".join([*lines, "", *failed, f"report in {folder / 'report.html'}"])
