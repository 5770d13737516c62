"""The live lab's controls, in the sidebar."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.networks.table import NETWORKS, default_network
from ammix_viz.settings.presets import PRESETS
from ammix_viz.settings.rules import Number
from ammix_viz.settings.table import SETTINGS, in_group, number_rule
from ammix_viz.ui.setup import KEEP, adopt_preset, next_seed, replay
from ammix_viz.workers.pool import shared

ONE_ROW = 16
"""Letters of a setting's choices that fit beside each other in the sidebar."""


def draw_controls(sets: Sequence[str]) -> None:
    """Put the controls in the sidebar; after the player, which then comes sooner."""
    with st.sidebar:
        if any(preset.comparison.shared.data in sets for preset in PRESETS.values()):
            _preset()
        st.selectbox(
            "Data",
            list(sets),
            format_func=lambda name: DATASETS[name].title,
            key="data",
            help="Points in the plane, or real images: scikit-learn's handwritten digits, and "
            "airplane, automobile, bird and cat of CIFAR-10. LT: long-tailed.",
        )
        _main_controls()
        _seed_controls()
        with st.expander("Training"):
            _training_controls()
        if any(map(_applies, in_group("open"))):
            with st.expander("What the papers leave open"):
                _group("open")
        with st.expander("Ablation"):
            st.caption(
                "The parts that methods are made of. “default” is what each method does; replace "
                "a part to see what it does."
            )
            _group("ablation")


def _applies(name: str) -> bool:
    """Say whether some method may read a setting on the data chosen."""
    reader = SETTINGS[name].read_by
    kind = DATASETS[st.session_state["data"]].kind
    if reader == "network":
        return name in NETWORKS[_network(kind)].reads
    return reader in ("all", "method", kind)


def _network(kind: str) -> str:
    """Return the network that is trained on a kind of data."""
    chosen = st.session_state["network"]
    fits = chosen != "default" and NETWORKS[chosen].kind == kind
    return chosen if fits else default_network(kind)


def _group(group: str) -> None:
    for name in in_group(group):
        if _applies(name):
            control(name)


def control(name: str) -> None:
    """Put up the control of a setting, as the table has it."""
    entry = SETTINGS[name]
    about = entry.help[0].upper() + entry.help[1:] + "."
    if isinstance(entry.rule, Number):
        widget = st.slider if entry.slider else st.number_input
        options: dict[str, Any] = {} if entry.rule.whole else {"format": "%g"}
        options |= {"step": entry.step} if entry.step else {}
        widget(entry.label, *entry.rule.limits, key=name, help=about, **options)
        return
    words = [entry.words.get(word, word) for word in entry.rule.words]
    named = dict(zip(entry.rule.words, words, strict=True))
    if sum(map(len, words)) > ONE_ROW:
        st.selectbox(entry.label, list(named), format_func=named.__getitem__, key=name, help=about)
    else:
        st.segmented_control(
            entry.label,
            list(named),
            required=True,
            format_func=named.__getitem__,
            key=name,
            help=about,
        )


def _preset() -> None:
    st.selectbox(
        "Start from",
        list(PRESETS),
        index=None,
        placeholder="your settings",
        format_func=lambda name: PRESETS[name].title,
        key="preset",
        on_change=adopt_preset,
    )


def _main_controls() -> None:
    st.pills(
        "Methods",
        list(METHODS),
        selection_mode="multi",
        format_func=lambda name: METHODS[name].title,
        key="methods",
        help="Side by side on the same samples, from the same start, in the same batches.",
    )
    _group("main")
    if st.session_state["beta"] > 0.69 and st.session_state["one_sided"] != "off":
        st.caption("λ can fall below ½ here: mixed features then carry the partner's label.")
    st.segmented_control(
        "Class imbalance",
        ["Paper", "Factor"],
        required=True,
        key="counts",
        help="Paper: 1000, 500, 100 and 10 points of the Gaussian toy, factor 100 on other points; "
        "5000, 854, 146 and 25 images of Mini-CIFAR-LT, factor 50 on Digits-LT, all images of the "
        "others. Factor: the largest class has so many times the samples of the smallest, with an "
        "exponential profile between.",
    )
    if st.session_state["counts"] == "Factor":
        low, high = number_rule("imbalance").limits
        st.slider("Largest class ÷ smallest", low, high, step=1.0, format="%g", key="factor")


def _seed_controls() -> None:
    st.button("Same start again", width="stretch", on_click=replay, help="Play it once more.")
    with st.container(horizontal=True):
        st.button(
            "New start",
            on_click=next_seed,
            args=("init_seed", "batch_seed"),
            help="Other initial weights and batches, on the same points.",
        )
        st.button(
            "New data",
            on_click=next_seed,
            args=("data_seed",),
            help="Other points of the same classes; of images, others that a rare class keeps.",
        )
    data, start = st.session_state["data_seed_kept"], st.session_state["init_seed_kept"]
    st.caption(f"Data {data}, start {start}")
    st.number_input(
        "Seeds",
        *number_rule("seeds").limits,
        key="seeds",
        help="Train every method with this many seeds: curves become medians with the middle half, "
        "the table mean ± standard deviation. The panels display one of them.",
    )
    if st.session_state["seeds"] > 1:
        last = st.session_state["seeds"] - 1
        st.session_state["displayed"] = min(st.session_state["displayed"], last)
        st.slider("Seed in the panels", 0, last, key="displayed")


def _training_controls() -> None:
    _group("training")
    kind = DATASETS[st.session_state["data"]].kind
    fitting = [name for name, entry in NETWORKS.items() if entry.kind == kind]
    if len(fitting) > 1:
        st.selectbox(
            SETTINGS["network"].label,
            ["default", *fitting],
            format_func=lambda name: NETWORKS[name].title if name in NETWORKS else name,
            key="network",
        )
    st.toggle(
        "Go on when I leave",
        key=KEEP,
        help="Train to the end even with no page open. Otherwise a run that nobody has watched for "
        "a minute is given up; on images it can go on from there later.",
    )
    devices = ["auto", *shared().devices()]
    if st.session_state["device"] not in devices:
        devices.append(st.session_state["device"])
    st.selectbox(
        "Device",
        devices,
        key="device",
        help=SETTINGS["device"].help[0].upper() + SETTINGS["device"].help[1:] + ".",
    )
