"""Train many runs with a progress bar; print notes to stderr."""

import sys
from collections.abc import Iterable, Sequence

from tqdm import tqdm

from ammix_viz.commands.interrupts import until_interrupted
from ammix_viz.runs import disk
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.batches import Progress, train_all

BAR = "{desc} |{bar}| {percentage:3.0f} % [{elapsed}, {remaining} left]"


def train_missing(
    recipes: Sequence[Recipe],
    cluster: str | None = None,
    advice: str = "",
    in_order: bool = False,
) -> int:
    """Train the runs that are not on disk, here or on a Dask cluster; return their number.

    Here the longest come first, unless they are to be trained `in_order`. After Ctrl-C, the number
    of ended runs is printed, followed by `advice`, if there is any.

    Raises
    ------
    ValueError
        If the folder of runs cannot be written to, or the cluster cannot be reached.
    RuntimeError
        If every run was stopped, for example because the disk is full.
    """
    missing = list(filter(_is_missing, recipes))
    if missing:
        disk.check_folder()
    if cluster is None:
        progress = train_all(recipes, in_order)
    else:
        from ammix_viz.workers.dask_cluster import train_on  # an optional extra

        progress = train_on(cluster, recipes)
    bar = tqdm(total=100, unit="%", disable=None, file=sys.stderr, bar_format=BAR, smoothing=0)
    first = now = Progress(0, 0, len(recipes), 0)
    with bar:
        try:
            for place, now in enumerate(until_interrupted(progress)):
                if place == 0:
                    first, bar.initial = now, 100 * now.share  # the time left is of what is trained
                bar.set_description(f"{now.done} of {now.total} runs", refresh=False)
                bar.update(100 * now.share - bar.n)
        except KeyboardInterrupt:
            if advice:
                bar.write(f"{now.done} of {now.total} runs have ended. {advice}", file=sys.stderr)
            raise
    if now.stopped and all(map(_is_missing, missing)):
        raise RuntimeError("\n".join(now.stopped))
    print_notes(now.stopped)
    return now.total - first.done


def _is_missing(recipe: Recipe) -> bool:
    end = disk.status(recipe.key)
    return end is None or end.state == "stopped"


def print_notes(notes: Iterable[str]) -> None:
    """Print notes to stderr, apart from the results."""
    for note in notes:
        print(note, file=sys.stderr)
