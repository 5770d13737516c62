"""A study as one stand-alone HTML page, and the other files of a study."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

from ammix_viz.figures.panels import Panel, class_label, panels, reach_of
from ammix_viz.figures.picture import KINDS, picture
from ammix_viz.figures.styles import SYMBOLS, mark_of
from ammix_viz.figures.titles import most_lines
from ammix_viz.metrics.table import METRICS, RANKED, SCALARS
from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import summarize, wins
from ammix_viz.studies.exports import as_json, as_table
from ammix_viz.studies.html import (
    agreement_html,
    bullets,
    claims_table,
    claims_tables,
    compared,
    grid,
    image,
    measured,
    page,
    table,
)
from ammix_viz.studies.results import RESULTS, PartResults, Results
from ammix_viz.studies.study import Study
from ammix_viz.studies.study_figures import PanelRow, bar_figures, figure_files, panel_rows
from ammix_viz.studies.summary import Summary, full_title, summarise
from ammix_viz.studies.summary_text import conditions
from ammix_viz.studies.verdicts import RULE

DISPLAYED = 0
"""Index of the seed that the panels display."""


def report(results: Results, manifest: dict[str, Any]) -> str:
    """Return the page, with its figures; it needs no network."""
    study = results.study
    parts = [
        f"<h1>{escape(full_title(study))}</h1><p>{escape(study.about)}</p>",
        *sections(results, DISPLAYED),
        *map(_metrics_html, results.found),
        f"<h2>The command</h2><pre>{escape(manifest['command'])}</pre>",
        "<details><summary>Settings, versions and machine</summary>"
        f"<pre>{escape(json.dumps(manifest, indent=2))}</pre></details>",
    ]
    return page(full_title(study), "".join(parts))


def sections(results: Results, displayed: int) -> Iterator[str]:
    """Yield the sections of a report in HTML; the page of the app has them too.

    `displayed` is the index of the seed that the panels display.
    """
    found = summarise(results)
    yield _conditions(found)
    if found["agreement"]:
        yield agreement_html(found["agreement"])
    if rows := panel_rows(results, displayed):
        heading = f"<h2>Features and confidence, seed {found['seeds'][displayed]}</h2>"
        yield heading + "".join(map(_all_panels, rows))
    for each in found["tables"]:
        yield f"<h2>{escape(each['title'])}</h2>{compared(each)}"
    for part, numbers in zip(results.found, found["measured"], strict=False):
        yield _charts(results.study, part, numbers)
    if found["claims"]:
        yield claims_html(found)
    yield "<h2>Differences from the paper</h2>" + bullets(found["deviations"])


def _conditions(found: Summary) -> str:
    """Return data, settings and seeds, what is missing, and what failed, as HTML."""
    parts = [
        f"<p class=quiet>{escape(conditions(found))} Numbers are mean ± standard deviation "
        "(n − 1).</p>",
        f"<h3>Not trained</h3>{bullets(found['missing'])}" if found["missing"] else "",
        f"<h3>Failed runs</h3>{bullets(found['failures'])}" if found["failures"] else "",
    ]
    return "".join(parts)


def claims_html(found: Summary) -> str:
    """Return the claims of the paper with the rule, and apart from them what else was measured."""
    published, extra = found["published"], found["also_measured"]
    parts = [
        f"<h2>The paper's claims, tested on these runs</h2><p class=quiet>{escape(RULE)}</p>",
        claims_tables(found),
        f"<p><b>Published.</b> {escape(published)}</p>" if published else "",
        f"<h2>Also measured; not in the paper</h2>{claims_table(extra)}" if extra else "",
    ]
    return "".join(parts)


def panels_of(results: Results, displayed: int) -> str:
    """Return the panels that the paper has, in HTML."""
    return "".join(map(_paper_panels, panel_rows(results, displayed)))


def _paper_panels(row: PanelRow) -> str:
    title = f"<h3>{escape(row.title)}</h3>" if row.title else ""
    if not row.panels:
        return f"{title}<p>No run of this seed has ended.</p>"
    return f"{title}{_keys(row)}{_images(row.in_paper)}"


def _all_panels(row: PanelRow) -> str:
    """Return the panels of the paper, then those of all rows with shared axes."""
    if row.on_circle or not row.panels:
        return _paper_panels(row)
    which = "The same" if row.in_paper == row.panels else "All methods"
    note = f"<p class=quiet>{which}, with shared axes:</p>"
    return _paper_panels(row) + note + _images(row.panels, reach_of(row.panels))


def _images(made: Sequence[Panel], reach: float | None = None) -> str:
    lines = most_lines(panel.title for panel in made)
    images = (
        image(panels([panel], (), reach, lines), f"{panel.title}: features".replace("\n", ", "))
        for panel in made
    )
    return grid(images, "panels")


def _keys(row: PanelRow) -> str:
    """Return the legend: the classes, and what light and dark mean."""
    first, words = row.panels[0], []
    for label, name in enumerate(row.names):
        colour, symbol = mark_of(label, first.first_mark)
        sign = f"<span style='color:{colour};font-size:1.15em'>{SYMBOLS[symbol][1]}</span>"
        words.append(f"<span>{sign} {escape(class_label(first, label, name))}</span>")
    if not row.on_circle:
        lowest = f"{1 / len(row.names):.2g}"
        words.append(f"<span>confidence {lowest} <span class=ramp></span> 1</span>")
    return f"<div class=keys>{''.join(words)}</div>"


def _charts(study: Study, found: PartResults, numbers: Summary) -> str:
    """Return the bar charts of a part, and their numbers where the paper has no table."""
    title = f", {escape(found.part.title)}" if found.part.title else ""
    charts = bar_figures(study, found)
    if not charts:
        return f"<h2>Accuracy and distances{title}</h2><p>No run has ended.</p>"
    return (
        f"<h2>Accuracy and distances{title}</h2>"
        "<p class=quiet>Bars: mean and standard deviation over the seeds. Each dot is one seed.</p>"
        + grid((image(figure, f"Bars: {name}") for name, figure in charts.items()), "charts")
        + (measured(numbers) if numbers["columns"] else "")
    )


def _metrics_html(found: PartResults) -> str:
    title = f", {escape(found.part.title)}" if found.part.title else ""
    views = [view for view in found.part.views if view] + [""]
    tables = "".join(_metrics_table(found, view + s) for view in views for s in ("train", "test"))
    return f"<details><summary>All metrics{title}</summary>{tables}</details>"


def _metrics_table(found: PartResults, split: str) -> str:
    words = "Training samples" if split.endswith("train") else "Test samples"
    words += ", coarse classes" if split.startswith(COARSE) else ""
    best = {n: wins(found.ends, f"{split}.{n}", METRICS[n].better) for n in RANKED}
    rows = []
    for name, title in found.part.titles.items():
        fields = [escape(title)]
        for metric in SCALARS:
            value = str(summarize(found.values(f"{split}.{metric}")[name]))
            if metric in best:
                wins_of, seeds = best[metric]
                value += f"<br><small class=quiet>best in {wins_of[name]} of {seeds}</small>"
            fields.append(value)
        rows.append(fields)
    return table(["", *(METRICS[name].title for name in SCALARS)], rows, words)


def figures_zip(results: Results, manifest: dict[str, Any]) -> bytes:
    """Return every figure as SVG, PDF and PNG, in one archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in _pictures(results):
            file.writestr(name, content)
    return archive.getvalue()


def _pictures(results: Results) -> Iterator[tuple[str, bytes]]:
    for name, figure in figure_files(results, DISPLAYED).items():
        for kind in KINDS:
            yield f"{name}.{kind}", picture(figure, kind)


Content = Callable[[Results, dict[str, Any]], str | bytes]

CONTENTS: dict[str, Content] = {
    "report.html": report,
    RESULTS: lambda results, manifest: json.dumps(as_json(results), indent=1),
    "results.csv": lambda results, manifest: as_table(results).to_csv(index=False),
    "manifest.json": lambda results, manifest: json.dumps(manifest, indent=2),
}
"""The content of each file of a study, apart from its figures."""


def files(results: Results, manifest: dict[str, Any]) -> dict[str, str | bytes]:
    """Return the content of each file of a study by its name; figures are in a folder."""
    contents = {name: content(results, manifest) for name, content in CONTENTS.items()}
    return contents | {f"figures/{name}": content for name, content in _pictures(results)}
