"""The results of a study: the last records of its runs, and verdicts on its claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ammix_viz.runs import verified
from ammix_viz.runs.seed_stats import SeedStats, ends, summarize
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import text_of
from ammix_viz.studies.claims import Claim, Metric, reading
from ammix_viz.studies.manifest import manifest
from ammix_viz.studies.study import Part, Study, Table
from ammix_viz.studies.verdicts import Verdict, judge

RESULTS = "results.json"
VERSION = 4
"""Version of `results.json`, increased when its layout changes."""


@dataclass(frozen=True)
class PartResults:
    """The results of one part of a study.

    Attributes
    ----------
    part : Part
        The part.
    recipes : dict of str to tuple of Recipe
        The recipe of each seed, for each row.
    ends : dict of str to list of (ndarray or None)
        The last record of each seed's run, None where it has not ended, for each row.
    failures : dict of str to list of str
        Why each seed's run failed, "" where it did not, for each row.
    """

    part: Part
    recipes: Mapping[str, tuple[Recipe, ...]]
    ends: Mapping[str, Sequence[np.void | None]]
    failures: Mapping[str, Sequence[str]]

    def values(self, metric: Metric) -> dict[str, list[float]]:
        """Return {row: one value per finished seed}, of a field or a function of a record."""
        of = reading(metric)
        return {n: [float(of(r)) for r in last if r is not None] for n, last in self.ends.items()}


@dataclass(frozen=True)
class Judged:
    """A claim and the verdict on it."""

    claim: Claim
    verdict: Verdict


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
    claims : tuple of Judged
        The paper's claims, with verdicts.
    readings : dict of str to tuple of Judged
        The claims for each other reading of the paper, with verdicts.
    also_measured : tuple of Judged
        Statements of ours, with verdicts.
    """

    study: Study
    seeds: int
    found: tuple[PartResults, ...]
    claims: tuple[Judged, ...]
    readings: Mapping[str, tuple[Judged, ...]]
    also_measured: tuple[Judged, ...]

    @property
    def failures(self) -> list[str]:
        """Why some runs failed, one sentence each."""
        return [
            f"{found.part.rows[name].title}, seed {seed}: {why}"
            for found in self.found
            for name, reasons in found.failures.items()
            for seed, why in zip(self.study.seeds(self.seeds), reasons, strict=True)
            if why
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
    settings = [part.settings(seeds) for part in study.parts]
    found = manifest(
        study.name,
        command(study, seeds),
        settings[0] if len(settings) == 1 else {"parts": settings},
        study.seeds(seeds),
        seconds,
        trained,
    )
    return found | {"changed": dict(study.changed)}


def read_results(study: Study, seeds: int) -> Results:
    """Read a study's runs from disk and judge its claims."""
    found = tuple(_read(part, seeds) for part in study.parts)

    def judged(claims: Sequence[Claim]) -> tuple[Judged, ...]:
        parts = [(claim, found[claim.part]) for claim in claims]
        return tuple(Judged(c, judge(c, p.ends, p.failures, p.part.titles)) for c, p in parts)

    readings = {title: judged(claims) for title, claims in study.readings.items()}
    also_measured = judged(study.also_measured)
    return Results(study, seeds, found, judged(study.claims), readings, also_measured)


def _read(part: Part, seeds: int) -> PartResults:
    recipes = part.recipes(seeds)
    failures = {name: [_failure(run.key) for run in runs] for name, runs in recipes.items()}
    return PartResults(part, recipes, ends(recipes), failures)


def _failure(key: str) -> str:
    end = verified.usable(key)
    return end.why if end is not None and end.state == "failed" else ""


def with_published(table: Table, results: Results) -> dict[str, list[tuple[SeedStats, float]]]:
    """Return {row: [(our result, published number) for each column]} of a paper's table."""
    columns = [results.found[table.part].values(of) for of in table.columns.values()]
    return {
        row: [
            (summarize(column[row]), value)
            for column, value in zip(columns, published, strict=True)
        ]
        for row, published in table.published.items()
    }
