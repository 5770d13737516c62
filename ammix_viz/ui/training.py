"""Training many runs from a page: a button to begin, progress, time left, a button to stop."""

import time
from collections.abc import Callable, Sequence

import streamlit as st

from ammix_viz.settings.recipe import Recipe
from ammix_viz.workers.batches import Progress, RunBatch
from ammix_viz.workers.pool import shared

PAUSE_SECONDS = 1.0


class Training:
    """A batch of runs that this session trains.

    Parameters
    ----------
    recipes : sequence of Recipe
        What is to be trained.
    """

    def __init__(self, recipes: Sequence[Recipe]) -> None:
        self.batch = RunBatch(recipes, shared(), restart=True)
        self.begun = time.monotonic()
        self.first: Progress | None = None
        self.seconds = 0.0
        self.over = False

    def advance(self) -> Progress:
        """Go on, and note how long it has taken."""
        progress = self.batch.advance(ahead=10 * PAUSE_SECONDS)
        self.first = self.first or progress
        self.seconds = time.monotonic() - self.begun
        self.over = progress.over
        return progress

    def left(self, progress: Progress) -> str:
        """Return the time left in words, as far as it can be told."""
        gained = progress.share - (self.first or progress).share
        if gained < 0.02:
            return ""
        seconds = self.seconds * (1 - progress.share) / gained
        return f", about {seconds:.0f} s left" if seconds < 90 else f", {seconds / 60:.0f} min left"


def going_on(key: str, recipes: Sequence[Recipe]) -> Training | None:
    """Return what this session trains of just these runs; leave what it trained of others."""
    training = st.session_state.get(key)
    if training and set(training.batch.recipes) != {recipe.key for recipe in recipes}:
        st.session_state.pop(key).batch.leave()
        return None
    return training


def show_progress(training: Training, key: str, draw: Callable[[], None] = lambda: None) -> None:
    """Show the progress of a batch; run the page again at its end, or when it is stopped.

    `draw` shows the results so far; it is called with each update.
    """
    st.fragment(_progress, run_every=PAUSE_SECONDS)(training, key, draw)


def _progress(training: Training, key: str, draw: Callable[[], None]) -> None:
    try:
        progress = training.advance()
    except ValueError as error:
        st.error(str(error))
        return
    if progress.over:
        st.rerun()
    text = f"{progress.done} of {progress.total} runs have ended{training.left(progress)}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(progress.share, text)
        if st.button("Stop", key=f"{key}_stop", help="What has ended stays."):
            training.batch.leave()
            del st.session_state[key]
            st.rerun()
    draw()
