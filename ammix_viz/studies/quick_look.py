"""A quick version of a study: fewer epochs or methods, or another learning rate or β."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ammix_viz.settings.rules import Choice, checked
from ammix_viz.studies.study import Part, Study

CHANGEABLE = ("epochs", "lr", "beta")
"""Settings that a quick look may change."""

REST = "The points below describe the full study."


def quick_look(study: Study, settings: Mapping[str, Any], methods: Sequence[str] = ()) -> Study:
    """Return the study with other settings, or only some of its methods.

    Claims that need a removed method are removed too. Without changes the same study is returned.

    Parameters
    ----------
    study : Study
        The full study.
    settings : dict
        Values of some of `CHANGEABLE`.
    methods : sequence of str, optional
        Methods to keep; all by default.

    Raises
    ------
    ValueError
        If the study has no such method.
    """
    wanted = {checked("methods", name, Choice(study.methods)) for name in methods}
    kept = tuple(name for name in study.methods if name in wanted) or study.methods
    changed = {name: value for name, value in settings.items() if _differs(study, name, value)}
    parts = tuple(_part(part, changed, kept) for part in study.parts)
    changed |= {} if kept == study.methods else {"methods": ",".join(kept)}
    if not changed:
        return study
    quick = replace(
        study,
        parts=parts,
        changed=changed,
        claims=tuple(claim for claim in study.claims if set(claim.methods) <= set(kept)),
        tables=tuple(
            replace(table, published={m: row for m, row in table.published.items() if m in kept})
            for table in study.tables
        ),
    )
    return replace(quick, deviations=(f"{quick.change_note} {REST}", *study.deviations))


def _differs(study: Study, name: str, value: object) -> bool:
    return any(getattr(part.comparison.shared, name) != value for part in study.parts)


def _part(part: Part, settings: Mapping[str, Any], kept: Sequence[str]) -> Part:
    full = part.comparison
    methods = tuple(name for name in full.methods if name in kept)
    shared = replace(full.shared, **settings)
    return replace(part, comparison=replace(full, methods=methods, shared=shared))
