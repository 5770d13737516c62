"""Trains runs on a Dask cluster: sends stacks of recipes and receives run files."""

import contextlib
import importlib
import tempfile
import threading
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ammix_viz.runs import disk, reader, writer
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.batches import Progress, longest_first
from ammix_viz.workers.policy import split_stacks

CONNECT_SECONDS = 5
NO_WORKER_SECONDS = 30
"""How long to wait for a worker if there is none; one that died may be replaced."""

POLL_SECONDS = 2
RESUME = "What has come back stays; start again to resume from there."

StackResult = list[tuple[str, bytes, dict[str, Any]]]
"""Key, content of the file and status of each run of a stack."""


def train_on(address: str, recipes: Sequence[Recipe]) -> Generator[Progress]:
    """Train runs on a cluster; yield the progress every few seconds.

    The run files are the same as those that this machine would write, in the same folder.

    Parameters
    ----------
    address : str
        Address of the scheduler, such as `tcp://127.0.0.1:8786`.
    recipes : sequence of Recipe
        All runs; those that have already ended are skipped.

    Raises
    ------
    ValueError
        If Dask is not installed, or no scheduler with a worker answers at the address.
    RuntimeError
        If the cluster gives up a stack; run files received before are kept.
    """
    distributed = _import_distributed()
    missing = {r.key: r for r in longest_first(recipes) if not _is_finished(r.key)}
    total = len(recipes)
    done, failed, errors = total - len(missing), 0, []
    with _connect(distributed, address) as client:
        stacks = split_stacks(missing.values(), len(client.scheduler_info()["workers"]))
        sent = [[asdict(recipe) for recipe in stack] for stack in stacks]
        pending = set(client.map(train_stack, sent, pure=False, retries=1))
        while pending:
            yield Progress(done, failed, total, done / total)
            ended = _wait(distributed, client, pending)
            pending -= ended
            for future in ended:
                if future.status == "finished":
                    states = _save(future.result(), missing)
                    done += len(states)
                    failed += sum(state != "ended" for state in states)
                elif future.status == "error":
                    errors.append(_first_line(future.exception()))
    yield Progress(done, failed, total, done / max(total, 1))
    if errors:
        raise RuntimeError(f"The cluster gave up some of the runs ({errors[0]}). {RESUME}")


def _import_distributed() -> Any:  # noqa: ANN401
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise ValueError(
            "dask is given, but Dask is not installed; try: pip install distributed"
        ) from None


def _connect(distributed: Any, address: str) -> Any:  # noqa: ANN401
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


def _wait(distributed: Any, client: Any, pending: set) -> set:  # noqa: ANN401
    """Return the futures that have ended after a while; raise if no worker is left."""
    try:
        return distributed.wait(pending, POLL_SECONDS, return_when="FIRST_COMPLETED").done
    except TimeoutError:
        pass
    except CancelledError:
        raise RuntimeError(f"The cluster's scheduler has gone. {RESUME}") from None
    try:
        client.wait_for_workers(1, timeout=NO_WORKER_SECONDS)
    except (TimeoutError, OSError):
        raise RuntimeError(f"The cluster has no worker left. {RESUME}") from None
    return set()


def _save(results: StackResult, wanted: Mapping[str, Recipe]) -> list[str]:
    """Write the run files of a stack; return the state of each run."""
    for key, content, status in results:
        if key not in wanted:
            raise RuntimeError("The cluster's workers run another version of ammix_viz than this.")
        writer.adopt(key, content, disk.Status(**status))
    return [status["state"] for _, _, status in results]


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _is_finished(key: str) -> bool:
    try:
        return reader.finished(key) is not None
    except reader.DamagedRun:
        return False


def train_stack(settings: Sequence[Mapping[str, Any]]) -> StackResult:
    """Train one stack in a temporary folder on a cluster worker; return its files.

    Parameters
    ----------
    settings : sequence of mapping
        Settings of each run, as arguments of `Recipe`.
    """
    from ammix_viz.runs.recording import record

    recipes = [Recipe(**values) for values in settings]
    with _one_at_a_time, tempfile.TemporaryDirectory() as folder, disk.use_folder(Path(folder)):
        for _ in record(recipes):
            pass
        return [_result(recipe.key) for recipe in recipes]


def _result(key: str) -> tuple[str, bytes, dict[str, Any]]:
    status = disk.status(key)
    if status is None:
        raise RuntimeError(f"Run {key} has no status after its training.")
    return key, disk.path(key).read_bytes(), asdict(status)


_one_at_a_time = threading.Lock()
"""Training configures arithmetic per process, and a cluster may run several tasks in one."""
