"""Train many runs from a page: progress, time left, and a Stop button."""

import time
from collections.abc import Callable, Sequence

import streamlit as st

from ammix_viz.runs import verified
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui import notices
from ammix_viz.ui.progress import Pace, waiting
from ammix_viz.ui.queue import refused
from ammix_viz.ui.session import session_id
from ammix_viz.workers.batches import Progress, RunBatch
from ammix_viz.workers.pool import shared

PAUSE_SECONDS = 1.0
MOST_NAMED = 3
"""The most damaged runs that are named."""


class Training:
    """A batch of runs that this session trains.

    Parameters
    ----------
    recipes : sequence of Recipe
        Runs to train.
    """

    def __init__(self, recipes: Sequence[Recipe]) -> None:
        self.batch = RunBatch(recipes, shared(), restart=True, session=session_id())
        self.begun = time.monotonic()
        self.first: Progress | None = None
        self.seconds = 0.0
        self.pace = Pace()
        self.over = False
        self.stopped: tuple[str, ...] = ()

    def advance(self) -> Progress:
        """Continue training, and record the time it has taken."""
        progress = self.batch.advance(ahead=10 * PAUSE_SECONDS)
        self.first = self.first or progress
        self.seconds = time.monotonic() - self.begun
        self.over, self.stopped = progress.over, progress.stopped
        return progress


def current_training(key: str, recipes: Sequence[Recipe]) -> Training | None:
    """Return this session's training of exactly these runs; stop a training of other runs.

    If it is over and some of its runs were stopped, say why.
    """
    training = st.session_state.get(key)
    if training and set(training.batch.recipes) != {recipe.key for recipe in recipes}:
        st.session_state.pop(key).batch.leave()
        return None
    for reason in training.stopped if training and training.over else ():
        notices.error(reason)
    return training


def warn_of_damage(recipes: Sequence[Recipe]) -> None:
    """Name the finished runs whose files cannot be used; they count as not trained."""
    reasons = list(filter(None, (verified.damage(recipe.key) for recipe in recipes)))
    if not reasons:
        return
    rest = len(reasons) - MOST_NAMED
    more = [f"{rest} more cannot be used either."] if rest > 0 else []
    end = "They count as not trained." if len(reasons) > 1 else "It counts as not trained."
    notices.warning(" ".join([*reasons[:MOST_NAMED], *more, end]))


def show_progress(
    training: Training, key: str, show_results: Callable[[], None] = lambda: None
) -> None:
    """Show the progress of a batch; rerun the page when it finishes or is stopped.

    `show_results` shows the results so far; it is called with each update.
    """
    st.fragment(_progress, run_every=PAUSE_SECONDS)(training, key, show_results)


def _progress(training: Training, key: str, show_results: Callable[[], None]) -> None:
    try:
        progress = training.advance()
    except ValueError as why:
        refused(why)
        _stop_button(training, key)
        return
    if progress.over:
        st.rerun()
    texts = [f"{progress.done} of {progress.total} runs finished", _outlook(training, progress)]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.share, ", ".join(filter(None, texts)))
        _stop_button(training, key)
    show_results()


def _outlook(training: Training, progress: Progress) -> str:
    """Return the place in the queue while all runs wait, and then the time left."""
    if progress.next_waiting:
        return waiting(progress.next_waiting)
    return training.pace.left(progress.share)


def _stop_button(training: Training, key: str) -> None:
    if st.button("Stop", key=f"{key}_stop", help="Finished runs are kept."):
        training.batch.stop()
        del st.session_state[key]
        st.rerun()
