"""Runs that go on when nobody displays them: the switch, and the list of them with their ends."""

from collections.abc import Collection, Iterable, Sequence

import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.ui.notices import plain
from ammix_viz.ui.pacing import update_pause
from ammix_viz.ui.progress import Pace, waiting
from ammix_viz.workers.pool import shared
from ammix_viz.workers.run_state import share_done

KEEP, PACES = "keep", "kept_paces"
PAUSE_SECONDS = 3.0
MOST_LISTED = 12


def is_kept(recipes: Iterable[Recipe]) -> bool:
    """Return whether the unfinished ones of some runs go on when nobody displays them."""
    pool = shared()
    kept = {recipe.key for recipe in pool.kept()}
    if not kept:
        return False
    states = {recipe.key: pool.state(recipe.key).state for recipe in recipes}
    unfinished = {key for key, state in states.items() if state not in ("ended", "failed")}
    return bool(unfinished) and unfinished <= kept


def keep_switch(recipes: Sequence[Recipe]) -> None:
    """Show the switch that has these runs, and those displayed later, trained to the end."""
    st.toggle(
        "Go on when I leave",
        key=KEEP,
        on_change=_switch,
        args=(recipes,),
        help="Train the displayed runs to the end, even if this page is closed. Otherwise a run "
        "is stopped when nobody has displayed it for a minute; runs on images can be resumed "
        "later.",
    )


def _switch(recipes: Sequence[Recipe]) -> None:
    pool = shared()
    live = [recipe for recipe in recipes if pool.state(recipe.key).live]
    if st.session_state[KEEP]:
        pool.submit(live, keep=True)  # the page submits the others
    else:
        pool.release([recipe.key for recipe in live])


def list_kept(displayed: Iterable[Recipe]) -> None:
    """List the runs that go on, each with a button to stop it; nothing if there are none."""
    if shared().kept():
        keys = {recipe.key for recipe in displayed}
        st.fragment(_list, run_every=update_pause(PAUSE_SECONDS))(keys)


def _list(displayed: Collection[str]) -> None:
    kept = shared().kept()
    if not kept:
        return
    with st.expander(f"Runs that go on: {len(kept)}", key="kept_runs"):
        for recipe in kept[:MOST_LISTED]:
            _row(recipe, displayed)
        if len(kept) > MOST_LISTED:
            st.caption(f"And {len(kept) - MOST_LISTED} more.")
        if len(kept) > 1:
            _stop_button("Stop all", [recipe.key for recipe in kept], displayed)
        st.caption("After “Stop”, a run goes on only as long as some page displays it.")


def _row(recipe: Recipe, displayed: Collection[str]) -> None:
    method, data = METHODS[recipe.method].title, DATASETS[recipe.data].title
    share = share_done(recipe.key)
    state = shared().state(recipe.key)
    if state.state == "queued":
        words = [waiting(state)]
    else:
        pace = st.session_state.setdefault(PACES, {}).setdefault(recipe.key, Pace())
        words = [f"{share:.0%}", pace.left(share)]
    about = f"{method}, {data}, seed {recipe.init_seed}: {', '.join(filter(None, words))}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, plain(about))
        _stop_button("Stop", [recipe.key], displayed)


def _stop_button(label: str, keys: list[str], displayed: Collection[str]) -> None:
    name = f"stop_{'_'.join(keys[:2])}"
    if st.button(label, key=name, on_click=_stop, args=(keys, displayed)):
        st.rerun()


def _stop(keys: list[str], displayed: Collection[str]) -> None:
    shared().release(keys)
    shared().cancel(keys, unread_only=True)
    if set(keys) & set(displayed):
        st.session_state[KEEP] = False
