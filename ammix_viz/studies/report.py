"""A study as one stand-alone HTML page."""

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import isnan
from typing import Any

import plotly.graph_objects as go

from ammix_viz.metrics.table import METRICS, RANKED, SCALARS
from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import summarize, wins
from ammix_viz.settings.rules import text_of
from ammix_viz.studies.exports import as_json, as_table
from ammix_viz.studies.results import (
    RESULTS,
    Judged,
    PartResults,
    Results,
    with_published,
)
from ammix_viz.studies.study import Study, Table
from ammix_viz.studies.study_figures import bar_figures, panel_rows, row_figure
from ammix_viz.studies.verdicts import RULE

DISPLAYED = 0
"""Index of the seed that the panels display."""

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#222}
h1{font-size:1.6rem;margin-bottom:.3rem}h2{font-size:1.15rem;margin-top:2.2rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.6rem 0}
th,td{padding:.35rem .7rem;border-bottom:1px solid #ddd;text-align:right;vertical-align:top}
th:first-child,td:first-child,td.text,th.text{text-align:left}td{white-space:nowrap}td.text{white-space:normal}
.verdict{font-weight:600;white-space:nowrap}small,.quiet{color:#666}
pre{background:#f5f5f5;padding:.8rem;overflow:auto;border-radius:6px}.wide{overflow-x:auto}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:8px}
"""
CONFIG = {"displaylogo": False, "toImageButtonOptions": {"format": "svg"}, "responsive": True}


def report(results: Results, manifest: dict[str, Any]) -> str:
    """Return the page, with its figures; it needs no network."""
    study, seeds = results.study, results.seeds
    parts = [
        f"<h1>{escape(study.title)}</h1>",
        f"<p><strong>{escape(study.change_note)}</strong></p>" if study.changed else "",
        f"<p>{escape(study.about)}</p>",
        f"<p class=quiet>{seeds} {'seed' if seeds == 1 else 'seeds'}; mean ± standard deviation "
        "(n − 1). The camera button of a figure saves it as SVG.</p>",
        "<h2>The paper's claims, tested on these runs</h2>" + claims_table(results.claims),
        f"<p class=quiet>{escape(RULE)}</p>",
        _also_measured(results),
        "".join(f"<h2>{escape(t.title)}</h2>{paper_table(t, results)}" for t in study.tables),
        _failures(results),
        f"<h2>Features and confidence, seed {study.seeds(seeds)[DISPLAYED]}</h2>",
        _panels(results),
        "".join(_numbers(study, found) for found in results.found),
        f"<p><strong>Published.</strong> {escape(study.published)}</p>",
        "<h2>Differences from the paper</h2>" + _list(study.deviations),
        f"<h2>Settings and versions</h2><pre>{escape(json.dumps(manifest, indent=2))}</pre>",
    ]
    head = f"<meta charset=utf-8><title>{escape(study.title)}</title><style>{STYLE}</style>"
    view = "<meta name=viewport content='width=device-width,initial-scale=1'>"
    body = "".join(parts)
    return f"<!doctype html><html lang=en><head>{view}{head}</head><body>{body}</body></html>"


def _panels(results: Results) -> str:
    """Return every row of panels, first with separate axes, then with shared axes."""
    rows, figures = panel_rows(results, DISPLAYED), []
    for number, row in enumerate(rows):
        figures.append(f"<h3>{escape(row.title)}</h3>" if row.title else "")
        circle = bool(row.panels) and row.panels[0].on_circle
        if not circle:
            figures.append("<p class=quiet>Axes: per panel.</p>")
        figures.append(_figure(row_figure(row, same_scale=False), first=number == 0))
        if row.panels and not circle:
            figures.append("<p class=quiet>Axes: shared by all panels.</p>")
            figures.append(_figure(row_figure(row, same_scale=True)))
    return "".join(figures)


def _numbers(study: Study, found: PartResults) -> str:
    title = f", {escape(found.part.title)}" if found.part.title else ""
    views = [view for view in found.part.views if view] + [""]
    tables = "".join(_metrics_table(found, view + s) for view in views for s in ("train", "test"))
    charts = _grid(_figure(figure) for figure in bar_figures(study, found))
    return f"<h2>Accuracy and distances{title}</h2>{charts}<h2>All metrics{title}</h2>{tables}"


CONTENTS: dict[str, Callable[[Results, dict[str, Any]], str]] = {
    "report.html": report,
    RESULTS: lambda results, manifest: json.dumps(as_json(results), indent=1),
    "results.csv": lambda results, manifest: as_table(results).to_csv(index=False),
    "manifest.json": lambda results, manifest: json.dumps(manifest, indent=2),
}
"""The content of each file of a study."""


def files(results: Results, manifest: dict[str, Any]) -> dict[str, str]:
    """Return the content of each file of a study by its name."""
    return {name: content(results, manifest) for name, content in CONTENTS.items()}


def claims_table(judged: Sequence[Judged]) -> str:
    """Return claims with their verdicts, as an HTML table."""
    rows = [
        (
            _text(each.claim.sentence),
            _text(each.claim.published),
            f"<td>{escape(each.claim.value_text(each.verdict.value))}</td>",
            f"<td class=text><span class=verdict>{each.verdict.word}</span><br>"
            f"<small>{escape(each.verdict.reason)}</small></td>",
        )
        for each in judged
    ]
    return _table(("Claim", "Published", "Here", "Verdict"), rows)


def _also_measured(results: Results) -> str:
    if not results.also_measured:
        return ""
    return "<h2>Also measured; not in the paper</h2>" + claims_table(results.also_measured)


def _text(words: str) -> str:
    return f"<td class=text>{escape(words)}</td>"


def paper_table(table: Table, results: Results) -> str:
    """Return a table of the paper with our numbers, as HTML."""
    rows = [
        [
            _text(results.found[table.part].part.rows[name].title),
            *(f"<td>{ours}{_published(table, theirs)}</td>" for ours, theirs in row),
        ]
        for name, row in with_published(table, results).items()
    ]
    return _table(("", *table.columns), rows)


def _published(table: Table, value: float) -> str:
    return "" if isnan(value) else f"<br><small>{table.source} {text_of(value)}</small>"


def _metrics_table(found: PartResults, split: str) -> str:
    words = "Training samples" if split.endswith("train") else "Test samples"
    words += ", coarse classes" if split.startswith(COARSE) else ""
    head = [words, *(METRICS[name].title for name in SCALARS)]
    best = {n: wins(found.ends, f"{split}.{n}", METRICS[n].better) for n in RANKED}
    rows = []
    for method in found.ends:
        cells = [_text(found.part.rows[method].title)]
        for name in SCALARS:
            value = str(summarize(found.values(f"{split}.{name}")[method]))
            if name in best:
                wins_of, seeds = best[name]
                value += f"<br><small>best in {wins_of[method]} of {seeds}</small>"
            cells.append(f"<td>{value}</td>")
        rows.append(cells)
    return _table(head, rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f"<th{TEXT.get(title, '')}>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f"<div class=wide><table><tr>{top}</tr>{body}</table></div>"


TEXT = {"Published": " class=text", "Verdict": " class=text"}


def _failures(results: Results) -> str:
    return f"<h2>Failed runs</h2>{_list(results.failures)}" if results.failures else ""


def _list(sentences: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"


def _grid(parts: Iterable[str]) -> str:
    return "<div class=grid>" + "".join(f"<div>{part}</div>" for part in parts) + "</div>"


def _figure(figure: go.Figure | None, first: bool = False) -> str:
    if figure is None:
        return "<p>No run has finished.</p>"
    return figure.to_html(full_html=False, include_plotlyjs=first, config=CONFIG)
