"""A quick version of a study: fewer epochs or methods, or another learning rate or β."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ammix_viz.settings.rules import Choice, checked
from ammix_viz.studies.claims import Claim
from ammix_viz.studies.study import Part, Study

CHANGEABLE = ("epochs", "lr", "beta")
"""Settings that a quick look may change."""

REST = "The points below describe the full study."


def quick_look(study: Study, settings: Mapping[str, Any], methods: Sequence[str] = ()) -> Study:
    """Return the study with other settings, or only some of its rows.

    Claims that need a removed row are removed too. Without changes the same study is returned.

    Parameters
    ----------
    study : Study
        The full study.
    settings : dict
        Values of some of `CHANGEABLE`.
    methods : sequence of str, optional
        Names of the rows to keep, methods in most studies; all by default.

    Raises
    ------
    ValueError
        If the study has no such row.
    """
    wanted = {checked("methods", name, Choice(study.rows)) for name in methods}
    kept = tuple(name for name in study.rows if name in wanted) or study.rows
    changed = {name: value for name, value in settings.items() if _differs(study, name, value)}
    parts = tuple(_part(part, changed, kept) for part in study.parts)
    changed |= {} if kept == study.rows else {"methods": ",".join(kept)}
    if not changed:
        return study
    quick = replace(
        study,
        parts=parts,
        changed=changed,
        claims=_of_rows(study.claims, kept),
        readings={
            title: left
            for title, claims in study.readings.items()
            if (left := _of_rows(claims, kept))
        },
        also_measured=_of_rows(study.also_measured, kept),
        tables=tuple(
            replace(table, published={m: row for m, row in table.published.items() if m in kept})
            for table in study.tables
        ),
    )
    return replace(quick, deviations=(f"{quick.change_note} {REST}", *study.deviations))


def _of_rows(claims: Sequence[Claim], kept: Sequence[str]) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if set(claim.rows) <= set(kept))


def _differs(study: Study, name: str, value: object) -> bool:
    return any(getattr(part.shared, name) != value for part in study.parts)


def _part(part: Part, settings: Mapping[str, Any], kept: Sequence[str]) -> Part:
    rows = {name: row for name, row in part.rows.items() if name in kept}
    return replace(part, rows=rows, shared=replace(part.shared, **settings))
