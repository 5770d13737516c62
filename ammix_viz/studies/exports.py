"""Results as JSON and as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ammix_viz.metrics.table import METRICS, PER_CLASS, RANKED, SCALARS, SPLITS
from ammix_viz.runs import history
from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import summarize, wins
from ammix_viz.studies.results import VERSION, Judged, PartResults, Results, with_published
from ammix_viz.studies.study import Table
from ammix_viz.studies.verdicts import RULE


def as_json(results: Results) -> dict[str, Any]:
    """Return the results as `results.json` holds them."""
    study = results.study
    return {
        "version": VERSION,
        "study": study.name,
        "seeds": list(study.seeds(results.seeds)),
        "changed": dict(study.changed),
        "deviations": list(study.deviations),
        "published": study.published,
        "parts": [_of_part(found, results.seeds) for found in results.found],
        "tables": [_of_table(table, results) for table in study.tables],
        "rule": RULE,
        "claims": [_of_claim(each) for each in results.claims],
        "readings": {
            title: [_of_claim(each) for each in judged]
            for title, judged in results.readings.items()
        },
        "also_measured": [_of_claim(each) for each in results.also_measured],
    }


def _of_claim(judged: Judged) -> dict[str, Any]:
    claim, verdict = judged.claim, judged.verdict
    return {
        "claim": claim.sentence,
        "source": None if claim.source is None else asdict(claim.source),
        "rows": list(claim.rows),
        "verdict": verdict.word,
        "reason": verdict.reason,
        "held": verdict.held,
        "seeds": verdict.seeds,
        "failed": verdict.failed,
        "number": claim.number,
        "needed": claim.needed,
        "value": _finite(asdict(verdict.value)),
        "interval": verdict.interval,
    }


def _of_part(found: PartResults, seeds: int) -> dict[str, Any]:
    return {
        "title": found.part.title,
        "settings": found.part.settings(seeds),
        "rows": {name: _of_row(found, name) for name in found.ends},
        "best_in": {field: _best_in(found, field) for field in _ranked()},
    }


def _of_row(found: PartResults, row: str) -> dict[str, Any]:
    records = [record for record in found.ends[row] if record is not None]
    report: dict[str, Any] = {"title": found.part.rows[row].title, "ended": len(records)}
    report["failures"] = [why for why in found.failures[row] if why]
    report["keys"] = [recipe.key for recipe in found.recipes[row]]
    for prefix in ("", COARSE) if COARSE in found.part.views else ("",):
        for field in (f"{prefix}{split}.{name}" for split in SPLITS for name in SCALARS):
            values = [float(record[field]) for record in records]
            report[field] = _finite(asdict(summarize(values))) | {"values": values}
    for field in ("plane_share", *(f"{split}.{name}" for split in SPLITS for name in PER_CLASS)):
        report[field] = [record[field].tolist() for record in records]
    return report


def _of_table(table: Table, results: Results) -> dict[str, Any]:
    rows = {
        row: {
            title: _finite({"published": theirs, **asdict(ours)})
            for title, (ours, theirs) in zip(table.columns, values, strict=True)
        }
        for row, values in with_published(table, results).items()
    }
    return {"title": table.title, "source": table.source, "rows": rows}


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in values.items()}


def _ranked() -> list[str]:
    return [f"{split}.{name}" for split in SPLITS for name in RANKED]


def _best_in(found: PartResults, field: str) -> dict[str, Any]:
    best, seeds = wins(found.ends, field, METRICS[field.split(".")[1]].better)
    return {"seeds": seeds} | best


def as_table(results: Results) -> pd.DataFrame:
    """Return one line per part, row and seed: the last record of the run."""
    seeds = results.study.seeds(results.seeds)
    return pd.DataFrame([line for found in results.found for line in _lines(found, seeds)])


def _lines(found: PartResults, seeds: Sequence[int]) -> Iterator[dict[str, Any]]:
    for row, records in found.ends.items():
        for seed, record, recipe in zip(seeds, records, found.recipes[row], strict=True):
            line = {"part": found.part.title, "row": row, "seed": seed}
            line |= {"key": recipe.key, "ended": record is not None}
            yield line | (flatten(history.final(record)) if record is not None else {})


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """Return nested numbers as one dict with dotted names."""
    numbers: dict[str, float] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            numbers |= flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            numbers |= {f"{prefix}{name}.{k}": each for k, each in enumerate(value)}
        else:
            numbers[prefix + name] = value
    return numbers
