"""Trains runs and writes their files: snapshots are measured and appended as records."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs.disk import prune
from ammix_viz.runs.part_records import PartsEncoder
from ammix_viz.runs.recorder import Recorder
from ammix_viz.runs.records import encode_records, header, nonfinite_reason, record_bytes
from ammix_viz.runs.writer import Writer
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.devices import configured_arithmetic
from ammix_viz.training.loop import train


def record(recipes: Sequence[Recipe], overlap: bool = False) -> Generator[float]:
    """Train runs in one stack and write their files; yield the current epoch from time to time.

    Runs on images are trained one after the other, each from its checkpoint if it has one.

    A run that another process is writing is skipped. If the generator is closed early, unfinished
    runs have no status; they are trained again when next requested.

    Parameters
    ----------
    recipes : sequence of Recipe
        Distinct recipes with the same `stack`.
    overlap : bool, default=False
        Measure snapshots on a second thread while training continues. It is faster if a second
        core is free; a server leaves that core to its viewers.
    """
    if recipes[0].on_images:
        for recipe in recipes:
            yield from _record_images(recipe)
        prune()
    else:
        yield from Recorder(recipes, overlap).train()


def _record_images(recipe: Recipe) -> Iterator[float]:
    """Train one run on images, from its checkpoint if it has one, and write its file."""
    dataset = load_dataset(recipe)
    described = header(recipe, dataset)
    parts = PartsEncoder(described, dataset)
    try:
        writer = Writer(described)
    except BlockingIOError:
        return
    with closing(writer):
        epoch = 0.0
        for snapshot in train([recipe], state=writer.state):
            if snapshot is None:
                yield epoch
                continue
            with configured_arithmetic():
                (row,) = encode_records([snapshot], dataset, recipe.neighbors)[0]
            why = snapshot.failures.get(0) or nonfinite_reason(row)
            if why:
                writer.finish("failed", why)
                return
            writer.append(record_bytes(row, snapshot, 0, parts))
            if snapshot.state:
                writer.write_checkpoint(snapshot.state)
            epoch = snapshot.epoch
            yield epoch
        writer.finish("ended")
