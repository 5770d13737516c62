"""The live lab's setup, tied both ways to the URL.

The URL is the one place where the setup is kept. Whenever it is not what this session wrote last,
the controls take its values; whenever a control changes, the URL follows.
"""

import streamlit as st

from ammix_viz.comparison import Comparison, read_query
from ammix_viz.methods import METHODS
from ammix_viz.presets import PRESETS, preset_of
from ammix_viz.recipe import CELLS, SEEDS, Recipe, own_defaults
from ammix_viz.rules import RULES

WRITTEN, NOTES, REPLAY, CHOSEN = "written_query", "notes", "replay", "chosen_setup"
CELL_NAMES = tuple(CELLS["ama"])
PLAIN = ("beta", "alpha", "site", *CELL_NAMES, "epochs", "lr", "batch_size", "device")
"""Settings that a control of the same name holds as they are."""

AMA_NOTE = (
    "β is {beta:g} and the learning rate {lr:g} now, for every method: {why} Set them back in the "
    "sidebar if you like."
)
WHY = {True: "at 0.1 AMA diverges on the toy.", False: "the defaults without AMA."}


def read_setup() -> Comparison:
    """Return what the controls say, or the URL where it is new; then both say the same."""
    state = st.session_state
    new = state.get(WRITTEN) != st.query_params.to_dict()
    if new or "methods" not in state:  # Streamlit forgets controls while another page is open
        _adopt(*read_query(st.query_params))
    note = _follow_methods()
    chosen = _read_controls()
    _write(chosen)
    state[NOTES] += [note] if note else []
    return chosen


def adopt_preset() -> None:
    """Set the controls to the preset that was picked."""
    picked = st.session_state["preset"]
    if picked in PRESETS:
        _adopt(PRESETS[picked].comparison, [])


def next_seed(*names: str) -> None:
    """Move seeds on by one, past the highest to 0."""
    for name in names:
        seed = st.session_state[name + "_kept"]
        st.session_state[name + "_kept"] = 0 if seed == RULES[name].high else seed + 1


def replay() -> None:
    """Have the player begin again."""
    st.session_state[REPLAY] += 1


def _adopt(asked: Comparison, notes: list[str]) -> None:
    """Set the controls to what the URL asks for."""
    state, shared_recipe = st.session_state, asked.shared
    state[CHOSEN], state[NOTES] = asked, notes
    state.setdefault(REPLAY, 0)
    state["methods"] = list(asked.methods)
    state["seeds"], state["shown"] = asked.seeds, asked.shown
    paper = shared_recipe.imbalance == "paper"
    state["counts"] = "Paper" if paper else "Factor"
    state["factor"] = 100.0 if paper else float(shared_recipe.imbalance)
    for name in PLAIN:
        state[name] = getattr(shared_recipe, name)
    for name in SEEDS:
        state[name + "_kept"] = getattr(shared_recipe, name)


def _follow_methods() -> str:
    """Let β and the learning rate follow the methods as long as they stand at their defaults."""
    state = st.session_state
    before, now = (own_defaults(tuple(each)) for each in (state[CHOSEN].methods, state["methods"]))
    untouched = all(state[name] == value for name, value in before.items())
    if before == now or not state["methods"] or not untouched:
        return ""
    state.update(now)
    return AMA_NOTE.format(**now, why=WHY[now["lr"] < before["lr"]])


def _write(chosen: Comparison) -> None:
    state, query = st.session_state, chosen.query()
    if chosen != state[CHOSEN]:
        state[NOTES] = []
    kept = {
        name: value
        for name, value in st.query_params.to_dict().items()
        if name not in RULES and name != "methods"
    }
    state[CHOSEN], state[WRITTEN] = chosen, kept | query
    state["preset"] = preset_of(chosen)
    if st.query_params.to_dict() != kept | query:
        st.query_params.from_dict(kept | query)


def _read_controls() -> Comparison:
    state = st.session_state
    values = {name: state[name] for name in PLAIN}
    values |= {name: state[name + "_kept"] for name in SEEDS}
    values["imbalance"] = (
        "paper" if state["counts"] == "Paper" else state.setdefault("factor", 100.0)
    )
    picked = tuple(name for name in METHODS if name in state["methods"])
    methods = picked or state[CHOSEN].methods
    if set(methods) == set(state[CHOSEN].methods):
        methods = state[CHOSEN].methods  # in the order of the URL
    return Comparison(methods, Recipe(**values), state["seeds"], state.setdefault("shown", 0))
