"""What a study found, as JSON: every page and text about it is written from this."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs.seed_stats import SeedStats, summarize
from ammix_viz.settings.comparison import Comparison
from ammix_viz.studies.agreement import agreement
from ammix_viz.studies.results import Judged, PartResults, Results, command, with_published
from ammix_viz.studies.study import Study, Table

Summary = Mapping[str, Any]

OF_A_RUN = ("data", "methods", "seed", "seeds", "displayed", "device")
"""Parameters of a URL query that are no settings of the training, or are said elsewhere."""


def summarise(results: Results) -> dict[str, Any]:
    """Return what a study found, with everything that is missing.

    Numbers that do not exist are None; a mean of no runs is None with `count` 0.
    """
    study = results.study
    rows = [records for found in results.found for records in found.ends.values()]
    ended = [record is not None for records in rows for record in records]
    return {
        "name": study.name,
        "title": full_title(study),
        "about": study.about,
        "change_note": study.change_note,
        "command": command(study, results.seeds),
        "stand_in": study.stand_in,
        "seeds": list(study.seeds(results.seeds)),
        "runs": {"total": len(ended), "ended": sum(ended), "failed": len(results.failures)},
        "missing": [] if study.search else missing(results),  # its table counts them
        "failures": [] if study.search else results.failures,
        "settings": _settings(results),
        "published": study.published,
        "deviations": list(study.deviations),
        "tables": [_of_table(table, results) for table in study.tables],
        "measured": [_measured(found, results) for found in results.found if study.bars],
        "agreement": _agreement(results, study.search) if study.search else None,
        "claims": [_of_claim(each) for each in results.claims],
        "readings": [
            {"title": title, "claims": [_of_claim(each) for each in judged]}
            for title, judged in results.readings.items()
        ],
        "also_measured": [_of_claim(each) for each in results.also_measured],
    }


def full_title(study: Study) -> str:
    """Return the title of a study, with its data if they are not the first that it can use."""
    return study.title + (f", on {DATASETS[study.stand_in].title}" if study.stand_in else "")


def not_run(study: Study, words: str, why: str) -> dict[str, Any]:
    """Return the summary of a study of which no run has ended."""
    reason = why or "None of its runs has ended."
    title = full_title(study)
    return {"name": study.name, "title": title, "command": words, "not_run": reason}


def missing(results: Results) -> list[str]:
    """Return which seeds of which rows have not been trained; failed runs are not among them."""
    seeds = results.study.seeds(results.seeds)
    left: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for found in results.found:
        for name, records in found.ends.items():
            runs = zip(seeds, records, found.failures[name], strict=True)
            of_row = tuple(seed for seed, record, why in runs if record is None and not why)
            left.setdefault((found.part.title, of_row), []).append(found.part.titles[name])
    return [
        f"{f'{part}, ' if part else ''}{seeds_text(of_rows)}: {'; '.join(names)}."
        for (part, of_rows), names in left.items()
        if of_rows
    ]


def seeds_text(seeds: Sequence[int]) -> str:
    """Return seeds as text: "seed 3", "seeds 0 to 3, 5"."""
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {ranges(seeds)}"


def ranges(numbers: Iterable[int]) -> str:
    """Return increasing whole numbers as text: "0 to 3, 5"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in spans)


def _settings(results: Results) -> str:
    """Return the settings that the parts share, then the others of each part."""
    titles = [DATASETS[found.part.shared.data].title for found in results.found]
    texts = [_setting_words(found) for found in results.found]
    common = [word for word in texts[0] if all(word in words for words in texts)]
    shared = f"{', '.join(dict.fromkeys(titles))}: {', '.join(common)}"
    if results.study.search:
        return f"{shared}; the rest is varied"
    rest = (", ".join(word for word in words if word not in common) for words in texts)
    names = (found.part.title or title for found, title in zip(results.found, titles, strict=True))
    apart = [f"{name}: {words}" for name, words in zip(names, rest, strict=True) if words]
    return "; ".join((shared, *apart))


def _setting_words(found: PartResults) -> list[str]:
    methods = tuple(dict.fromkeys(recipe.method for recipe in found.part.first.values()))
    query = Comparison(methods, found.part.shared).query()
    return [f"{name} {value}" for name, value in query.items() if name not in OF_A_RUN]


def _of_table(table: Table, results: Results) -> dict[str, Any]:
    titles = results.found[table.part].part.titles
    rows = {
        titles[name]: [_number(ours, theirs) for ours, theirs in row]
        for name, row in with_published(table, results).items()
    }
    return {
        "title": table.title,
        "source": table.source.rstrip(":"),
        "comparable": table.comparable,
        "columns": list(table.columns),
        "rows": rows,
    }


def _measured(found: PartResults, results: Results) -> dict[str, Any]:
    """Return the metrics of the bar charts that no table of the paper has, for one part."""
    place = results.found.index(found)
    printed = {
        title for table in results.study.tables if table.part == place for title in table.columns
    }
    bars = {title: field for field, title in results.study.bars.items() if title not in printed}
    columns = [found.values(field) for field in bars.values()]
    rows = {
        title: [_number(summarize(column[name])) for column in columns]
        for name, title in found.part.titles.items()
    }
    return {
        "title": found.part.title,
        "columns": list(bars),
        "samples": _samples(bars),
        "rows": rows,
    }


def _samples(bars: Mapping[str, str]) -> str:
    """Return on which samples metrics are measured, for those whose titles do not say it."""
    of = {
        split: [
            title
            for title, field in bars.items()
            if f"{split}." in field and "test" not in title.lower()
        ]
        for split in ("train", "test")
    }
    words = {"train": "training", "test": "test"}
    parts = [
        f"{' and '.join(names)}: {words[split]} samples" for split, names in of.items() if names
    ]
    return f"{'; '.join(parts)}." if parts else ""


def _agreement(results: Results, table: Table) -> dict[str, Any]:
    """Return how well each part gives the published order, those with the most seeds first."""
    parts = [agreement(found, table) for found in results.found]
    parts.sort(key=lambda part: (part.order.count, part.order.mean), reverse=True)
    titles = results.found[0].part.titles
    return {
        "metric": next(iter(table.columns)),
        "rows": list(titles.values()),
        "lowest": titles[parts[0].lowest],
        "parts": [
            {
                "title": part.title,
                "order": _number(part.order),
                "values": [_number(part.values[name]) for name in titles],
                "lowest_in": part.lowest_in,
                "complete": part.complete,
                "lowest_share": part.lowest_share if part.complete else None,
                "failed": part.failed,
                "missing": part.missing,
            }
            for part in parts
        ],
    }


def _of_claim(judged: Judged) -> dict[str, Any]:
    claim, verdict = judged.claim, judged.verdict
    return {
        "sentence": claim.sentence,
        "published": claim.published,
        "here": claim.value_text(verdict.values),
        "held": verdict.held,
        "seeds": verdict.seeds,
        "verdict": verdict.word,
        "reason": verdict.reason,
    }


def _number(ours: SeedStats, theirs: float = math.nan) -> dict[str, Any]:
    numbers = {"published": theirs, **asdict(ours)}
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()}
