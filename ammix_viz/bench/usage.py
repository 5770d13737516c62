"""Processor time and memory of the server and of its workers, read from `/proc` (Linux)."""

import os
from dataclasses import astuple, dataclass
from pathlib import Path

PROC = Path("/proc")
WORKER = b"ammix_viz.workers.worker"


@dataclass(frozen=True)
class Usage:
    """What processes have used.

    Attributes
    ----------
    seconds : float
        Processor time.
    memory, peak : float
        Resident memory in MB (10⁶ bytes), now and at most.
    threads, files : int
        Number of threads and of open files.
    """

    seconds: float = 0.0
    memory: float = 0.0
    peak: float = 0.0
    threads: int = 0
    files: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def usage() -> tuple[Usage, Usage]:
    """Return what the servers that this process has started have used, and what their workers have.

    Raises
    ------
    RuntimeError
        If the system has no `/proc`.
    """
    if not PROC.exists():
        raise RuntimeError("This benchmark reads /proc, which only Linux has.")
    server, workers = Usage(), Usage()
    for pid in _descendants(os.getpid()):
        try:
            if is_worker(pid):
                workers += _usage_of(pid)
            else:
                server += _usage_of(pid)
        except OSError:
            continue
    return server, workers


def is_worker(pid: int) -> bool:
    """Return whether a process is there and is a worker."""
    try:
        return WORKER in (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False


def _usage_of(pid: int) -> Usage:
    folder = PROC / str(pid)
    times = _stat(pid)[11:13]
    status = dict(line.split(":\t") for line in (folder / "status").read_text().splitlines())
    megabytes = {name: int(status[name].split()[0]) / 976.5625 for name in ("VmRSS", "VmHWM")}
    return Usage(
        sum(map(int, times)) / os.sysconf("SC_CLK_TCK"),
        megabytes["VmRSS"],
        megabytes["VmHWM"],
        int(status["Threads"]),
        len(list((folder / "fd").iterdir())),
    )


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name; state and parent come first."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _descendants(pid: int) -> list[int]:
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(_stat(int(folder.name))[1])
        except OSError:
            continue
    found = [pid]
    for parent in found:
        found += [child for child, its in parents.items() if its == parent]
    return found[1:]
