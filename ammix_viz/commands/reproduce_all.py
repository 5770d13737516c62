"""`reproduce all`: every study, one page and one text about what they found."""

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ammix_viz.commands.progress import print_notes, train_missing
from ammix_viz.commands.settings_flags import given_settings
from ammix_viz.datasets.table import DATASETS, dataset_problem, load_dataset
from ammix_viz.runs import disk
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import Choice, checked, text_of
from ammix_viz.settings.table import check
from ammix_viz.studies.manifest import accelerators, made_by
from ammix_viz.studies.output import folder_name, prepare, write
from ammix_viz.studies.quick_look import CHANGEABLE, quick_look
from ammix_viz.studies.results import command, read_results, results_manifest
from ammix_viz.studies.study import Study
from ammix_viz.studies.table import STUDIES, study_of
from ammix_viz.workers.batches import longest_first

ALL = "all"
SEARCH_SEEDS = 3
"""Most seeds of a search for settings; the figures confirm them on others."""

GO_ON = "The same command trains the rest; with --no-train it reports what has ended."


@dataclass(frozen=True)
class Planned:
    """A study, its number of seeds, and why it is not trained, "" if it is."""

    study: Study
    seeds: int
    why_not: str

    @property
    def recipes(self) -> list[Recipe]:
        """The recipes of all its runs."""
        return self.study.recipes(self.seeds)


def run_all(chosen: argparse.Namespace) -> int:
    """Train what is missing of every study, then write their reports, the page and the text."""
    from ammix_viz.studies import reproduction  # loads Matplotlib

    begun, seeds = time.monotonic(), check("seeds", chosen.seeds)
    _check_flags(chosen)
    planned = [plan for name in STUDIES for plan in _planned(name, chosen)]
    name = f"{ALL} quick" if any(plan.study.changed for plan in planned) else ALL
    folder = Path(chosen.out or f"ammix_viz_{folder_name(name)}")
    prepare(folder, name, reproduction.FILE, reproduction.VERSION)
    for plan in planned:
        if any_ended(plan.recipes) or not (chosen.no_train or plan.why_not):
            prepare(folder / folder_name(plan.study.name), plan.study.name)
    print_notes(_stand_ins(planned, chosen))
    trained = 0 if chosen.no_train else _train(planned)
    summaries, pictures = [], {}
    for plan in planned:
        summary, panels = _report(plan, folder)
        summaries.append(summary)
        pictures[plan.study.name] = panels
    described = made_by(name, _command(chosen, seeds), time.monotonic() - begun, trained)
    found = reproduction.reproduction(summaries, described)
    write(folder, reproduction.files(found, pictures))
    print(json.dumps(found) if chosen.json else _as_text(summaries, folder))
    return 1 if any(summary.get("failures") for summary in summaries) else 0


def _check_flags(chosen: argparse.Namespace) -> None:
    """Refuse what is for one figure.

    Raises
    ------
    ValueError
        If methods are chosen, or data that replace none.
    """
    if chosen.methods:
        raise ValueError("--methods is for one figure; leave it out to reproduce all.")
    if chosen.data:
        checked("data", chosen.data, Choice(("mini_cifar", "digits")))


def _planned(name: str, chosen: argparse.Namespace) -> list[Planned]:
    """Return a study on each of its data, with the settings of a quick version."""
    entry = STUDIES[name]
    settings = given_settings(chosen, CHANGEABLE)
    stand_ins = {DATASETS[data].stand_in for data in entry.data}
    chosen_data = [_there(name, data, chosen) for data in entry.data if data not in stand_ins]
    studies = [quick_look(study_of(name, data), settings) for data in chosen_data]
    asked = check("seeds", chosen.seeds)
    return [
        Planned(
            study, min(asked, SEARCH_SEEDS if study.search else asked), _why_not(study, entry.long)
        )
        for study in studies
    ]


def _why_not(study: Study, long: str) -> str:
    """Return why a long study is not trained: without a GPU, or without its data."""
    return dataset_problem(study.parts[0].shared) if long and accelerators() else long


def _there(name: str, data: str, chosen: argparse.Namespace) -> str:
    """Return the data if they are there, else those that stand in for them.

    Without training, data are there if a run is. `--data` says which of both to use.
    """
    stand_in = DATASETS[data].stand_in
    if not stand_in or stand_in not in STUDIES[name].data:
        return data
    if chosen.data:
        return data if data.startswith(chosen.data) else stand_in
    if chosen.no_train:
        seeds = check("seeds", chosen.seeds)
        runs = {each: any_ended(study_of(name, each).recipes(seeds)) for each in (data, stand_in)}
        return stand_in if runs[stand_in] and not runs[data] else data
    return stand_in if dataset_problem(Recipe(data=data)) else data


def any_ended(recipes: Iterable[Recipe]) -> bool:
    """Return whether at least one of the runs has ended."""
    return any(end is not None and end.state == "ended" for end in map(_status, recipes))


def _status(recipe: Recipe) -> disk.Status | None:
    return disk.status(recipe.key)


def _stand_ins(planned: Sequence[Planned], chosen: argparse.Namespace) -> Iterable[str]:
    """Yield a note on the data that replace those of the papers, unless they were asked for."""
    stand_ins = {entry.stand_in for entry in DATASETS.values()} - {""}
    names = [plan.study.figure for plan in planned if plan.study.stand_in in stand_ins]
    if names and not chosen.data:
        what = "have no runs" if chosen.no_train else "are not on this computer"
        yield f"Digits stand in for the paper's images, which {what}, in {', '.join(names)}."


def _train(planned: Sequence[Planned]) -> int:
    """Train what is missing, searches last; return the number of runs trained."""
    plans = [plan for plan in planned if not plan.why_not]
    for part in (part for plan in plans for part in plan.study.parts):
        load_dataset(part.shared)  # first, because it says if data is missing
    figures = longest_first(run for p in plans if not p.study.search for run in p.recipes)
    searches = [run for p in plans if p.study.search for run in p.recipes]
    return train_missing([*figures, *searches], advice=GO_ON, in_order=True)


def _report(plan: Planned, folder: Path) -> tuple[dict[str, Any], str]:
    """Write the report of a study; return its summary and its panels."""
    from ammix_viz.studies.report import DISPLAYED, files, panels_of
    from ammix_viz.studies.summary import not_run, summarise

    study = plan.study
    if not any_ended(plan.recipes):
        return not_run(study, command(study, plan.seeds), plan.why_not), ""
    results = read_results(study, plan.seeds)
    write(folder / folder_name(study.name), files(results, results_manifest(results, 0.0, 0)))
    return summarise(results), panels_of(results, DISPLAYED)


def _command(chosen: argparse.Namespace, seeds: int) -> str:
    data = {"data": chosen.data} if chosen.data else {}
    flags = {"seeds": seeds, **data, **given_settings(chosen, CHANGEABLE)}
    words = [f"--{name} {text_of(value)}" for name, value in flags.items()]
    return f"python -m ammix_viz reproduce {ALL} {' '.join(words)}"


def _as_text(summaries: Sequence[dict[str, Any]], folder: Path) -> str:
    from ammix_viz.studies.summary_text import counts

    lines = []
    for summary in summaries:
        lines.append(summary["title"])
        if "not_run" in summary:
            lines.append(f"    not run: {summary['not_run']} {summary['command']}")
            continue
        runs = summary["runs"]
        lines.append(f"    {runs['ended']} of {runs['total']} runs have ended")
        lines += [f"    {counts(summary['claims'])}"] if summary["claims"] else []
    return "\n".join([*lines, "", f"page in {folder / 'index.html'}"])
