"""All studies together: one file of results, and the text and the page written from it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ammix_viz.studies.html import (
    agreement_html,
    bullets,
    claims_tables,
    compared,
    measured,
    page,
    table,
)
from ammix_viz.studies.output import folder_name
from ammix_viz.studies.overview import HEADS, overview
from ammix_viz.studies.summary import Summary
from ammix_viz.studies.summary_text import (
    agreement_note,
    agreement_table,
    claim_groups,
    compared_heads,
    conditions,
    difference,
    judged,
    ours,
    theirs,
)
from ammix_viz.studies.verdicts import RULE

NAME = "all"
FILE = "reproduction.json"
VERSION = 2
"""Version of `reproduction.json`, increased when its layout changes."""

TITLE = "Do the papers' results reproduce?"
ABOUT = (
    "Every number here comes from runs trained by this program: mean ± standard deviation (n − 1) "
    "over seeds. “Published” are the papers' means; where a paper gives a spread, it is left out."
)


def reproduction(studies: Sequence[Summary], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that the text and the page are written from.

    Parameters
    ----------
    studies : sequence of dict
        A `summary.summarise` of each study; of a study without runs, only its `name`, `title` and
        `command`, and as `not_run` the reason.
    manifest : dict
        The command, the machine and the time.
    """
    return {
        "version": VERSION,
        "study": manifest["study"],
        "rule": RULE,
        "made_by": dict(manifest),
        "studies": [_once(study, studies[:place]) for place, study in enumerate(studies)],
    }


def _once(study: Summary, before: Sequence[Summary]) -> Summary:
    """Return a study without the results that one before it has too, for another figure of them."""
    shared = (
        "claims",
        "readings",
        "also_measured",
        "tables",
        "measured",
        "agreement",
        "deviations",
    )
    for other in before:
        if "runs" in study and all(study[name] == other.get(name) for name in shared):
            rest = {name: value for name, value in study.items() if name not in shared}
            return rest | {"same_as": other["title"]}
    return study


def machine(found: Summary) -> str:
    """Return the machine that wrote the page, and what it trained, in two sentences."""
    made_by = found["made_by"]
    here = made_by["machine"]
    words = [here["processor"], f"{here['cores']} cores", *here["accelerators"]]
    trained, minutes = made_by["runs_trained"], made_by["wall_seconds"] / 60
    time = f"{trained} runs were trained for it in {minutes:.0f} min."
    written = f"The page was written on: {', '.join(filter(None, words))}."
    return f"{written} {time if trained else 'No run was trained for it.'}"


def as_markdown(found: Summary) -> str:
    """Return the text of `docs/reproduction.md`."""
    made_by = found["made_by"]
    lines = [
        f"<!-- Written by `{made_by['command']}` from {FILE} beside it. Do not edit. -->",
        f"# {TITLE}",
        f"{ABOUT} {machine(found)}",
        f"{found['rule']}",
        "## Verdicts",
        _rows(HEADS, overview(found["studies"])),
    ]
    for study in found["studies"]:
        lines += [f"## {study['title']}", *_study(study)]
    return "\n\n".join(lines) + "\n"


def _study(study: Summary) -> Iterator[str]:
    if "not_run" in study:
        yield f"Not run: {study['not_run']}\n\n```bash\n{study['command']}\n```"
        return
    yield study["about"]
    yield conditions(study)
    if study["missing"]:
        yield "Not trained:\n\n" + _bullets(study["missing"])
    if study["failures"]:
        yield "Failed runs:\n\n" + _bullets(study["failures"])
    if "same_as" in study:
        yield f"Claims and tables: as for “{study['same_as']}”."
    else:
        yield from _results(study)
    yield f"```bash\n{study['command']}\n```"


def _results(study: Summary) -> Iterator[str]:
    if study["agreement"]:
        yield "**Agreement with the published order**"
        yield agreement_note(study["agreement"])
        yield _rows(*agreement_table(study["agreement"]))
    for each in study["tables"]:
        yield f"**{each['title']}**"
        yield _rows(compared_heads(["", "", each["source"], "here"], each), _compared(each))
    for part in study["measured"]:
        if part["columns"]:
            rows = ([title, *map(ours, numbers)] for title, numbers in part["rows"].items())
            yield f"**Measured{', ' * bool(part['title'])}{part['title']}**"
            yield _rows(["", *part["columns"]], rows)
            yield from [part["samples"]] if part["samples"] else []
    for title, claims in claim_groups(study) if study["claims"] else ():
        yield f"**{title}**"
        yield _rows(["claim", "published", "here", "verdict"], map(_claim, claims))
    if study["also_measured"]:
        yield "**Also measured; not in the paper**"
        rows = ([words for place, words in enumerate(_claim(c)) if place != 1]
                for c in study["also_measured"])  # fmt: skip
        yield _rows(["statement", "here", "verdict"], rows)
    yield "**Differences from the paper**\n\n" + _bullets(study["deviations"])


def _compared(table: Summary) -> Iterator[list[str]]:
    for place, column in enumerate(table["columns"]):
        for title, numbers in table["rows"].items():
            number = numbers[place]
            gap = [difference(number)] if table["comparable"] else []
            yield [column, title, theirs(number), ours(number), *gap]


def _claim(claim: Mapping[str, str]) -> list[str]:
    return [claim["sentence"], claim["published"], claim["here"], judged(claim)]


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _rows(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = (heads, ["---"] * len(heads), *rows)
    return "\n".join(f"| {' | '.join(each.replace('|', '/') for each in line)} |" for line in lines)


def as_page(found: Summary, pictures: Mapping[str, str]) -> str:
    """Return one page of all studies; `pictures` are their panels in HTML, by the study's name."""
    counted = (map(escape, row) for row in overview(found["studies"]))
    parts = [
        f"<h1>{TITLE}</h1><p>{escape(ABOUT)} {escape(machine(found))}</p>",
        table(HEADS, counted),
        f"<h2>The papers' claims</h2><p class=quiet>{escape(found['rule'])}</p>",
        *map(_claims_of, found["studies"]),
        *(_section(study, pictures) for study in found["studies"]),
        f"<h2>The command</h2><pre>{escape(found['made_by']['command'])}</pre>",
    ]
    return page(TITLE, "".join(parts))


def files(found: Summary, pictures: Mapping[str, str]) -> dict[str, str]:
    """Return the content of each file about all studies by its name."""
    return {
        "index.html": as_page(found, pictures),
        "reproduction.md": as_markdown(found),
        FILE: json.dumps(found, indent=1, ensure_ascii=False) + "\n",
    }


def _claims_of(study: Summary) -> str:
    """Return the claims of a study, below its title."""
    link = f"<a href='#{folder_name(study['name'])}'>{escape(study['title'])}</a>"
    if "same_as" not in study and not study.get("claims", True):
        return ""
    return f"<h3>{link}</h3>{_not_here(study) or claims_tables(study)}"


def _not_here(study: Summary) -> str:
    """Return why a study has no results here; "" if it has."""
    if "not_run" in study:
        return f"<p>Not run: {escape(study['not_run'])}</p><pre>{escape(study['command'])}</pre>"
    if "same_as" in study:
        return f"<p>Claims and tables: as for “{escape(study['same_as'])}”.</p>"
    return ""


def _section(study: Summary, pictures: Mapping[str, str]) -> str:
    folder = folder_name(study["name"])
    title = f"<h2 id={folder}>{escape(study['title'])}</h2>"
    if "not_run" in study:
        return title + _not_here(study)
    report = f"<a href='{folder}/report.html'>Full report</a>"
    parts = [
        title,
        f"<p>{escape(study['about'])}</p><p>{escape(conditions(study))} {report}</p>",
        f"<h3>Not trained</h3>{bullets(study['missing'])}" if study["missing"] else "",
        f"<h3>Failed runs</h3>{bullets(study['failures'])}" if study["failures"] else "",
        pictures[study["name"]],
        _not_here(study) or _tables(study),
    ]
    return "".join(parts)


def _tables(study: Summary) -> str:
    tables = (f"<h3>{escape(each['title'])}</h3>{compared(each)}" for each in study["tables"])
    parts = (
        f"<h3>{' '.join(filter(None, ('Measured,', escape(part['title'])))).rstrip(',')}</h3>"
        + measured(part)
        for part in study["measured"]
        if part["columns"]
    )
    search = agreement_html(study["agreement"]) if study["agreement"] else ""
    return "".join((search, *tables, *parts))
