"""Runs trained on a Dask cluster: stacks go there, run files come back."""

import importlib
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ammix_viz import runs
from ammix_viz.recipe import Recipe
from ammix_viz.studies.campaign import Progress
from ammix_viz.workers import LEAST_STACK, MOST_STACK

CONNECT_SECONDS = 5


def train_on(address: str, recipes: Sequence[Recipe]) -> Iterator[Progress]:
    """Train all runs on a cluster; yield how far it is whenever a stack has come back.

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
    missing = [recipe for recipe in recipes if not _there(recipe.key)]
    with _client(distributed, address) as client:
        stacks = _stacks(missing, len(client.scheduler_info()["workers"]))
        futures = client.map(
            _train, [[asdict(r) for r in s] for s in stacks], pure=False, retries=1
        )
        done, failed = len(recipes) - len(missing), 0
        yield Progress(done, 0, len(recipes), done / max(len(recipes), 1))
        for future in distributed.as_completed(futures):
            for key, content, end in _result(future):
                runs.adopt(key, content, runs.Status(**end))
                done, failed = done + 1, failed + (end["state"] != "ended")
            yield Progress(done, failed, len(recipes), done / len(recipes))


def _distributed() -> Any:  # noqa: ANN401
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise ValueError(
            "dask is given, but Dask is not installed; try: pip install distributed"
        ) from None


def _client(distributed: Any, address: str) -> Any:  # noqa: ANN401
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TypeError) as error:
        why = "no scheduler with a worker answers there"
        why = "it is no address" if isinstance(error, ValueError) else why
        raise ValueError(f'dask is "{address}"; {why}. It must be like tcp://HOST:8786.') from None
    return client


def _there(key: str) -> bool:
    try:
        return runs.finished(key) is not None
    except runs.DamagedRun:
        return False


def _stacks(recipes: Sequence[Recipe], workers: int) -> list[list[Recipe]]:
    """Cut runs that can share a stack into parts that keep every worker busy."""
    alike: dict[tuple, list[Recipe]] = {}
    for recipe in recipes:
        alike.setdefault(recipe.stack, []).append(recipe)
    parts = []
    for stack in alike.values():
        most = min(max(-(-len(stack) // workers), LEAST_STACK), MOST_STACK)
        count = -(-len(stack) // most)
        parts += [stack[part::count] for part in range(count)]
    return parts


def _train(recipes: list[dict[str, Any]]) -> list[tuple[str, bytes, dict[str, Any]]]:
    """Train one stack, on the cluster, in a folder of its own; return key, file and status."""
    from ammix_viz.recording import record

    own = [Recipe(**values) for values in recipes]
    with _one_at_a_time, tempfile.TemporaryDirectory() as folder, runs.kept_in(Path(folder)):
        for _ in record(own):
            pass
        return [
            (recipe.key, runs.path(recipe.key).read_bytes(), asdict(runs.status(recipe.key)))
            for recipe in own
        ]


_one_at_a_time = threading.Lock()
"""Training settles arithmetic for its whole process, where a cluster may run several tasks."""


def _result(future: Any) -> list:  # noqa: ANN401
    try:
        return future.result()
    except Exception as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RuntimeError(
            f"The cluster gave up some of the runs ({why}). What has come back stays; start again "
            "to go on from there."
        ) from error
