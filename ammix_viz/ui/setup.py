"""The controls of the live lab, and their two-way tie to the URL.

The URL is the one place where the setup is kept. Whenever it is not what this session wrote last,
the controls take its values; whenever a control changes, the URL follows.
"""

import streamlit as st

from ammix_viz.comparison import Comparison, read_query
from ammix_viz.methods import METHODS
from ammix_viz.recipe import SEEDS, Recipe
from ammix_viz.rules import RULES, Number
from ammix_viz.workers import shared

WRITTEN, NOTES, REPLAY, CHOSEN = "written_query", "notes", "replay", "chosen_setup"
KEEP = "keep"
PLAIN = ("beta", "alpha", "site", "epochs", "lr", "batch_size", "device")
"""Settings that a control of the same name holds as they are."""


def read_setup() -> Comparison:
    """Return what the controls say, or the URL where it is new; then both say the same."""
    state = st.session_state
    new = state.get(WRITTEN) != st.query_params.to_dict()
    if new or "methods" not in state:  # Streamlit forgets controls while another page is open
        _adopt(*read_query(st.query_params))
    chosen = _read_controls()
    _write(chosen)
    return chosen


def draw_controls() -> None:
    """Draw the controls in the sidebar; after the player, which then comes sooner."""
    with st.sidebar:
        _main_controls()
        _seed_buttons()
        with st.expander("Training"):
            _training_controls()


def _adopt(asked: Comparison, notes: list[str]) -> None:
    """Set the controls to what the URL asks for."""
    state, shared_recipe = st.session_state, asked.shared
    state[CHOSEN], state[NOTES] = asked, notes
    state.setdefault(REPLAY, 0)
    state["methods"] = list(asked.methods)
    paper = shared_recipe.imbalance == "paper"
    state["counts"] = "Paper" if paper else "Factor"
    state["factor"] = 100.0 if paper else float(shared_recipe.imbalance)
    for name in PLAIN:
        state[name] = getattr(shared_recipe, name)
    for name in SEEDS:
        state[name + "_kept"] = getattr(shared_recipe, name)


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
    if st.query_params.to_dict() != kept | query:
        st.query_params.from_dict(kept | query)


def _main_controls() -> None:
    st.pills(
        "Methods",
        list(METHODS),
        selection_mode="multi",
        format_func=lambda name: METHODS[name].title,
        key="methods",
        help="Shown side by side on the same points, from the same start, on the same batches.",
    )
    st.slider(
        "β, pace of AM-mixup",
        *_limits("beta"),
        step=0.01,
        key="beta",
        help="λ = exp(−β · training accuracy): the larger β, the nearer mixed features come to the "
        "midpoint of a pair. The paper takes 0.34. Past ln 2 ≈ 0.69 they cross it, and the label "
        "flips to the other side.",
    )
    if st.session_state["beta"] > 0.69:
        st.caption("λ can fall below ½ here: mixed features then carry the partner's label.")
    st.segmented_control(
        "Class imbalance",
        ["Paper", "Factor"],
        required=True,
        key="counts",
        help="Paper: 1000, 500, 100 and 10 training points. Factor: the largest class has so many "
        "times the points of the smallest, with an exponential profile between.",
    )
    if st.session_state["counts"] == "Factor":
        low, high = _limits("imbalance")
        st.slider("Largest class ÷ smallest", low, high, step=1.0, format="%g", key="factor")


def _seed_buttons() -> None:
    st.button("Same start again", width="stretch", on_click=_again, help="Play it once more.")
    with st.container(horizontal=True):
        st.button(
            "New start",
            on_click=_next_seed,
            args=("init_seed", "batch_seed"),
            help="Other initial weights and batches, on the same points.",
        )
        st.button(
            "New data",
            on_click=_next_seed,
            args=("data_seed",),
            help="Other points of the same four classes.",
        )
    data, start = st.session_state["data_seed_kept"], st.session_state["init_seed_kept"]
    st.caption(f"Data {data}, start {start}")


def _again() -> None:
    st.session_state[REPLAY] += 1


def _next_seed(*names: str) -> None:
    for name in names:
        seed = st.session_state[name + "_kept"]
        st.session_state[name + "_kept"] = 0 if seed == RULES[name].high else seed + 1


def _training_controls() -> None:
    st.number_input(
        "Epochs", *_limits("epochs"), step=50, key="epochs", help="Passes over the training points."
    )
    st.number_input(
        "Learning rate",
        *_limits("lr"),
        step=0.01,
        format="%g",
        key="lr",
        help="Step size of SGD with momentum 0.9 and weight decay 0.0005.",
    )
    st.number_input(
        "Batch size",
        *_limits("batch_size"),
        key="batch_size",
        help="Points a step. 101 gives the paper's 16 batches an epoch at its class counts.",
    )
    st.number_input(
        "α, of mixup's λ",
        *_limits("alpha"),
        step=0.1,
        format="%g",
        key="alpha",
        help="Mixup and manifold mixup draw λ ~ Beta(α, α): 1 is uniform, small α mixes little.",
    )
    st.segmented_control(
        "Features are mixed at",
        ["last", "random"],
        required=True,
        format_func={"last": "the last layer", "random": "a random layer"}.get,
        key="site",
        help="For manifold mixup and AM-mixup: the 2-D feature, or a layer drawn each step.",
    )
    st.toggle(
        "Go on when I leave",
        key=KEEP,
        help="Train to the end even with no page open. Otherwise a run that nobody has watched for "
        "a minute is given up.",
    )
    devices = ["auto", *shared().devices()]
    if st.session_state["device"] not in devices:
        devices.append(st.session_state["device"])
    st.selectbox("Device", devices, key="device", help="auto: the CPU, fastest for this model.")


def _limits(name: str) -> tuple[float, float] | tuple[int, int]:
    rule = RULES[name]
    kind = int if isinstance(rule, Number) and rule.whole else float
    return kind(rule.low), kind(rule.high)


def _read_controls() -> Comparison:
    state = st.session_state
    values = {name: state[name] for name in PLAIN}
    values |= {name: state[name + "_kept"] for name in SEEDS}
    values["imbalance"] = (
        "paper" if state["counts"] == "Paper" else state.setdefault("factor", 100.0)
    )
    methods = tuple(name for name in METHODS if name in state["methods"])
    return Comparison(methods or state[CHOSEN].methods, Recipe(**values))
