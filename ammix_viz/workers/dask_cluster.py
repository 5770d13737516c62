"""Runs trained on a Dask cluster: stacks go there, run files come back."""

import contextlib
import importlib
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ammix_viz.runs import store, writer
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.batches import Progress
from ammix_viz.workers.policy import split_stacks

CONNECT_SECONDS = 5
ALONE_SECONDS = 30
"""How long a cluster may be without any worker: one that died may come back."""

LOOK_SECONDS = 2
GO_ON = "What has come back stays; start again to go on from there."


def train_on(address: str, recipes: Sequence[Recipe]) -> Iterator[Progress]:
    """Train all runs on a cluster; yield how far it is, each time after a look.

    Run files are those that this machine would write, and lie where it would write them.

    Parameters
    ----------
    address : str
        Of the scheduler, such as `tcp://127.0.0.1:8786`.
    recipes : sequence of Recipe
        All runs; those that are on disk stay as they are.

    Raises
    ------
    ValueError
        If Dask is not installed, or there is no scheduler with a worker at the address.
    RuntimeError
        If the cluster gives up a stack; what came back before stays.
    """
    distributed = _distributed()
    missing = {recipe.key: recipe for recipe in recipes if not _there(recipe.key)}
    total = len(recipes)
    done, failed, broken = total - len(missing), 0, []
    with _client(distributed, address) as client:
        stacks = split_stacks(missing.values(), len(client.scheduler_info()["workers"]))
        sent = [[asdict(recipe) for recipe in stack] for stack in stacks]
        left = set(client.map(_train, sent, pure=False, retries=1))
        while left:
            yield Progress(done, failed, total, done / total)
            ended = _ended(distributed, client, left)
            left -= ended
            broken += [_why(future.exception()) for future in ended if future.status == "error"]
            for future in ended:
                ends = _keep(future.result(), missing) if future.status == "finished" else []
                done, failed = done + len(ends), failed + sum(end != "ended" for end in ends)
    yield Progress(done, failed, total, done / max(total, 1))
    if broken:
        raise RuntimeError(f"The cluster gave up some of the runs ({broken[0]}). {GO_ON}")


def _distributed() -> Any:  # noqa: ANN401
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise ValueError(
            "dask is given, but Dask is not installed; try: pip install distributed"
        ) from None


def _client(distributed: Any, address: str) -> Any:  # noqa: ANN401
    with contextlib.ExitStack() as undo:
        try:
            client = undo.enter_context(distributed.Client(address, timeout=CONNECT_SECONDS))
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except (OSError, ValueError, TypeError) as error:
            why = "no scheduler with a worker answers there"
            why = "it is no address" if isinstance(error, ValueError) else why
            raise ValueError(
                f'dask is "{address}"; {why}. It must be like tcp://HOST:8786.'
            ) from None
        undo.pop_all()
    return client


def _ended(distributed: Any, client: Any, left: set) -> set:  # noqa: ANN401
    """Return what has ended after a while; raise if nobody is there any more to train the rest."""
    try:
        return distributed.wait(left, LOOK_SECONDS, return_when="FIRST_COMPLETED").done
    except TimeoutError:
        pass
    except CancelledError:
        raise RuntimeError(f"The cluster's scheduler has gone. {GO_ON}") from None
    try:
        client.wait_for_workers(1, timeout=ALONE_SECONDS)
    except (TimeoutError, OSError):
        raise RuntimeError(f"The cluster has no worker left. {GO_ON}") from None
    return set()


def _keep(results: list, wanted: Mapping[str, Recipe]) -> list[str]:
    """Put the files of a stack in place; return how each run ended."""
    for key, content, end in results:
        if key not in wanted:
            raise RuntimeError("The cluster's workers run another version of ammix_viz than this.")
        writer.adopt(key, content, store.Status(**end))
    return [end["state"] for _, _, end in results]


def _why(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _there(key: str) -> bool:
    try:
        return store.finished(key) is not None
    except store.DamagedRun:
        return False


def _train(recipes: list[dict[str, Any]]) -> list[tuple[str, bytes, dict[str, Any]]]:
    """Train one stack, on the cluster, in a folder of its own; return key, file and status."""
    from ammix_viz.runs.recording import record

    own = [Recipe(**values) for values in recipes]
    with _one_at_a_time, tempfile.TemporaryDirectory() as folder, store.kept_in(Path(folder)):
        for _ in record(own):
            pass
        return [
            (recipe.key, store.path(recipe.key).read_bytes(), asdict(store.status(recipe.key)))
            for recipe in own
        ]


_one_at_a_time = threading.Lock()
"""Training settles arithmetic for its whole process, where a cluster may run several tasks."""
