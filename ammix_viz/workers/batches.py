"""Trains many runs to completion: it submits some at a time and skips those already on disk."""

import functools
import math
import time
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

from ammix_viz.runs import disk
from ammix_viz.settings.limits import current_limits
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.schedule import total_epochs
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import GIVEN_UP, RunState, share_done

PORTION = 96
"""The most runs of a batch in the pool at a time; the others wait here, not in its queue."""

POLL_SECONDS = 0.2

MARK_SECONDS = disk.IN_USE_SECONDS / 10
"""How often a batch marks its runs as used, so that they are not removed while it needs them."""

IMAGE_EPOCHS = 300
"""About how many epochs on points take as long as one on images."""


@dataclass(frozen=True)
class Progress:
    """Progress of a batch of runs.

    Attributes
    ----------
    done, failed, total : int
        Number of runs that have ended, of those that failed or were stopped, and of all runs.
    share : float
        Share of the work that is done, from 0 to 1, including records of unfinished runs. Runs
        count by their epochs, and those on images by more.
    stopped : tuple of str
        Why runs were stopped, one sentence for all that have the same reason.
    next_waiting : RunState, optional
        State of the first run to start, if none is being trained.
    """

    done: int
    failed: int
    total: int
    share: float
    stopped: tuple[str, ...] = ()
    next_waiting: RunState | None = None

    @property
    def over(self) -> bool:
        """Whether nothing is left to train."""
        return self.done == self.total


class RunBatch:
    """Runs to be trained once each; those that have already ended are skipped.

    Parameters
    ----------
    recipes : iterable of Recipe
        The runs.
    pool : Pool
        The workers that train them.
    restart : bool, default=False
        Whether to train stopped runs again.
    session : str, default=""
        The session that asks for the runs.
    in_order : bool, default=False
        Whether they are trained in this order, instead of the longest first.
    """

    def __init__(
        self,
        recipes: Iterable[Recipe],
        pool: Pool,
        restart: bool = False,
        session: str = "",
        in_order: bool = False,
    ) -> None:
        ordered = recipes if in_order else longest_first(recipes)
        self.recipes = {recipe.key: recipe for recipe in ordered}
        self._pool = pool
        self._submit = functools.partial(pool.submit, batch=True, restart=restart, session=session)
        self._pending = dict(self.recipes)
        self._submitted: set[str] = set()
        self._failed = 0
        self._live: list[RunState] = []
        self._stopped: Counter[str] = Counter()
        self._marked_at = -math.inf

    def advance(self, ahead: float = 0.0, keep: bool = False) -> Progress:
        """Submit the next runs, update the counts, and return the progress.

        Parameters
        ----------
        ahead : float, default=0.0
            Seconds until the next call; until then the runs count as read.
        keep : bool, default=False
            Whether to train submitted runs to the end, even if this is not called again.

        Raises
        ------
        ValueError
            If the pool refuses the runs.
        """
        limits = current_limits()
        size = min(PORTION, limits.session_runs, limits.waiting_runs)
        portion = list(self._pending.values())[:size]
        new = [recipe for recipe in portion if recipe.key not in self._submitted]
        if new:
            self._submit(new, keep=keep)
            self._submitted |= {recipe.key for recipe in new}
        self._pool.touch([recipe.key for recipe in portion], ahead)
        self._live = []
        partial = sum(work(recipe) * self._update(recipe) for recipe in portion)
        all_work = sum(map(work, self.recipes.values()))
        left = sum(map(work, self._pending.values())) - partial
        total = len(self.recipes)
        done = total - len(self._pending)
        self._mark_used()
        share = 1 - left / max(all_work, 1)
        return Progress(done, self._failed, total, share, self._reasons(), self._next_waiting())

    def leave(self) -> None:
        """Stop waiting for the runs, so that others get the workers; files are kept."""
        self._pool.leave(self._pending)

    def stop(self) -> None:
        """Stop the runs now, except those that somebody displays, or that are kept."""
        kept = {recipe.key for recipe in self._pool.kept()}
        self._pool.cancel([key for key in self._pending if key not in kept], unread_only=True)

    def _next_waiting(self) -> RunState | None:
        if any(state.state == "training" for state in self._live):
            return None
        return min(self._live, key=lambda state: state.position, default=None)

    def _mark_used(self) -> None:
        now = time.monotonic()
        if now - self._marked_at > MARK_SECONDS or not self._pending:
            disk.mark_used(self.recipes)
            self._marked_at = now

    def _reasons(self) -> tuple[str, ...]:
        return tuple(
            f"{count} {'run' if count == 1 else 'runs'} stopped: {why}"
            for why, count in self._stopped.most_common()
        )

    def _update(self, recipe: Recipe) -> float:
        """Remove a run from the pending ones if it has ended, else return its share done."""
        state = self._pool.state(recipe.key)
        if state.live:
            self._live.append(state)
            return share_done(recipe.key)
        if state.state == "unknown" or state.why == GIVEN_UP:  # submitted again at the next call
            self._submitted.discard(recipe.key)
            return 0.0
        del self._pending[recipe.key]
        self._failed += state.state != "ended"
        self._stopped.update([state.why] if state.state == "stopped" else [])
        return 0.0


def work(recipe: Recipe) -> int:
    """Return about how long a run takes, in epochs on points."""
    return total_epochs(recipe) * (IMAGE_EPOCHS if recipe.on_images else 1)


def longest_first(recipes: Iterable[Recipe]) -> list[Recipe]:
    """Return recipes sorted by decreasing number of epochs, so that no core idles at the end."""
    return sorted(recipes, key=total_epochs, reverse=True)


def train_all(recipes: Sequence[Recipe], in_order: bool = False) -> Generator[Progress]:
    """Train all runs on the cores of this machine; yield the progress a few times a second.

    The longest come first, unless they are to be trained `in_order`.
    """
    pool = Pool()
    pool.start()
    try:
        batch = RunBatch(recipes, pool, restart=True, in_order=in_order)
        while not (progress := batch.advance(keep=True)).over:
            yield progress
            time.sleep(POLL_SECONDS)
        yield progress
    finally:
        pool.stop()
