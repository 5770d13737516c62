"""Damaged run files, read by the library and requested from the server."""

import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ammix_viz.bench.faults_server import Check, Server, leaks
from ammix_viz.bench.faults_urls import request
from ammix_viz.runs import disk, history, reader
from ammix_viz.workers import run_state

WRONG: tuple[Any, ...] = (
    *(None, True, [], {}, "", "1", 0, -1, 1.5, 2**31, 2**53, 2**64, 10**300),
    *(float("nan"), float("inf"), [None], {"a": 1}, "\ud800", "x" * 10_000, [0] * 1000),
)
DEEP = (b"[", b"]"), (b'{"a":', b"}")


def damaged(header: dict[str, Any], records: bytes, rng: random.Random) -> bytes:
    """Return a run file that is damaged in a random way.

    Parameters
    ----------
    header : dict
        The header of a valid run.
    records : bytes
        Its records.
    rng : random.Random
        What decides.
    """
    kind = rng.choice(("value", "value", "missing", "deep", "length", "bits", "bits", "cut"))
    if kind in ("value", "missing"):
        return _packed(json.dumps(_changed(header, rng, kind)).encode()) + records
    text = json.dumps(header).encode()
    if kind == "deep":
        begin, end = rng.choice(DEEP)
        depth = rng.choice((20, 500, 5000, 100_000))
        name = rng.choice(list(header)).encode()
        return _packed(text[:-1] + b',"' + name + b'":' + begin * depth + b"1" + end * depth + b"}")
    content = _packed(text) + records
    if kind == "length":
        return rng.choice((0, 1, 2**31, 2**32 - 1)).to_bytes(4, "little") + content[4:]
    if kind == "cut":
        return content[: rng.randrange(len(content))]
    changed = bytearray(content)
    for _ in range(rng.choice((1, 2, 8, 64))):
        changed[rng.randrange(len(changed) if rng.random() < 0.3 else len(text))] ^= (
            1 << rng.randrange(8)
        )
    return bytes(changed)


def _packed(text: bytes) -> bytes:
    return len(text).to_bytes(4, "little") + text


def _changed(header: dict[str, Any], rng: random.Random, kind: str) -> dict[str, Any]:
    """Return the header with one entry, anywhere in it, missing or of a wrong value."""
    changed = json.loads(json.dumps(header))
    inside, name = rng.choice(list(_entries(changed)))
    if kind == "missing":
        del inside[name]
    else:
        inside[name] = rng.choice(WRONG)
    return changed


def _entries(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """Yield (object, name) of every entry, and (list, 0) of lists."""
    for name, part in value.items() if isinstance(value, dict) else enumerate(value[:1]):
        yield value, name
        if isinstance(part, dict | list):
            yield from _entries(part)


def open_damaged(server: Server, rng: random.Random, count: int) -> list[Check]:
    """Damage copies of a finished run in many ways, and open each."""
    key = next(k for k in disk.keys() if (end := disk.status(k)) and end.state == "ended")  # noqa: SIM118
    with reader.Run(key) as run:
        header, records = run.header, run.read(0, 3)
    check = Check("damaged run files, by the library and /frames")
    outcomes: Counter[str] = Counter()
    for number in range(count):
        fake = f"{number:024x}"
        content = damaged(header | {"key": fake}, records, rng)
        disk.path(fake).write_bytes(content)
        if rng.random() < 0.7:
            crc = zlib.crc32(content) if rng.random() < 0.8 else 0
            disk.write_status(fake, disk.Status("ended", "", len(content), crc))
        outcomes[_open(fake, check)] += 1
        check.tried += 1
        answer = request(server.address, f"/frames?run={fake}", limit=20)
        check.expect(answer.status in (200, 404), f"{fake}: /frames answered {answer.status}.")
        disclosed = leaks(answer.text, server.folder)
        check.expect(not disclosed, f"{fake}: /frames discloses {disclosed}.")
        disk.remove(fake)
    check.note = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
    return [check]


def _open(key: str, check: Check) -> str:
    """Read a file in every way there is; note any error that does not say it is damaged."""
    refused = 0
    for read in (reader.finished, history.numbers, run_state.on_disk, _read):
        try:
            read(key)
        except reader.DamagedRun:
            refused += 1
        except Exception as error:
            check.violations.append(f"{key}: {read.__name__} raised {type(error).__name__}.")
    return "refused" if refused else "read"


def _read(key: str) -> None:
    with reader.Run(key) as run:
        run.records()
        numbers = run.numbers()
    if len(numbers):
        history.final(numbers[-1])
