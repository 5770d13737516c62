"""Pieces of HTML: figures, tables and verdicts. Stand-alone pages and pages of the app use them."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from matplotlib.figure import Figure

from ammix_viz.figures.picture import KINDS, PAGE_DPI, picture
from ammix_viz.studies.summary import Summary
from ammix_viz.studies.summary_text import (
    agreement_note,
    agreement_table,
    claim_groups,
    compared_heads,
    difference,
    ours,
    theirs,
)

PIECES = """
.grid{display:grid;gap:8px;grid-template-columns:repeat(auto-fill,minmax(max(160px,23%),1fr))}
.grid.charts{grid-template-columns:repeat(auto-fill,minmax(max(230px,30%),1fr))}
.grid.tables{gap:0 2rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,350px),1fr))}
.grid img{width:100%;display:block;background:#fff;border-radius:4px}
.keys{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;align-items:center;margin:.5rem 0}
.ramp{display:inline-block;width:6rem;height:.8rem;border:1px solid #888;vertical-align:-.1rem;
background:linear-gradient(90deg,#8c8c8c,#c4c4c4,#fff)}
.wide{overflow-x:auto}.quiet{opacity:.72}
.study h2{font-size:1.25rem;margin:1.8rem 0 .4rem;padding:0}
.study h3{font-size:1.02rem;margin:1.2rem 0 .3rem;padding:0}
.study table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5rem 0;width:100%}
.study :is(th,td){padding:.3rem .55rem;border:0;border-bottom:1px solid #8886;text-align:right;
vertical-align:top;white-space:nowrap}
.study th{font-weight:600;white-space:normal}
.study caption{text-align:left;font-weight:600;padding:.3rem .55rem}
.study :is(th,td):first-child,.study .text{text-align:left;white-space:normal}
.study td.text{min-width:8rem}
.verdict{display:inline-block;padding:.05rem .5rem;border-radius:1rem;font-weight:600;
white-space:nowrap;background:#6b7280;color:#fff}
.verdict.holds{background:#0067a3}.verdict.does-not-hold{background:#f0b429;color:#1b1b1b}
.verdict.reversed{background:#a63c00}.verdict.not-tested{background:none;color:inherit;
box-shadow:inset 0 0 0 1px #888}
@media(max-width:640px){.study .claims :is(tr,td){display:block;border:0;padding:.1rem 0}
.study .claims tr{border-bottom:1px solid #8886;padding:.6rem 0}
.study .claims tr:has(th){display:none}
.study .claims td[data-label]::before{content:attr(data-label) ": ";opacity:.72}}
"""
"""Style of the pieces, for light and dark pages; tables and verdicts are inside a `.study`."""

PAGE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;
color:#222;background:#fff}
h1{font-size:1.6rem;line-height:1.25;margin-bottom:.3rem}a{color:inherit}
pre{background:#8882;padding:.8rem;overflow:auto;border-radius:6px}
summary{cursor:pointer;font-weight:600;margin:1rem 0}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}}
"""

SIGNS = {
    **{"holds": "✓", "does not hold": "✗", "reversed": "⇄"},
    **{"cannot be decided": "?", "not tested": "–"},
}
"""A sign for each verdict, so that it does not depend on colour."""


def page(title: str, body: str) -> str:
    """Return a stand-alone page, light or dark as the reader's device is."""
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{PAGE}{PIECES}</style>"
    view = "<meta name=viewport content='width=device-width,initial-scale=1'>"
    body = f"<body><div class=study>{body}</div></body>"
    return f"<!doctype html><html lang=en><head>{view}{head}</head>{body}</html>"


def image(figure: Figure, alternative: str) -> str:
    """Return a figure as an SVG image inside the page; `alternative` describes it in words."""
    data = base64.b64encode(picture(figure, dpi=PAGE_DPI)).decode()
    return f"<img src='data:{KINDS['svg']};base64,{data}' alt='{escape(alternative)}'>"


def grid(pieces: Iterable[str], kind: str) -> str:
    """Return pieces side by side, as many as there is space for; `kind` says how wide they are."""
    return f"<div class='grid {kind}'>{''.join(pieces)}</div>"


def table(heads: Sequence[str], rows: Iterable[Iterable[str]], caption: str = "") -> str:
    """Return a table from its headings and the fields of each row, in HTML."""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    top = "".join(f"<th>{escape(head)}</th>" for head in heads)
    body = "".join(f"<tr>{''.join(f'<td>{f}</td>' for f in fields)}</tr>" for fields in rows)
    return f"<div class=wide><table>{title}<tr>{top}</tr>{body}</table></div>"


def bullets(sentences: Iterable[str]) -> str:
    """Return a list of sentences."""
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"


def compared(found: Summary) -> str:
    """Return a table of a paper as one small table for each column: published, here, difference."""
    heads = compared_heads(["", found["source"], "here"], found)
    return grid(
        (
            table(heads, _compared_rows(found, place), title)
            for place, title in enumerate(found["columns"])
        ),
        "tables",
    )


def _compared_rows(found: Summary, place: int) -> Iterable[list[str]]:
    for title, numbers in found["rows"].items():
        number = numbers[place]
        fields = [escape(title), theirs(number), f"<b>{ours(number)}</b>"]
        yield fields + ([difference(number)] if found["comparable"] else [])


def measured(found: Summary) -> str:
    """Return a table of our means and deviations."""
    rows = ([escape(title), *map(ours, numbers)] for title, numbers in found["rows"].items())
    return table(["", *found["columns"]], rows) + f"<p class=quiet>{escape(found['samples'])}</p>"


def agreement_html(found: Summary) -> str:
    """Return a search: how well every reading gives the published order."""
    heads, rows = agreement_table(found)
    note = escape(agreement_note(found))
    start = f"<h2>Agreement with the published order</h2><p class=quiet>{note}</p>"
    return f"{start}{table(heads, (map(escape, row) for row in rows))}"


def claims_tables(found: Summary) -> str:
    """Return the paper's claims with their verdicts, and those for each other reading of it."""
    first, *readings = claim_groups(found)
    others = (f"<h3>{escape(title)}</h3>{claims_table(claims)}" for title, claims in readings)
    return claims_table(first[1]) + "".join(others)


def claims_table(claims: Sequence[Mapping[str, str]]) -> str:
    """Return claims with their verdicts as a table; on a phone they stand below each other."""
    labels = ["Published", "Here"] if any(claim["published"] for claim in claims) else ["Here"]
    top = "".join(f"<th class=text>{head}</th>" for head in ("Claim", *labels, "Verdict"))
    rows = "".join(f"<tr>{_claim(claim, labels)}</tr>" for claim in claims)
    return f"<div class=wide><table class=claims><tr>{top}</tr>{rows}</table></div>"


def _claim(claim: Mapping[str, str], labels: Sequence[str]) -> str:
    numbers = (
        f"<td class=text data-label={label}>{escape(claim[label.lower()])}</td>" for label in labels
    )
    verdict = f"{verdict_mark(claim['verdict'])}<br><small>{escape(claim['reason'])}</small>"
    sentence = escape(claim["sentence"])
    return f"<td class=text>{sentence}</td>{''.join(numbers)}<td class=text>{verdict}</td>"


def verdict_mark(word: str) -> str:
    """Return a verdict with its sign and colour."""
    return f"<span class='verdict {word.replace(' ', '-')}'>{SIGNS[word]} {word}</span>"
