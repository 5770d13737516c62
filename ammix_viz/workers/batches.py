"""Many runs trained to their end: a portion at a time, on from what is on disk."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ammix_viz.runs import store
from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.pool import Pool
from ammix_viz.workers.run_state import GIVEN_UP

PORTION = 96
"""Runs handed to the workers at a time; the others wait here, not in their queue."""

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Progress:
    """How far a campaign has come.

    Attributes
    ----------
    done, failed, total : int
        Runs that have come to their end, those of them that failed or stopped, and all.
    share : float
        Share of the work that is done, the beginnings of unfinished runs included.
    """

    done: int
    failed: int
    total: int
    share: float

    @property
    def over(self) -> bool:
        """Whether there is nothing left to train."""
        return self.done == self.total


class Campaign:
    """Runs that are to be trained, each once; those that are on disk are read.

    Parameters
    ----------
    recipes : sequence of Recipe
        All runs, the longest first: then no core idles at the end.
    pool : Pool
        Who trains them.
    restart : bool, default=False
        Train those again that were stopped before.
    """

    def __init__(self, recipes: Sequence[Recipe], pool: Pool, restart: bool = False) -> None:
        self.recipes = {recipe.key: recipe for recipe in recipes}
        self._pool = pool
        self._restart = restart
        self._pending = dict(self.recipes)
        self._asked: set[str] = set()
        self._failed = 0

    def advance(self, ahead: float = 0.0, keep: bool = False) -> Progress:
        """Hand on what fits, note what has ended, and say how far it is.

        Parameters
        ----------
        ahead : float, default=0.0
            In so many seconds this is called again; till then nobody takes the workers away.
        keep : bool, default=False
            Train what is handed on to its end, called again or not.

        Raises
        ------
        ValueError
            If the workers cannot take it.
        """
        portion = list(self._pending.values())[:PORTION]
        new = [recipe for recipe in portion if recipe.key not in self._asked]
        if new:
            self._pool.submit(new, keep=keep, restart=self._restart)
            self._asked |= {recipe.key for recipe in new}
        self._pool.touch([recipe.key for recipe in portion], ahead)
        begun = sum(self._settle(recipe) for recipe in portion)
        done = len(self.recipes) - len(self._pending)
        total = len(self.recipes)
        return Progress(done, self._failed, total, (done + begun) / max(total, 1))

    def leave(self) -> None:
        """Let others have the workers; what is on disk stays."""
        self._pool.leave(self._pending)

    def _settle(self, recipe: Recipe) -> float:
        """Strike a run off if it has ended; else return the share of it that is there."""
        state = self._pool.state(recipe.key)
        if state.live:
            return _share_of(recipe.key)
        if state.state == "unknown" or state.why == GIVEN_UP:  # nobody came back in time
            self._asked.discard(recipe.key)
            return 0.0
        del self._pending[recipe.key]
        self._failed += state.state != "ended"
        return 0.0


def _share_of(key: str) -> float:
    try:
        with store.Run(key) as run:
            return run.count() / run.header["records"]
    except (FileNotFoundError, store.DamagedRun):
        return 0.0


def train_all(recipes: Sequence[Recipe]) -> Iterator[Progress]:
    """Train all runs on the cores of this machine; yield how far it is, a few times a second."""
    pool = Pool()
    pool.start()
    try:
        campaign = Campaign(recipes, pool, restart=True)
        while not (progress := campaign.advance(keep=True)).over:
            yield progress
            time.sleep(POLL_SECONDS)
        yield progress
    finally:
        pool.stop()
