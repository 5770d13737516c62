"""How long training takes: the page says so before it trains for minutes, and offers less."""

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

import streamlit as st

from ammix_viz.datasets.table import DATASETS, load_dataset
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.limits import current_limits
from ammix_viz.settings.recipe import Recipe
from ammix_viz.training.schedule import total_epochs
from ammix_viz.ui.progress import duration
from ammix_viz.workers.pool import shared

UNASKED_SECONDS = 120.0
"""Training that takes longer is asked about first."""

SMALL_SECONDS = 60.0
"""About how long the smaller training that is offered takes."""

POINT_SECONDS, PIXEL_SECONDS = 1e-5, 1e-6
"""Seconds for a point, and for a pixel of an image, in each epoch on one core, as measured."""

AGREED, EXAMPLES = "agreed_runs", "trained_examples"


def seconds(recipes: Iterable[Recipe]) -> float:
    """Return about how many seconds the unfinished ones of some runs take on this computer."""
    pool, work = shared(), 0.0
    for recipe in recipes:
        if pool.state(recipe.key).state not in ("ended", "failed"):
            work += _work(recipe)
    return work / min(current_limits().workers, os.cpu_count() or 1)


def _work(recipe: Recipe) -> float:
    """Return the seconds that a run takes on one core."""
    data = Recipe(data=recipe.data, imbalance=recipe.imbalance, points=recipe.points)
    samples, *sides = _shape(data)
    each = PIXEL_SECONDS * math.prod(sides[:2]) if recipe.on_images else POINT_SECONDS
    return each * samples * total_epochs(recipe)


@lru_cache(maxsize=64)
def _shape(recipe: Recipe) -> tuple[int, ...]:
    """Return the shape of the training samples; seeds and noise do not change it."""
    return load_dataset(recipe).train.shape


def agreed(comparison: Comparison) -> bool:
    """Return whether to train a comparison over its seeds, as `agreed_to` does; offer less."""
    recipes = list(chain(*comparison.by_variant.values()))
    return agreed_to(comparison, recipes, _offer_less)


def agreed_to(
    comparison: Comparison,
    recipes: Sequence[Recipe],
    offer_less: Callable[[Comparison, float], None] | None = None,
) -> bool:
    """Return whether to train: at once if it is short or goes on, else when a person says so.

    Parameters
    ----------
    comparison, recipes : Comparison, sequence of Recipe
        A comparison, and those of its runs to train.
    offer_less : callable, optional
        Offers less than the runs, whose seconds it takes; without it there is one button only.
    """
    keys = {recipe.key for recipe in recipes}
    known = st.session_state.setdefault(AGREED, set())
    if keys <= known or any(shared().state(key).live for key in keys):
        known |= keys
        return True
    needed = seconds(recipes)
    if needed <= UNASKED_SECONDS:
        return True
    st.markdown(_effort(comparison, len(recipes), needed))
    with st.container(horizontal=True):
        st.button("Train", type="primary", on_click=known.update, args=(keys,))
        if offer_less:
            offer_less(comparison, needed)
    return False


def is_example(query: Mapping[str, str], start: Mapping[str, str], recipes: list[Recipe]) -> bool:
    """Return whether to train a page's example: what it opens with, once, if that is short.

    A page that opens empty does not say what it is for.
    """
    if query != start or not _first_time(start) or seconds(recipes) > UNASKED_SECONDS:
        return False
    skip_example(start)
    return True


def _first_time(start: Mapping[str, str]) -> bool:
    return tuple(start.items()) not in st.session_state.get(EXAMPLES, set())


def skip_example(start: Mapping[str, str]) -> None:
    """Do not train a page's example in this session: a link asks for something, or it was."""
    st.session_state.setdefault(EXAMPLES, set()).add(tuple(start.items()))


def _effort(comparison: Comparison, count: int, needed: float) -> str:
    epochs, data = comparison.shared.epochs, DATASETS[comparison.shared.data].title
    runs = f"{count} run{'s' if count > 1 else ''}"
    time = duration(needed)
    return (
        f"Training **{runs}** of {epochs} epochs on {data} takes **about {time}** on this computer."
    )


def _offer_less(comparison: Comparison, needed: float) -> None:
    _offer_fewer(comparison, needed)
    _offer_stand_in(comparison)


def _offer_fewer(comparison: Comparison, needed: float) -> None:
    epochs = max(int(comparison.shared.epochs * SMALL_SECONDS / needed), 1)
    less = duration(needed * epochs / comparison.shared.epochs)
    text = f"{epochs} epoch{'s' if epochs > 1 else ''} only: about {less}"
    st.button(text, on_click=_set, args=("epochs", epochs))


def _offer_stand_in(comparison: Comparison) -> None:
    name = DATASETS[comparison.shared.data].stand_in
    if not name:
        return
    smaller = replace(comparison, shared=Recipe(data=name), vary=None)
    needed = duration(seconds(chain(*smaller.by_variant.values())))
    text = f"{DATASETS[name].title} instead: about {needed}"
    st.button(text, on_click=_set, args=("data", name))


def _set(name: str, value: object) -> None:
    st.session_state[name] = value
