"""Numbers and verdicts of a summary as words, for texts and pages."""

import math
from collections.abc import Sequence

from ammix_viz.runs.seed_stats import SeedStats, digits
from ammix_viz.studies.summary import Summary, seeds_text
from ammix_viz.studies.verdicts import WORDS


def ours(number: Summary) -> str:
    """Return our mean and deviation as text; a dash if no run has ended."""
    mean, std = (math.nan if number[name] is None else number[name] for name in ("mean", "std"))
    return str(SeedStats(mean, std, number["count"]))


def theirs(number: Summary) -> str:
    """Return the paper's number as text; a dash if it prints none."""
    value = number["published"]
    return "–" if value is None else digits(value, 6)


def compared_heads(heads: list[str], table: Summary) -> list[str]:
    """Return the headings of a paper's table, with one for the difference if it has a meaning."""
    return [*heads, *(["difference"] if table["comparable"] else [])]


def claim_groups(study: Summary) -> list[tuple[str, Sequence[Summary]]]:
    """Return the paper's claims, and those for each other reading of it, below their titles."""
    others = [
        (f"The paper's claims, {reading['title']}", reading["claims"])
        for reading in study["readings"]
    ]
    return [("The paper's claims", study["claims"]), *others]


def difference(number: Summary) -> str:
    """Return our mean minus the paper's number as text, with its sign; a dash if one is missing."""
    mean, published = number["mean"], number["published"]
    if mean is None or published is None:
        return "–"
    value = mean - published
    return ("+" if value > 0 else "−" if value < 0 else "") + digits(abs(value), 3)


def agreement_table(found: Summary) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of a search: every reading, and how well it gives the order."""
    heads = ["", "agreement, τ", *found["rows"], f"{found['lowest']} lowest"]
    heads += [f"{found['lowest']} lowest, seeds chosen independently"]
    rows = [
        [
            part["title"],
            ours(part["order"]),
            *map(ours, part["values"]),
            f"{part['lowest_in']} of {part['complete']}",
            "–" if part["lowest_share"] is None else f"{100 * part['lowest_share']:.0f} %",
            str(part["failed"]),
            str(part["missing"]),
        ]
        for part in found["parts"]
    ]
    return [*heads, "failed", "not trained"], rows


def judged(claim: Summary) -> str:
    """Return a verdict with its reason as text."""
    return ": ".join(filter(None, (claim["verdict"], claim["reason"])))


def counts(claims: Sequence[Summary]) -> str:
    """Return how many claims have each verdict: "holds: 5, reversed: 2"."""
    words = [claim["verdict"] for claim in claims]
    return ", ".join(f"{word}: {words.count(word)}" for word in WORDS if word in words)


def agreement_note(found: Summary) -> str:
    """Return what the columns of a search are, as a sentence."""
    return (
        f"Below each method: {found['metric'].lower()}. Settings with the most seeds come first, "
        "then those with the highest τ. A seed with a failed run is left out of τ."
    )


def conditions(study: Summary) -> str:
    """Return data, settings, seeds and the number of runs as text."""
    note = f"{study['change_note']} " if study["change_note"] else ""
    runs = f"{study['runs']['ended']} of {study['runs']['total']} runs have ended"
    return f"{note}{study['settings']}; {seeds_text(study['seeds'])}. {runs}."
