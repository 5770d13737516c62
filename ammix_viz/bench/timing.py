"""Timing what is to be compared: in turn, several times, as medians and ratios."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(parts: Mapping[str, Work], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each part in each round; a round takes every part once."""
    times = [{name: seconds(work) for name, work in parts.items()} for _ in range(rounds)]
    return {name: [each[name] for each in times] for name in parts}


def median(values: Iterable[float]) -> float:
    """Return the median, to four digits after the point."""
    return round(statistics.median(values), 4)


def ratio(times: Mapping[str, list[float]], name: str, other: str) -> float:
    """Return the median over rounds of one part's time over another's."""
    return median(a / b for a, b in zip(times[name], times[other], strict=True))


def drain(generator: Iterable) -> None:
    """Run a generator to its end."""
    for _ in generator:
        pass
