"""Keep the live lab's controls and the URL in step; the URL holds the setup."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from itertools import chain

import streamlit as st

from ammix_viz.datasets.table import DATASETS, names_of
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.axis import Axis
from ammix_viz.settings.comparison import DEFAULT_METHODS, Comparison, read_query, with_readers
from ammix_viz.settings.defaults import shared_defaults
from ammix_viz.settings.moment import read_moment
from ammix_viz.settings.presets import PRESETS, preset_of
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import SEEDS, SETTINGS, number_rule
from ammix_viz.settings.variants import allowed_values, usual_method
from ammix_viz.ui import address
from ammix_viz.ui.fixed import fix, fixed, is_free
from ammix_viz.ui.keeping import KEEP, is_kept

NOTES, REPLAY, CHOSEN = "notes", "replay", "chosen_setup"
SENT, POINT_NOTES = "controls_sent", "point_notes"
MOMENT, ARRIVALS = "moment", "arrivals"
BY_METHOD, METHODS_BEFORE = "method", "methods_before_vary"
FINE_SETS, COARSE_SETS = names_of(coarse=False), names_of(coarse=True)
"""The data sets of the live lab, and those that go from coarse to fine classes."""

SWEEP_SETS = tuple(name for name in FINE_SETS if not DATASETS[name].points)
"""Those of the sweep, which has no editor of points."""

PLAIN = tuple(name for name in SETTINGS if name not in ("method", "imbalance", *SEEDS))
"""Settings whose control has the same name and value."""

OTHERS = ("data", "methods", "vary", "vary_values", "counts", "factor", "seeds", "displayed")
"""The other controls."""


def read_setup(sets: Sequence[str]) -> Comparison:
    """Return the setup of the controls, or of the URL if that is new, and update the other.

    Parameters
    ----------
    sets : sequence of str
        The data sets that the page is for; the first is its default.
    """
    state, page = st.session_state, f"lab on {sets[0]}"
    _resend_controls()
    if (
        address.is_new(page) or state.get("data") not in sets
    ):  # Streamlit forgets controls of another page
        query = {"data": sets[0]} | address.given_or_last(page)
        requested, notes = read_query(query)
        if requested.shared.data not in sets:
            why = DATASETS[requested.shared.data].why_unlisted() or "is on another page"
            notes.append(f"{requested.shared.data} {why}; {sets[0]} is used here.")
            requested, _ = read_query(query | {"data": sets[0]})
        state[MOMENT], of_moment = read_moment(query)
        state[ARRIVALS] = state.get(ARRIVALS, 0) + 1
        _adopt(requested, notes + of_moment + fix(query))
    note = _follow_defaults()
    vary, notes = _read_vary()
    chosen, idle = with_readers(_read_controls(vary))
    if idle:
        state["vary"] = BY_METHOD
    _write(chosen, page)
    if POINT_NOTES in state:  # of another file than those before
        state[NOTES] = state.pop(POINT_NOTES)
    state[NOTES] += [*notes, *idle, *filter(None, [note])]
    return chosen


def adopt_preset(name: str) -> None:
    """Set the controls to a preset."""
    _adopt(PRESETS[name].comparison, [])


def follow_vary() -> None:
    """Suggest values for the setting to vary, and a method that reads it."""
    state = st.session_state
    name, methods = state["vary"], state["methods"]
    if name == BY_METHOD:
        state["methods"] = state.pop(METHODS_BEFORE, list(DEFAULT_METHODS))
        return
    state["vary_values"] = _listed(SETTINGS[name].values)
    state.setdefault(METHODS_BEFORE, methods)
    shared = st.session_state[CHOSEN].shared
    readers = [each for each in methods if replace(shared, method=each).reads(name)]
    if is_free("methods") and (len(methods) > 1 or not readers):
        state["methods"] = [usual_method(name, state["data"])]


def next_seed(*names: str) -> None:
    """Move seeds on by one, past the highest to 0."""
    for name in names:
        seed = st.session_state[name + "_kept"]
        st.session_state[name + "_kept"] = 0 if seed == number_rule(name).high else seed + 1


def replay() -> None:
    """Restart the player's animation."""
    st.session_state[REPLAY] += 1


def _resend_controls() -> None:
    """Send the controls' values again if the last run of the page did not reach its controls.

    When a run is interrupted, the browser may never receive them. It would show and return the
    lowest value of each control instead.
    """
    state = st.session_state
    if not state.get(SENT, True):
        for name in (*PLAIN, *OTHERS, KEEP):
            if name in state:
                state[name] = state[name]
    state[SENT] = False


def _adopt(requested: Comparison, notes: list[str]) -> None:
    """Set the controls to what the URL asks for."""
    state, shared_recipe = st.session_state, requested.shared
    state[CHOSEN], state[NOTES] = requested, notes
    state.setdefault(REPLAY, 0)
    state["data"], state[KEEP] = shared_recipe.data, is_kept(chain(*requested.by_variant.values()))
    state["methods"] = list(requested.methods)
    state["seeds"], state["displayed"] = requested.seeds, requested.displayed
    _set_imbalance(shared_recipe.imbalance)
    state.pop(METHODS_BEFORE, None)
    state["vary"] = requested.vary.name if requested.vary else BY_METHOD
    if requested.vary:
        state["vary_values"] = _listed(requested.vary.values)
    for name in PLAIN:
        state[name] = getattr(shared_recipe, name)
    for name in SEEDS:
        state[name + "_kept"] = getattr(shared_recipe, name)


def _set_imbalance(value: float | str) -> None:
    state = st.session_state
    state["counts"] = "Paper" if value == "paper" else "Factor"
    state["factor"] = 100.0 if value == "paper" else float(value)


def _follow_defaults() -> str:
    """Update settings that are at their defaults when methods or data change."""
    state, chosen = st.session_state, st.session_state[CHOSEN]
    if not state["methods"]:
        return ""
    before = shared_defaults(chosen.methods, chosen.shared.data)
    now = shared_defaults(state["methods"], state["data"])
    kept = asdict(chosen.shared)  # a control that is not on the page has no state
    changed = {
        n: v
        for n, v in now.items()
        if v != before[n] and state.get(n, kept[n]) == before[n] and is_free(n)
    }
    state.update(changed)
    words = ", ".join(
        f"{SETTINGS[n].name} {text_of(value)}" for n, value in changed.items() if value
    )
    other_data = state["data"] != chosen.shared.data
    why = _why(before, now, other_data)
    return f"Every method now uses {words}: {why}" if words else ""


def _why(before: dict[str, float], now: dict[str, float], other_data: bool) -> str:
    if other_data:
        return "the defaults for this data. You can change them in the sidebar."
    with_ama = now["beta"] > before["beta"]
    return f"the defaults {'with' if with_ama else 'without'} AMA."


def _write(chosen: Comparison, page: str) -> None:
    state = st.session_state
    if chosen != state[CHOSEN]:
        state[NOTES] = []
    state[CHOSEN], state["preset"] = chosen, preset_of(chosen)
    address.write(page, chosen.query() | fixed().query())


def _read_vary() -> tuple[Axis | None, list[str]]:
    """Return the setting to vary; write the values that are allowed into their control."""
    state = st.session_state
    if state.setdefault("vary", BY_METHOD) == BY_METHOD:
        return None, []
    name = state["vary"]
    values, notes = allowed_values(name, state.get("vary_values") or "")
    if not values:
        values = SETTINGS[name].values
        notes.append(f"No value of {SETTINGS[name].name} is left; the suggested ones are used.")
    state["vary_values"] = _listed(values)
    return Axis(name, values), notes


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(text_of, values))


def _read_controls(vary: Axis | None) -> Comparison:
    state = st.session_state
    before = state[CHOSEN].shared  # a control that is not on the page has no state
    for name in PLAIN:
        if state.get(name) is None:  # an interrupted rerun can leave a control without a value
            state[name] = getattr(before, name)
    if state.get("counts") is None:
        _set_imbalance(before.imbalance)
    values = {name: state[name] for name in PLAIN}
    values |= {name: state[name + "_kept"] for name in SEEDS}
    values["imbalance"] = (
        "paper" if state["counts"] == "Paper" else state.setdefault("factor", 100.0)
    )
    picked = tuple(name for name in METHODS if name in state["methods"])
    methods = picked or state[CHOSEN].methods
    if set(methods) == set(state[CHOSEN].methods):
        methods = state[CHOSEN].methods  # in the order of the URL
    displayed = state.setdefault("displayed", 0)
    return Comparison(methods, Recipe(**values), state["seeds"], displayed, vary)
