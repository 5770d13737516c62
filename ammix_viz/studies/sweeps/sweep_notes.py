"""Warnings on a sweep: settings without effect, combinations that give the same run."""

from collections.abc import Iterator, Sequence

from ammix_viz.settings.rules import text_of
from ammix_viz.settings.unread import non_readers, unread
from ammix_viz.studies.sweeps.sweep import Sweep


def check_axes(sweep: Sweep) -> None:
    """Check that each varied setting has an effect.

    Raises
    ------
    ValueError
        If none of the methods reads it.
    """
    for axis in sweep.axes:
        if unread(sweep.recipes, [axis.name]):
            who = non_readers(sweep.recipes, axis.name)
            raise ValueError(
                f"{axis.name} is not read {who}, so every value gives the same runs; vary "
                "another setting, or choose other methods or data."
            )


def notes(sweep: Sweep) -> list[str]:
    """Return a sentence for each setting without effect and for repeated values."""
    repeated = [
        f"{axis.name}={text_of(value)} is listed more than once; it is used once."
        for axis in sweep.axes
        for value in axis.repeated
    ]
    return [*repeated, *unread(sweep.recipes, dict(sweep.fixed)), *_of_methods(sweep)]


def _of_methods(sweep: Sweep) -> Iterator[str]:
    for method in sweep.methods:
        runs = [recipes[0] for (name, *_), recipes in sweep.cells.items() if name == method]
        idle = [axis.name for axis in sweep.axes if unread(runs, [axis.name])]
        for name in idle:
            yield f"{name} is not read {non_readers(runs, name)}; every value gives the same runs."
        groups = _same_runs(sweep, method, idle)
        if groups:
            more = f"; so do {len(groups) - 1} more groups" if len(groups) > 1 else ""
            yield f"For {method}, {' and '.join(groups[0])} give the same run{more}."


def _same_runs(sweep: Sweep, method: str, idle: Sequence[str]) -> list[list[str]]:
    """Return groups of combinations that give the same run; `idle` settings are ignored."""
    groups: dict[str, dict[str, None]] = {}
    for (name, row, column), recipes in sweep.cells.items():
        if name == method:
            values = {n: v for n, v in sweep.values(row, column).items() if n not in idle}
            words = " with ".join(f"{n}={text_of(value)}" for n, value in values.items())
            groups.setdefault(recipes[0].key, {})[words] = None
    return [list(group) for group in groups.values() if len(group) > 1]
