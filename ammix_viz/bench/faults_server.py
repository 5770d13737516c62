"""A real server that is killed and started again, and what no server may ever say."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ammix_viz.bench.browser import free_port
from ammix_viz.bench.usage import is_worker
from ammix_viz.runs import disk, reader
from ammix_viz.server.app_script import PACKAGE, app_script

START_SECONDS, STOP_SECONDS = 180.0, 20.0
TROUBLE = re.compile(r"Traceback|Exception in ASGI|never retrieved|Fatal Python")


@dataclass
class Check:
    """One check of the campaign.

    Attributes
    ----------
    name : str
        What was done.
    tried : int
        How often.
    violations : list of str
        What must not be, and was.
    note : str
        What came out, or why the check was skipped.
    """

    name: str
    tried: int = 0
    violations: list[str] = field(default_factory=list)
    note: str = ""

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a violation unless something holds."""
        if not holds:
            self.violations.append(otherwise)


class Server:
    """The app in a process of its own, on a free port.

    Parameters
    ----------
    folder : Path
        The folder of the runs.
    log : Path
        The file that gets what the server and its workers print.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder, self.log = folder, log
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}/"

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, and wait until a worker is ready."""
        command = [sys.executable, "-m", "streamlit", "run", str(app_script())]
        flags = [f"--server.port={self._port}", "--server.address=127.0.0.1"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command + flags,
                env=os.environ | {"AMMIX_RUNS": str(self.folder)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while "still starting" in self.health():
            if time.monotonic() > until or self._process.poll() is not None:
                self._process.kill()
                raise RuntimeError(f"The app did not come up:\n{self.log.read_text()}")
            time.sleep(0.05)

    def health(self) -> str:
        """Return the body of `/healthz`; while nothing answers, that the server is starting."""
        try:
            with urllib.request.urlopen(f"{self.address}healthz", timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError:
            return "still starting"

    def kill(self) -> None:
        """Kill the server with -9, and wait until its workers have noticed."""
        workers = self.workers()
        self._process.kill()
        self._process.wait()
        until = time.monotonic() + STOP_SECONDS
        while any(map(is_worker, workers)) and time.monotonic() < until:
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        children = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        pids = [int(pid) for file in children for pid in file.read_text().split()]
        return [pid for pid in pids if is_worker(pid)]

    def open_files(self) -> int:
        """Return how many run files the server has open."""
        links = Path(f"/proc/{self._process.pid}/fd").iterdir()
        return sum(_target(link).endswith(".run") for link in links)

    def trouble(self) -> list[str]:
        """Return the lines of the log that no server may print, with the line that says why."""
        lines = self.log.read_text(errors="replace").splitlines()
        found = [number for number, line in enumerate(lines) if TROUBLE.search(line)]
        return [f"{lines[number]} … {_last_of(lines, number)}" for number in found]


def _last_of(lines: list[str], number: int) -> str:
    """Return the first line after a traceback that is not indented."""
    after = (line for line in lines[number + 1 :] if line and not line.startswith(" "))
    return next(after, "")


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def writer_of(key: str) -> int | None:
    """Return the process that holds a run's lock; None if nobody does."""
    try:
        inode = disk.path(key, ".lock").stat().st_ino
    except OSError:
        return None
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        if fields[1] == "FLOCK" and fields[5].endswith(f":{inode}"):
            return int(fields[4])
    return None


def leaks(text: str, folder: Path) -> str:
    """Return what a text discloses of this computer: a path, or source; "" if nothing."""
    secrets = (str(folder), str(PACKAGE.parent), sys.prefix, "site-packages", "Traceback (most")
    return next((secret for secret in secrets if secret in text), "")


class Ledger:
    """Remembers finished runs, to say later which have been lost."""

    def __init__(self) -> None:
        self._crcs: dict[str, int] = {}

    def note(self) -> int:
        """Remember every run that is finished now; return how many are known."""
        self._crcs |= dict(_finished())
        return len(self._crcs)

    def lost(self) -> list[str]:
        """Return a sentence for each remembered run that is gone or different."""
        now = dict(_finished())
        return [
            f"Run {key} was finished and is lost."
            for key, crc in self._crcs.items()
            if now.get(key) != crc
        ]


def _finished() -> Iterator[tuple[str, int]]:
    for key in disk.keys():  # noqa: SIM118
        end = disk.status(key)
        if end is not None and end.state == "ended":
            try:
                reader.finished(key)
            except reader.DamagedRun:
                continue
            yield key, zlib.crc32(disk.path(key).read_bytes())
