"""The pool of worker processes: a queue that trains a recipe once, however many ask for it.

The pool lives in the server's process and never trains there: `ammix_viz.workers.worker` does, in
child processes. One thread of the pool tends to what time brings: runs that nobody reads any more,
workers to be started or replaced.
"""

import atexit
import contextlib
import functools
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers import limits
from ammix_viz.workers.job_queue import Jobs
from ammix_viz.workers.processes import Child, Crew
from ammix_viz.workers.run_state import RunState, needed, on_disk, verdict
from ammix_viz.workers.worker import Message

IDLE_SECONDS = 60.0
"""A run that nobody has read for so long is given up, unless it is kept."""

STUCK_SECONDS = 30.0
"""A worker that has not answered a cancel for so long is killed."""

MAX_WORKERS = 8
"""The most workers started unasked; each holds some hundred megabytes."""

TICK = 0.1
NO_WORKER = "No worker process stays alive, so nothing is trained; the server's log says more."
log = logging.getLogger(__name__)


class Pool:
    """Worker processes and the queue before them; every method is safe from any thread.

    Parameters
    ----------
    size : int, optional
        How many workers; one a core by default and at the most.
    """

    def __init__(self, size: int | None = None) -> None:
        count = min(size or MAX_WORKERS, os.cpu_count() or 1)
        self._crew = Crew(count, self._heard, self._died)
        self._jobs = Jobs(self._crew)
        self._readers: Counter[str] = Counter()
        self._devices = ["cpu"]
        self._tender: threading.Thread | None = None
        self._changed = threading.Condition(threading.RLock())

    # What the server and the pages ask.

    def start(self) -> None:
        """Start the workers; they warm up while this returns."""
        with self._changed:
            if self._tender is None:
                self._tender = threading.Thread(target=self._tend, daemon=True)
                self._tender.start()

    def stop(self) -> None:
        """End the workers and forget the queue; what was in training is abandoned."""
        with self._changed:
            tender, self._tender = self._tender, None
            children = self._crew.dismiss()
            self._jobs = Jobs(self._crew)
            self._changed.notify_all()
        for child in children:
            child.stop()
        if tender is not None:
            tender.join()

    def submit(
        self, recipes: Sequence[Recipe], *, keep: bool = False, restart: bool = False
    ) -> list[str]:
        """See to it that every recipe is trained, once.

        Parameters
        ----------
        recipes : sequence of Recipe
            Those of one stack share a worker.
        keep : bool, default=False
            Train them to the end even if nobody reads.
        restart : bool, default=False
            Train those again that were stopped.

        Returns
        -------
        list of str
            A sentence for each file on disk that cannot be used.

        Raises
        ------
        ValueError
            If more runs would wait than may; then none is added.
        """
        wanted = {recipe.key: recipe.canonical for recipe in recipes}
        verdicts = {key: self._judge(key, restart) for key in wanted}
        with self._changed:
            new = {
                key: recipe
                for key, recipe in wanted.items()
                if key not in self._jobs.live and needed(key, *verdicts[key])
            }
            self._check_room(len(new))
            self._jobs.enqueue(new)
            self.touch(wanted)
            if keep:
                self.keep(wanted)
            self._jobs.dispatch()
            self._changed.notify_all()
        return [note for key, (_, note) in verdicts.items() if note and key in new]

    def state(self, key: str) -> RunState:
        """Return where a run stands now."""
        with self._changed:
            job, queue = self._jobs.live.get(key), self._jobs.queue
            if job in queue:
                return RunState("queued", position=queue.index(job) + 1)
            if job is not None:
                return RunState("training")
        return on_disk(key)

    def touch(self, keys: Iterable[str], ahead: float = 0.0) -> None:
        """Note that somebody reads these runs now, and will again in `ahead` seconds."""
        with self._changed:
            for job in self._jobs.of(keys):
                job.touched = max(job.touched, time.monotonic() + ahead)

    @contextlib.contextmanager
    def reading(self, keys: Sequence[str]) -> Iterator[None]:
        """Count a reader of these runs; once the last has left, others may have the worker."""
        with self._changed:
            self._readers.update(keys)
        try:
            yield
        finally:
            with self._changed:
                self._readers -= Counter(keys)
                now = time.monotonic()
                jobs = [job for job in self._jobs.of(keys) if job.touched <= now]
                self.leave(key for job in jobs for key in job.recipes)

    def leave(self, keys: Iterable[str]) -> None:
        """Note that nobody waits for these runs any more; those with a reader stay as they are."""
        with self._changed:
            for job in self._jobs.of(keys):
                if not job.recipes.keys() & self._readers.keys():
                    job.leave()

    def keep(self, keys: Iterable[str]) -> None:
        """Train these runs to the end even if nobody reads them."""
        with self._changed:
            for job in self._jobs.of(keys):
                job.keep = True

    def devices(self) -> list[str]:
        """Return the devices that the workers can train on."""
        with self._changed:
            return list(self._devices)

    def ready(self) -> int:
        """Return how many workers are up and warm."""
        with self._changed:
            return sum(child.ready for child in self._crew.children)

    def healthy(self) -> list[str]:
        """Return a sentence for everything that is wrong with the workers."""
        with self._changed:
            if self._crew.down:
                up, size = len(self._crew.children), self._crew.size
                return [f"{size - up} of {size} workers do not stay alive." if up else NO_WORKER]
            if self._tender is None:
                return ["The workers are not started."]
            return [] if self.ready() else ["The workers are still starting."]

    # What it takes to answer, and what the children say and time brings.

    def _judge(self, key: str, restart: bool) -> tuple[bool, str]:
        with self._changed:
            if key in self._jobs.live:
                return False, ""
            if key in self._jobs.leaving():
                return True, ""
        return verdict(key, restart)

    def _check_room(self, more: int) -> None:
        if more and self._crew.down and not self._crew.children:
            raise ValueError(NO_WORKER)
        waiting = sum(len(job.recipes) for job in self._jobs.queue)
        if more and waiting + more > limits.MAX_QUEUE:
            raise ValueError(
                f"{waiting} runs wait to be trained and {more} more are asked for; at most "
                f"{limits.MAX_QUEUE} may wait. Try again in a while."
            )

    def _heard(self, child: Child, message: Message) -> None:
        with self._changed:
            if child not in self._crew.children:
                return
            if "ready" in message:
                child.ready, self._devices = True, message["devices"]
            else:
                self._crew.deaths = 0
                self._jobs.end(child, message)
            self._jobs.dispatch()
            self._changed.notify_all()

    def _died(self, child: Child) -> None:
        with self._changed:
            if child not in self._crew.children:
                return
            log.error("Worker %s came to its end (%s)", child.pid, child.death)
            self._crew.bury(child)
            self._jobs.lose(child)
            if self._crew.down and not self._crew.children:
                self._jobs.clear(NO_WORKER)
            self._changed.notify_all()

    def _tend(self) -> None:
        with self._changed:
            while self._tender is threading.current_thread():
                self._crew.start_one(time.monotonic())
                self._jobs.give_up_unread(IDLE_SECONDS)
                self._kill_stuck()
                busy = self._jobs.live or self._jobs.training()
                self._changed.wait(TICK if busy or not self._crew.settled else None)

    def _kill_stuck(self) -> None:
        for child in self._crew.children:
            cancelled = [job.cancelled for job in child.jobs.values() if job.cancelled]
            if cancelled and time.monotonic() - min(cancelled) > STUCK_SECONDS:
                child.kill()


_making = threading.Lock()


@functools.cache
def _shared() -> Pool:
    pool = Pool()
    pool.start()
    atexit.register(pool.stop)
    return pool


def shared() -> Pool:
    """Return the pool of this process, started at the first call."""
    with _making:
        return _shared()
