"""What one server allows, in one table; each limit can be set by an environment variable.

They protect a public server. The variables are read once; `docs/serving.md` lists them.
"""

import functools
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from ammix_viz.settings.rules import Number, checked

PREFIX = "AMMIX_MAX_"
"""The variable of a limit is its name in capitals, after this."""


def _limit(rule: Number, default: float, about: str) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"rule": rule, "about": about})


@dataclass(frozen=True)
class Limits:
    """The limits of a server.

    Attributes
    ----------
    workers : int
        Number of worker processes, if the machine has as many cores.
    waiting_runs : int
        The most runs that may wait to be trained.
    session_runs : int
        The most runs of one session that may wait or be trained at a time.
    folder_gb : float
        Size of the folder of runs in GB (10⁹ bytes).
    streams : int
        The most streams of frames that may be open at a time.
    """

    workers: int = _limit(
        Number(1, 64, whole=True),
        min(os.cpu_count() or 1, 8),
        "Processes that train, at most one per core. Each takes some hundred megabytes.",
    )
    waiting_runs: int = _limit(
        Number(8, 10_000, whole=True), 256, "Runs that may wait to be trained."
    )
    session_runs: int = _limit(
        Number(8, 10_000, whole=True),
        192,
        "Runs of one session that may wait or be trained at a time. Sweep and Paper figures submit "
        "up to 96.",
    )
    folder_gb: float = _limit(
        Number(0.05, 10_000),
        2,
        "Size of the folder of runs in GB. Above it, the least recently read runs are removed.",
    )
    streams: int = _limit(
        Number(1, 100_000, whole=True),
        500,
        "Streams of frames that may be open at a time. A page that displays training runs has one.",
    )

    @property
    def folder_bytes(self) -> int:
        """Size of the folder of runs in bytes."""
        return int(self.folder_gb * 1e9)


def variable(limit: Field) -> str:
    """Return the name of the environment variable that sets a limit."""
    return PREFIX + limit.name.upper()


def read_limits(environment: Mapping[str, str]) -> Limits:
    """Return the limits that an environment sets; others, and empty ones, have their default.

    Raises
    ------
    ValueError
        If a value is not allowed. The message names variable, value and what is allowed.
    """
    return Limits(
        **{
            limit.name: checked(variable(limit), value, limit.metadata["rule"])
            for limit in fields(Limits)
            if (value := environment.get(variable(limit)))
        }
    )


@functools.cache
def current_limits() -> Limits:
    """Return the limits of this process, read from its environment at the first call.

    Raises
    ------
    ValueError
        If a variable has a value that is not allowed.
    """
    return read_limits(os.environ)
