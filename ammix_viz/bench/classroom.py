"""How long a class waits, and what that costs: real sessions that open a link within 10 s.

`viewers` instead measures how evenly the frames of one run that is being trained reach many
viewers; `visits` whether the server's memory stays flat while pages are opened and closed.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterable, Sequence

from ammix_viz.bench.browser import served
from ammix_viz.bench.sessions import Seen, Session
from ammix_viz.bench.usage import Usage, usage

OPEN_SECONDS = 10.0
"""The sessions are opened evenly over this time."""

LIMIT_SECONDS = 300.0
WARM_UP, WARM_UP_SECONDS = "methods=ce&epochs=1", 60.0
LONG_RUN = "methods=ce&epochs=2000&batch_size=16&lr=0.01"
WATCH_SECONDS = 12.0
VISITS_AT_A_TIME, VISIT_SECONDS = 10, 0.5
TIMES = {
    "script": "end of the page's script",
    "first": "first record of any run",
    "followed": "first record of the AM-mixup run",
    "end": "end of all runs",
}


def measure(sessions: int = 100, same: bool = False, viewers: int = 0, visits: int = 0) -> dict:
    """Serve the app to a class, to viewers of one run, or to visitors who come and go.

    Parameters
    ----------
    sessions : int, default=100
        Number of sessions of the class.
    same : bool, default=False
        Whether all open the default link; otherwise each has a different β.
    viewers, visits : int, default=0
        If not 0, only that many viewers or visits are measured.
    """
    with served() as address:
        if problem := asyncio.run(_visit(address, WARM_UP, WARM_UP_SECONDS)):
            raise RuntimeError(f"The first page could not be used: {problem}")
        before, begun, busy = usage(), time.perf_counter(), time.process_time()
        if viewers:
            report = asyncio.run(_viewers(address, viewers))
        elif visits:
            report = asyncio.run(_visits(address, visits))
        else:
            report = asyncio.run(_class(address, sessions, same))
        return report | _costs(before, begun, busy)


def _costs(before: tuple[Usage, Usage], begun: float, busy: float) -> dict:
    """Return what server, workers and clients have used since then."""
    seconds = time.perf_counter() - begun
    clients = time.process_time() - busy
    now = usage()
    return {
        "seconds": round(seconds, 1),
        "cores": os.cpu_count(),
        "processor time of the server, s": round(now[0].seconds - before[0].seconds, 1),
        "processor time of the workers, s": round(now[1].seconds - before[1].seconds, 1),
        "processor time of the clients, s": round(clients, 1),
        "peak memory of the server, MB": round(now[0].peak),
        "peak memory of the workers, MB": round(now[1].peak),
    }


async def _class(address: str, count: int, same: bool) -> dict:
    everybody = asyncio.Barrier(count)
    students = [Session(address, "" if same else f"beta={beta(i, count)}") for i in range(count)]

    async def attend(student: Session, delay: float) -> None:
        await asyncio.sleep(delay)
        async with student.opened():
            await student.finish(LIMIT_SECONDS)
            await everybody.wait()

    begun = time.perf_counter()
    await asyncio.gather(
        *(attend(each, OPEN_SECONDS * i / count) for i, each in enumerate(students))
    )
    last = time.perf_counter() - begun
    return summary([each.seen for each in students]) | {"last end, s": round(last, 1)}


async def _viewers(address: str, count: int) -> dict:
    """Have many sessions watch one run that is being trained."""
    viewers = [Session(address, LONG_RUN) for _ in range(count)]
    watching = asyncio.Barrier(count + 1)
    over = asyncio.Event()

    async def attend(viewer: Session, delay: float) -> None:
        await asyncio.sleep(delay)
        async with viewer.opened():
            await watching.wait()
            await over.wait()

    tasks = [
        asyncio.create_task(attend(each, OPEN_SECONDS * i / count))
        for i, each in enumerate(viewers)
    ]
    await watching.wait()
    await asyncio.sleep(WATCH_SECONDS / 4)
    begun = time.perf_counter()
    await asyncio.sleep(WATCH_SECONDS)
    ended = time.perf_counter()
    over.set()
    await asyncio.gather(*tasks)
    gaps = [gap for each in viewers for gap in each.gaps(begun, ended)]
    report = {
        "viewers": count,
        "viewers with a problem": sum(bool(each.seen.problem) for each in viewers),
        "chunks a second to a viewer": round(len(gaps) / count / WATCH_SECONDS, 1),
    }
    return report | {f"gap between chunks, {k}, s": v for k, v in spread(gaps).items()}


async def _visits(address: str, count: int) -> dict:
    """Open pages and leave them soon, some at a time, and note the server's memory meanwhile."""
    notes = [usage()[0]]
    at_once = asyncio.Semaphore(VISITS_AT_A_TIME)

    async def come_and_go(index: int) -> None:
        async with at_once:
            await _visit(address, f"beta={beta(index % 100, 100)}", VISIT_SECONDS)
        if (index + 1) % (count // 5) == 0:
            notes.append(usage()[0])

    await asyncio.gather(*map(come_and_go, range(count)))
    return {
        "visits": count,
        "memory of the server before and after each fifth, MB": [round(n.memory) for n in notes],
        "its threads": [note.threads for note in notes],
        "its open files": [note.files for note in notes],
    }


async def _visit(address: str, query: str, seconds: float) -> str:
    """Open a page, stay until its runs have ended, at most some seconds; return any problem."""
    session = Session(address, query)
    async with session.opened():
        await session.finish(seconds)
    return session.seen.problem


def beta(index: int, count: int) -> str:
    """Return a β for each session of a class, no two alike, from 0.2 up to 1."""
    return f"{0.2 + 0.8 * index / count:.4f}"


def summary(seen: Sequence[Seen]) -> dict:
    """Return medians and 95th percentiles over the sessions."""
    problems = [each.problem for each in seen if each.problem]
    report: dict = {"sessions": len(seen), "sessions with a problem": len(problems)}
    if problems:
        report["first problem"] = problems[0]
    for name, title in TIMES.items():
        values = [value for each in seen if (value := getattr(each, name)) == value]
        report |= {f"{title}, {part}, s": value for part, value in spread(values).items()}
    report["received by a session of the page, MB"] = _megabytes(each.page_bytes for each in seen)
    report["received by a session of frames, MB"] = _megabytes(each.stream_bytes for each in seen)
    return report


def _megabytes(sizes: Iterable[int]) -> float:
    return round(statistics.median(sizes) / 1e6, 2)


def spread(values: Sequence[float]) -> dict[str, float | None]:
    """Return median and 95th percentile (the value that at most 5 % exceed), None of nothing."""
    if not values:
        return {"median": None, "95 %": None}
    ordered = sorted(values)
    high = ordered[-1 - len(ordered) // 20]
    return {"median": round(statistics.median(ordered), 3), "95 %": round(high, 3)}
