"""The pool of worker processes: a queue that trains a recipe once, however many ask for it.

The pool lives in the server's process and never trains there: `ammix_viz.worker` does, in child
processes. One thread of the pool tends to what time brings: runs that nobody reads any more,
workers to be started or replaced.
"""

import atexit
import contextlib
import functools
import itertools
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from ammix_viz import runs
from ammix_viz.jobs import Job, in_the_way, room_for
from ammix_viz.recipe import Recipe
from ammix_viz.rules import MAX_QUEUE
from ammix_viz.stacks import cut
from ammix_viz.states import RunState, needed, on_disk, verdict, written
from ammix_viz.worker import Child, Crew, Message

IDLE_SECONDS = 60.0
"""A run that nobody has read for so long is given up."""

UNREAD_SECONDS = 2.0
"""The same where another run waits for the worker."""

LEFT_SECONDS = 0.25
"""The same again, once its last reader has left."""

STUCK_SECONDS = 30.0
"""A worker that has not answered a cancel for so long is killed."""

MOST_TRIES = 3
"""How often a run on images is begun again, from its checkpoint, where its worker died."""

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
        self._queue: list[Job] = []
        self._live: dict[str, Job] = {}
        self._readers: Counter[str] = Counter()
        self._numbers = itertools.count(1)
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
            self._queue.clear()
            self._live.clear()
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
                if key not in self._live and needed(key, *verdicts[key])
            }
            self._check_room(len(new))
            self._enqueue(new)
            self.touch(wanted)
            if keep:
                self.keep(wanted)
            self._dispatch()
            self._changed.notify_all()
        return [note for key, (_, note) in verdicts.items() if note and key in new]

    def state(self, key: str) -> RunState:
        """Return where a run stands now."""
        with self._changed:
            job = self._live.get(key)
            if job in self._queue:
                return RunState("queued", position=self._queue.index(job) + 1)
            if job is not None:
                return RunState("training")
        return on_disk(key)

    def touch(self, keys: Iterable[str], ahead: float = 0.0) -> None:
        """Note that somebody reads these runs now, and will again in `ahead` seconds."""
        with self._changed:
            for job in self._jobs(keys):
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
                jobs = [job for job in self._jobs(keys) if job.touched <= now]
                self.leave(key for job in jobs for key in job.recipes)

    def leave(self, keys: Iterable[str]) -> None:
        """Note that nobody waits for these runs any more; those with a reader stay as they are."""
        with self._changed:
            for job in self._jobs(keys):
                if not job.recipes.keys() & self._readers.keys():
                    job.touched = time.monotonic() - UNREAD_SECONDS + LEFT_SECONDS

    def keep(self, keys: Iterable[str]) -> None:
        """Train these runs to the end even if nobody reads them."""
        with self._changed:
            for job in self._jobs(keys):
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

    # Into the queue and out of it. The condition is held in all that follows.

    def _judge(self, key: str, restart: bool) -> tuple[bool, str]:
        with self._changed:
            if key in self._live:
                return False, ""
            if key in self._leaving():
                return True, ""
        return verdict(key, restart)

    def _jobs(self, keys: Iterable[str]) -> set[Job]:
        return {self._live[key] for key in keys if key in self._live}

    def _check_room(self, more: int) -> None:
        if more and self._crew.down and not self._crew.children:
            raise ValueError(NO_WORKER)
        waiting = sum(len(job.recipes) for job in self._queue)
        if more and waiting + more > MAX_QUEUE:
            raise ValueError(
                f"{waiting} runs wait to be trained and {more} more are asked for; at most "
                f"{MAX_QUEUE} may wait. Try again in a while."
            )

    def _enqueue(self, new: dict[str, Recipe]) -> None:
        for key in new:
            goes_on = runs.path(key, ".ckpt").exists()
            for suffix in (".json",) if goes_on else (".json", ".run"):
                with contextlib.suppress(OSError):  # nobody shall take the old for the new
                    runs.path(key, suffix).unlink(missing_ok=True)
        for part in cut(new.values(), self._crew.size):
            own = {recipe.key: recipe for recipe in part}
            job = Job(next(self._numbers), own, keep=False, touched=time.monotonic())
            self._queue.append(job)
            self._live |= dict.fromkeys(own, job)

    def _dispatch(self) -> None:
        leaving, since = self._leaving(), time.monotonic() - UNREAD_SECONDS
        for job in sorted(self._queue, key=lambda job: job.touched < since):  # unread ones last
            child = room_for(job, self._crew.children, parked=job.touched < since)
            if child and not leaving & job.recipes.keys():
                self._queue.remove(job)
                child.jobs[job.number] = job
                recipes = [asdict(recipe) for recipe in job.recipes.values()]
                folder = str(runs.folder().absolute())
                child.tell({"job": job.number, "folder": folder, "recipes": recipes})

    def _training(self) -> list[Job]:
        return [job for child in self._crew.children for job in child.jobs.values()]

    def _leaving(self) -> set[str]:
        """Return the runs that were given up, but that a worker has not let go of yet."""
        return set().union(*(job.recipes for job in self._training() if job.cancelled))

    def _forget(self, job: Job) -> None:
        for key in job.recipes:
            if self._live.get(key) is job:
                del self._live[key]

    def _cancel(self, job: Job) -> None:
        job.cancelled = time.monotonic()
        self._forget(job)
        if job in self._queue:
            self._queue.remove(job)
        for child in self._crew.children:
            if job.number in child.jobs:
                child.tell({"cancel": job.number})

    def _begin_again(self, job: Job) -> None:
        """Put a job back into the queue, under a new number."""
        new = Job(next(self._numbers), job.recipes, job.keep, job.touched, tries=job.tries)
        self._queue.append(new)
        self._live |= dict.fromkeys(job.recipes, new)

    def _break_off(self, job: Job, why: str) -> None:
        """Say of the runs that have not come to an end of their own why they did not."""
        for key in job.recipes if job.cancelled is None else ():
            try:
                runs.folder().mkdir(parents=True, exist_ok=True)
                if runs.status(key) is None and not written(key):
                    file = runs.path(key)
                    size = file.stat().st_size if file.exists() else 0
                    runs.write_status(key, runs.Status("stopped", why, size))
            except OSError:
                log.exception("Run %s stopped: %s", key, why)

    # What the children say, and what time brings.

    def _heard(self, child: Child, message: Message) -> None:
        with self._changed:
            if child not in self._crew.children:
                return
            if "ready" in message:
                child.ready, self._devices = True, message["devices"]
            else:
                job = child.jobs.pop(message.get("done", message.get("error")))
                self._crew.deaths = 0
                if "error" in message:
                    self._break_off(job, message["why"])
                if self._live.get(next(iter(job.recipes))) in (None, job):
                    self._forget(job)
                    if job.again and "done" in message:
                        self._begin_again(job)
            self._dispatch()
            self._changed.notify_all()

    def _died(self, child: Child) -> None:
        with self._changed:
            if child not in self._crew.children:
                return
            log.error("Worker %s came to its end (%s)", child.pid, child.death)
            self._crew.bury(child)
            for job in child.jobs.values():
                self._lose(job, child.death)
            if self._crew.down and not self._crew.children:
                self._clear_queue()
            self._changed.notify_all()

    def _lose(self, job: Job, death: str) -> None:
        """Begin a job again that can go on from a checkpoint; of another, say what happened."""
        job.tries += 1
        if job.on_images and (job.again or not job.cancelled) and job.tries < MOST_TRIES:
            self._begin_again(job)
            return
        self._break_off(job, f"The process that trained this run came to a sudden end ({death}).")
        self._forget(job)

    def _clear_queue(self) -> None:
        for job in self._queue:
            self._break_off(job, NO_WORKER)
            self._forget(job)
        self._queue.clear()

    def _tend(self) -> None:
        with self._changed:
            while self._tender is threading.current_thread():
                now = time.monotonic()
                self._crew.start_one(now)
                self._give_up_unread(now)
                self._kill_stuck(now)
                settled = self._crew.settled and not self._live and not self._training()
                self._changed.wait(None if settled else TICK)

    def _give_up_unread(self, now: float) -> None:
        jobs = [*self._queue, *self._training()]
        idle = [job for job in jobs if not job.keep and job.cancelled is None]
        for job in idle:
            if now - job.touched > IDLE_SECONDS:
                self._cancel(job)
        for job in in_the_way(self._crew.children, self._queue, now - UNREAD_SECONDS):
            job.again = job.keep
            self._cancel(job)

    def _kill_stuck(self, now: float) -> None:
        for child in self._crew.children:
            cancelled = [job.cancelled for job in child.jobs.values() if job.cancelled]
            if cancelled and now - min(cancelled) > STUCK_SECONDS:
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
