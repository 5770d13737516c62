"""What a study found, as numbers: over seeds, claim by claim."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from ammix_viz import history, runs
from ammix_viz.comparison import Comparison
from ammix_viz.layout import PER_CLASS, SCALARS, SPLITS
from ammix_viz.spread import BETTER, ends, spread, wins
from ammix_viz.studies.claims import Verdict, judge
from ammix_viz.studies.manifest import manifest
from ammix_viz.studies.study import Study

RESULTS = "results.json"
VERSION = 1
"""Of `results.json`; raised when its layout changes."""


@dataclass(frozen=True)
class Results:
    """A study's runs at their end.

    Attributes
    ----------
    study : Study
        What was asked.
    comparison : Comparison
        Over how many seeds.
    ends : dict of str to list of (ndarray or None)
        The last record of each method's seeds, None where a run did not end well.
    failures : dict of str to list of str
        For each method why some of its runs did not.
    verdicts : tuple of Verdict
        One a claim.
    """

    study: Study
    comparison: Comparison
    ends: Mapping[str, Sequence[np.ndarray | None]]
    failures: Mapping[str, Sequence[str]]
    verdicts: tuple[Verdict, ...]

    def values(self, field: str, column: int | None = None) -> dict[str, list[float]]:
        """Return {method: one value a seed that has ended}."""

        def value(record: np.ndarray) -> float:
            return float(record[field] if column is None else record[field][column])

        return {m: [value(r) for r in own if r is not None] for m, own in self.ends.items()}


def command(study: Study, seeds: int) -> str:
    """Return the command line that gives a study's report."""
    return f"python -m ammix_viz reproduce {study.name} --seeds {seeds}"


def made_by(results: Results, seconds: float, trained: int) -> dict[str, Any]:
    """Return the manifest of a study; `trained` of its runs took `seconds`."""
    study, asked = results.study, results.comparison
    words = command(study, asked.seeds)
    return manifest(study.name, words, asked.query(), asked.seeds, seconds, trained)


def gather(study: Study, seeds: int) -> Results:
    """Read a study's runs from disk and judge its claims."""
    comparison = study.over(seeds)
    found = ends(comparison.by_method)
    return Results(
        study,
        comparison,
        found,
        {name: _why(name, comparison) for name in comparison.methods},
        tuple(judge(claim, found) for claim in study.claims),
    )


def _why(method: str, comparison: Comparison) -> list[str]:
    found = [runs.status(recipe.key) for recipe in comparison.by_method[method]]
    return [end.why for end in found if end is not None and end.state != "ended"]


def as_json(results: Results) -> dict[str, Any]:
    """Return the results as `results.json` holds them."""
    return {
        "version": VERSION,
        "study": results.study.name,
        "seeds": results.comparison.seeds,
        "settings": results.comparison.query(),
        "deviations": list(results.study.deviations),
        "published": results.study.published,
        "methods": {name: _of_method(results, name) for name in results.ends},
        "claims": [
            {"claim": claim.sentence, "published": claim.published, "verdict": verdict.word}
            | {"held": verdict.held, "seeds": verdict.seeds}
            | {"value": _finite(asdict(verdict.value))}
            for claim, verdict in zip(results.study.claims, results.verdicts, strict=True)
        ],
        "best_in": {field: _best_in(results, field) for field in _ranked()},
    }


def _of_method(results: Results, method: str) -> dict[str, Any]:
    records = [record for record in results.ends[method] if record is not None]
    own: dict[str, Any] = {"ended": len(records), "failures": list(results.failures[method])}
    own["keys"] = [recipe.key for recipe in results.comparison.by_method[method]]
    for field in (f"{split}.{name}" for split in SPLITS for name in SCALARS):
        values = [float(record[field]) for record in records]
        own[field] = _finite(asdict(spread(values))) | {"values": values}
    for field in ("plane_share", *(f"{split}.{name}" for split in SPLITS for name in PER_CLASS)):
        own[field] = [record[field].tolist() for record in records]
    return own


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in values.items()}


def _ranked() -> list[str]:
    return [f"{split}.{name}" for split in SPLITS for name in BETTER]


def _best_in(results: Results, field: str) -> dict[str, Any]:
    best, seeds = wins(results.ends, field, BETTER[field.split(".")[1]])
    return {"seeds": seeds} | best


def as_table(results: Results) -> pd.DataFrame:
    """Return one row a method and seed: its last record."""
    rows = [
        {"method": method, "seed": seed, "key": recipe.key, "ended": record is not None}
        | (flat(history.final(record)) if record is not None else {})
        for method, own in results.ends.items()
        for seed, (record, recipe) in enumerate(
            zip(own, results.comparison.by_method[method], strict=True)
        )
    ]
    return pd.DataFrame(rows)


def flat(values: Mapping[str, Any], before: str = "") -> dict[str, float]:
    """Return nested numbers by their dotted names."""
    own: dict[str, float] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            own |= flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            own |= {f"{before}{name}.{k}": each for k, each in enumerate(value)}
        else:
            own[before + name] = value
    return own
