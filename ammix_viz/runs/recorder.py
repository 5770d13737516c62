"""Trains a stack of points and writes its files; runs may join and leave between epochs."""

import sys
import time
from collections.abc import Collection, Generator, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

import numpy as np

from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs.disk import prune
from ammix_viz.runs.part_records import PartsEncoder
from ammix_viz.runs.records import encode_records, header, nonfinite_reason, record_bytes
from ammix_viz.runs.writer import Writer
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.devices import configure_arithmetic, configured_arithmetic
from ammix_viz.training.loop import train_stack
from ammix_viz.training.schedule import snapshot_steps
from ammix_viz.training.snapshot import Snapshot
from ammix_viz.training.stack import Stack

GROUP_SECONDS = 0.05
SWITCH_SECONDS = 5e-5
PRUNE_SECONDS = 10.0

Group = tuple[Sequence[Snapshot], Sequence[np.ndarray]]
"""Snapshots and their records."""


class Recorder:
    """Trains runs on points in one stack and writes their files.

    A run that another process is writing is skipped.

    Parameters
    ----------
    recipes : sequence of Recipe
        Distinct recipes with the same `stack`.
    overlap : bool, default=False
        Measure snapshots on a second thread while training continues.

    Raises
    ------
    OSError
        If a file cannot be written.
    ValueError
        If the recipes cannot share a stack.
    """

    def __init__(self, recipes: Sequence[Recipe], overlap: bool = False) -> None:
        self._dataset = load_dataset(recipes[0])
        self._neighbors, self._overlap = recipes[0].neighbors, overlap
        self._last_step = snapshot_steps(recipes[0], len(self._dataset.train))[-1]
        self._writers: dict[str, Writer] = {}
        self._parts: dict[str, PartsEncoder] = {}
        self._pruned_at = time.monotonic()
        self._stack = Stack(self._opened(recipes))

    @property
    def keys(self) -> Set[str]:
        """Keys of the runs that are being trained."""
        return self._writers.keys()

    def join(self, recipes: Sequence[Recipe]) -> None:
        """Begin more runs with the next epoch; raises as the class does."""
        self._stack.join(self._opened(recipes))

    def leave(self, keys: Collection[str]) -> None:
        """Stop some runs, which keep no status: they are trained again when next requested."""
        self._stack.leave(keys)
        for key in keys & self._writers.keys():
            self._writers.pop(key).close()
            del self._parts[key]

    def train(self) -> Generator[float]:
        """Train until no run is left; yield the epoch of some of the runs from time to time."""
        try:
            for snapshots, records in self._measured() if self._writers else ():
                for snapshot, rows in zip(snapshots, records, strict=True):
                    self._write(snapshot, rows)
                yield snapshots[-1].epoch
            prune()
        finally:
            self.leave(list(self._writers))

    def _opened(self, recipes: Sequence[Recipe]) -> list[Recipe]:
        """Open the files of runs; return those that no other process is writing."""
        opened: dict[str, Writer] = {}
        try:
            for recipe in recipes:
                dataset = load_dataset(recipe)
                described = header(recipe, dataset)
                with suppress(BlockingIOError):
                    opened[recipe.key] = Writer(described)
                    self._parts[recipe.key] = PartsEncoder(described, dataset)
        except BaseException:
            for writer in opened.values():
                writer.close()
            raise
        self._writers |= opened
        return [recipe for recipe in recipes if recipe.key in opened]

    def _write(self, snapshot: Snapshot, rows: np.ndarray) -> None:
        """Append the records of a snapshot; finish the runs that have ended or failed."""
        for run, key in enumerate(snapshot.keys):
            if key not in self._writers:
                continue
            why = snapshot.failures.get(run) or nonfinite_reason(rows[run])
            if why:
                self._finish(key, "failed", why)
                continue
            self._writers[key].append(record_bytes(rows[run], snapshot, run, self._parts[key]))
            if snapshot.step == self._last_step:
                self._finish(key, "ended")

    def _finish(self, key: str, state: str, why: str = "") -> None:
        self._writers[key].finish(state, why)
        self.leave({key})
        if time.monotonic() - self._pruned_at > PRUNE_SECONDS:
            prune()
            self._pruned_at = time.monotonic()

    def _measured(self) -> Iterator[Group]:
        """Yield groups of snapshots with their records; with overlap, one group behind training."""
        if not self._overlap:
            with configured_arithmetic():
                for group in self._groups():
                    yield group, self._encode(group)
            return
        previous: tuple[Sequence[Snapshot], Future] | None = None
        with _frequent_switches(), ThreadPoolExecutor(1, initializer=configure_arithmetic) as pool:
            for group in self._groups():
                future = pool.submit(self._encode, group)
                if previous:
                    yield previous[0], previous[1].result()
                previous = group, future
            if previous:
                yield previous[0], previous[1].result()

    def _groups(self) -> Iterator[list[Snapshot]]:
        """Group the snapshots of 50 ms, because measuring them together is faster."""
        group: list[Snapshot] = []
        since = 0.0  # so that the first one is not delayed
        for snapshot in filter(None, train_stack(self._stack)):
            group.append(snapshot)
            if time.monotonic() - since > GROUP_SECONDS:
                yield group
                group, since = [], time.monotonic()
        if group:
            yield group

    def _encode(self, group: Sequence[Snapshot]) -> list[np.ndarray]:
        return encode_records(group, self._dataset, self._neighbors)


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Switch often between two threads of short operations; the default interval is 5 ms."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
