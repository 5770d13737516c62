"""Trains runs and writes their files: snapshots are measured and appended as records."""

import sys
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import numpy as np

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs.disk import prune
from ammix_viz.runs.records import encode_records, header
from ammix_viz.runs.writer import Writer
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.devices import configure_arithmetic, configured_arithmetic
from ammix_viz.training.loop import train
from ammix_viz.training.snapshot import Snapshot

GROUP_SECONDS = 0.05
SWITCH_SECONDS = 5e-5


def nonfinite_reason(record: np.void) -> str:
    """Return an error message if a value of a record is not finite, else ""."""
    names = [name for name in record.dtype.names or () if record.dtype[name].base.kind == "f"]
    bad = [name for name in names if not np.isfinite(record[name]).all()]
    if not bad:
        return ""
    return (
        f"At step {record['step']} the features have fallen together so far that "
        f"{bad[0].split('.')[-1]} has no value. Try a smaller lr or another start."
    )


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
        return
    dataset = load_dataset(recipes[0])
    writers: dict[int, Writer] = {}
    try:
        for run, recipe in enumerate(recipes):
            with suppress(BlockingIOError):
                writers[run] = Writer(header(recipe, dataset))
        measured = _measured(recipes, dataset, overlap) if writers else ()
        for group, records in measured:
            for snapshot, row in zip(group, records, strict=True):
                _write(writers, snapshot, row)
            yield group[-1].epoch
        for writer in writers.values():
            writer.finish("ended")
        prune()
    finally:
        for writer in writers.values():
            writer.close()


def _record_images(recipe: Recipe) -> Iterator[float]:
    """Train one run on images, from its checkpoint if it has one, and write its file."""
    dataset = load_dataset(recipe)
    try:
        writer = Writer(header(recipe, dataset))
    except BlockingIOError:
        return
    with closing(writer):
        epoch = 0.0
        for snapshot in train([recipe], state=writer.state):
            if snapshot is None:
                yield epoch
                continue
            with configured_arithmetic():
                records = encode_records([snapshot], dataset, recipe.neighbors)
            writers = {0: writer}
            _write(writers, snapshot, records[0])
            if not writers:
                return
            if snapshot.state:
                writer.write_checkpoint(snapshot.state)
            epoch = snapshot.epoch
            yield epoch
        writer.finish("ended")


def _measured(
    recipes: Sequence[Recipe], dataset: Dataset, overlap: bool
) -> Iterator[tuple[Sequence[Snapshot], np.ndarray]]:
    """Yield groups of snapshots with their records; with overlap, one group behind training."""
    if not overlap:
        with configured_arithmetic():
            for group in _groups(filter(None, train(recipes))):
                yield group, encode_records(group, dataset, recipes[0].neighbors)
        return
    previous: tuple[Sequence[Snapshot], Future] | None = None
    with _frequent_switches(), ThreadPoolExecutor(1, initializer=configure_arithmetic) as pool:
        for group in _groups(filter(None, train(recipes))):
            future = pool.submit(encode_records, group, dataset, recipes[0].neighbors)
            if previous:
                yield previous[0], previous[1].result()
            previous = group, future
        if previous:
            yield previous[0], previous[1].result()


def _groups(snapshots: Iterator[Snapshot]) -> Iterator[list[Snapshot]]:
    """Group the snapshots of 50 ms, because measuring them together is faster."""
    group: list[Snapshot] = []
    since = 0.0  # so that the first one is not delayed
    for snapshot in snapshots:
        group.append(snapshot)
        if time.monotonic() - since > GROUP_SECONDS:
            yield group
            group, since = [], time.monotonic()
    if group:
        yield group


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Switch often between two threads of short operations; the default interval is 5 ms."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def _write(writers: dict[int, Writer], snapshot: Snapshot, records: np.ndarray) -> None:
    for run in list(writers):
        why = snapshot.failures.get(run) or nonfinite_reason(records[run])
        if why:
            writer = writers.pop(run)
            writer.finish("failed", why)
            writer.close()
        else:
            writers[run].append(records[run].tobytes())
