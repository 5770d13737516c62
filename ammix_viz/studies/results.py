"""The results of a study: metrics over seeds, and verdicts on its claims."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from ammix_viz.methods.table import METHODS
from ammix_viz.metrics.table import METRICS, PER_CLASS, RANKED, SCALARS, SPLITS
from ammix_viz.runs import disk, history
from ammix_viz.runs.format import COARSE
from ammix_viz.runs.seed_stats import SeedStats, ends, summarize, wins
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.rules import text_of
from ammix_viz.studies.claims import Verdict, judge
from ammix_viz.studies.manifest import manifest
from ammix_viz.studies.study import Part, Study, Table

RESULTS = "results.json"
VERSION = 2
"""Version of `results.json`, increased when its layout changes."""


@dataclass(frozen=True)
class PartResults:
    """The results of one part of a study.

    Attributes
    ----------
    part : Part
        The part.
    comparison : Comparison
        Its comparison, with the number of seeds.
    ends : dict of str to list of (ndarray or None)
        The last record of each method's seeds, None where a run has not finished.
    failures : dict of str to list of str
        For each method, why some of its runs failed.
    """

    part: Part
    comparison: Comparison
    ends: Mapping[str, Sequence[np.void | None]]
    failures: Mapping[str, Sequence[str]]

    def values(self, field: str | Callable[[np.void], float]) -> dict[str, list[float]]:
        """Return {method: one value per finished seed}, of a field or a function of a record."""
        of = field if callable(field) else itemgetter(field)
        return {m: [float(of(r)) for r in last if r is not None] for m, last in self.ends.items()}


@dataclass(frozen=True)
class Results:
    """The results of a study.

    Attributes
    ----------
    study : Study
        The study.
    seeds : int
        Number of seeds.
    found : tuple of PartResults
        One per part.
    verdicts : tuple of Verdict
        One per claim.
    """

    study: Study
    seeds: int
    found: tuple[PartResults, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def failures(self) -> list[str]:
        """Why some runs failed, one sentence each."""
        return [
            f"{METHODS[name].title}: {why}"
            for found in self.found
            for name, reasons in found.failures.items()
            for why in reasons
        ]


def command(study: Study, seeds: int) -> str:
    """Return the command that writes a study's report."""
    data = {"data": study.stand_in} if study.stand_in else {}
    flags = {"seeds": seeds, **data, **study.changed}
    words = [f"--{name} {text_of(value)}" for name, value in flags.items()]
    return f"python -m ammix_viz reproduce {study.figure} {' '.join(words)}"


def results_manifest(results: Results, seconds: float, trained: int) -> dict[str, Any]:
    """Return the manifest of a study; `trained` of its runs took `seconds`."""
    study, seeds = results.study, results.seeds
    queries = [found.comparison.query() for found in results.found]
    settings = queries[0] if len(queries) == 1 else {"parts": queries}
    found = manifest(study.name, command(study, seeds), settings, seeds, seconds, trained)
    return found | {"changed": dict(study.changed)}


def read_results(study: Study, seeds: int) -> Results:
    """Read a study's runs from disk and judge its claims."""
    found = tuple(
        PartResults(part, comparison, ends(comparison.by_method), _failures(comparison))
        for part, comparison in zip(study.parts, study.over(seeds), strict=True)
    )
    verdicts = tuple(judge(claim, found[claim.part].ends) for claim in study.claims)
    return Results(study, seeds, found, verdicts)


def _failures(comparison: Comparison) -> dict[str, list[str]]:
    ended = {
        method: [disk.status(recipe.key) for recipe in recipes]
        for method, recipes in comparison.by_method.items()
    }
    return {
        method: [end.why for end in ends_ if end is not None and end.state != "ended"]
        for method, ends_ in ended.items()
    }


def as_json(results: Results) -> dict[str, Any]:
    """Return the results as `results.json` holds them."""
    study = results.study
    return {
        "version": VERSION,
        "study": study.name,
        "seeds": results.seeds,
        "changed": dict(study.changed),
        "deviations": list(study.deviations),
        "published": study.published,
        "parts": [_of_part(found) for found in results.found],
        "tables": [_of_table(table, results) for table in study.tables],
        "claims": [
            {"claim": claim.sentence, "published": claim.published, "verdict": verdict.word}
            | {"held": verdict.held, "seeds": verdict.seeds}
            | {"number": claim.number, "value": _finite(asdict(verdict.value))}
            for claim, verdict in zip(study.claims, results.verdicts, strict=True)
        ],
    }


def _of_part(found: PartResults) -> dict[str, Any]:
    return {
        "title": found.part.title,
        "settings": found.comparison.query(),
        "methods": {name: _of_method(found, name) for name in found.ends},
        "best_in": {field: _best_in(found, field) for field in _ranked()},
    }


def _of_method(found: PartResults, method: str) -> dict[str, Any]:
    records = [record for record in found.ends[method] if record is not None]
    report: dict[str, Any] = {"ended": len(records), "failures": list(found.failures[method])}
    report["keys"] = [recipe.key for recipe in found.comparison.by_method[method]]
    for prefix in ("", COARSE) if COARSE in found.part.views else ("",):
        for field in (f"{prefix}{split}.{name}" for split in SPLITS for name in SCALARS):
            values = [float(record[field]) for record in records]
            report[field] = _finite(asdict(summarize(values))) | {"values": values}
    for field in ("plane_share", *(f"{split}.{name}" for split in SPLITS for name in PER_CLASS)):
        report[field] = [record[field].tolist() for record in records]
    return report


def _of_table(table: Table, results: Results) -> dict[str, Any]:
    columns = {title: results.found[table.part].values(of) for title, of in table.columns.items()}
    rows = {
        method: {
            title: {"published": value, **_finite(asdict(summarize(columns[title][method])))}
            for title, value in zip(table.columns, published, strict=True)
        }
        for method, published in table.published.items()
    }
    return {"title": table.title, "methods": rows}


def with_published(table: Table, results: Results) -> dict[str, list[tuple[SeedStats, str]]]:
    """Return {method: [(our result, published number) for each column]} of a paper's table."""
    columns = [results.found[table.part].values(of) for of in table.columns.values()]
    return {
        METHODS[method].title: [
            (summarize(column[method]), text_of(value))
            for column, value in zip(columns, published, strict=True)
        ]
        for method, published in table.published.items()
    }


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in values.items()}


def _ranked() -> list[str]:
    return [f"{split}.{name}" for split in SPLITS for name in RANKED]


def _best_in(found: PartResults, field: str) -> dict[str, Any]:
    best, seeds = wins(found.ends, field, METRICS[field.split(".")[1]].better)
    return {"seeds": seeds} | best


def as_table(results: Results) -> pd.DataFrame:
    """Return one row per part, method and seed: the last record of the run."""
    return pd.DataFrame([row for found in results.found for row in _rows(found)])


def _rows(found: PartResults) -> Iterator[dict[str, Any]]:
    for method, records in found.ends.items():
        recipes = found.comparison.by_method[method]
        for seed, (record, recipe) in enumerate(zip(records, recipes, strict=True)):
            row = {"part": found.part.title, "method": method, "seed": seed}
            row |= {"key": recipe.key, "ended": record is not None}
            yield row | (flatten(history.final(record)) if record is not None else {})


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
