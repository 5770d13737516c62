"""The live lab's controls, in the sidebar."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.networks.table import NETWORKS
from ammix_viz.settings.axis import VARIABLE
from ammix_viz.settings.fixed import ALL
from ammix_viz.settings.presets import PRESETS
from ammix_viz.settings.rules import Choice, Number
from ammix_viz.settings.table import RULES, SETTINGS, in_group, number_rule
from ammix_viz.ui.fixed import fixed, is_free, show_fixed
from ammix_viz.ui.gallery import preset_button
from ammix_viz.ui.keeping import keep_switch, list_kept
from ammix_viz.ui.seeds import seed_controls
from ammix_viz.ui.setup import BY_METHOD, CHOSEN, SENT, follow_vary
from ammix_viz.workers.pool import shared

FIRST = ("beta", "imbalance", "lr")
"""The settings that are offered first to compare."""

LN_2, NEAR_MIDPOINT = 0.69, (0.55, 0.85)
"""β at which λ is ½ once every training sample is classified correctly, and the β around it."""

ONE_ROW = 16
"""Characters that fit into one row of buttons in the sidebar; longer choices are a menu."""


def draw_controls(sets: Sequence[str]) -> None:
    """Put the controls in the sidebar. Call it after the player, which then appears sooner."""
    with st.sidebar:
        show_fixed(st.session_state[CHOSEN])
        if not fixed().names:
            _preset_control(sets)
        if is_free("data"):
            _data_control(sets)
        _main_controls()
        seed_controls(_applies("data_seed"))
        if is_free(ALL):
            runs = list(chain(*st.session_state[CHOSEN].by_variant.values()))
            keep_switch(runs)
            list_kept(runs)
            with st.expander("Training"):
                _training_controls()
        if _offered("open"):
            with st.expander("What the papers leave open"):
                _group("open")
        if _offered("ablation"):
            with st.expander("Ablation"):
                st.caption(
                    "Replace one component of a method to see what it contributes. “default” keeps "
                    "each method as it is."
                )
                _group("ablation")
    st.session_state[SENT] = True


def _preset_control(sets: Sequence[str]) -> None:
    if any(preset.comparison.shared.data in sets for preset in PRESETS.values()):
        preset_button()


def _data_control(sets: Sequence[str]) -> None:
    st.selectbox(
        "Data",
        list(sets),
        format_func=lambda name: DATASETS[name].title,
        key="data",
        help="2-D points, some of them placed by you, or real images: handwritten digits from "
        "scikit-learn, or the classes airplane, automobile, bird and cat of CIFAR-10 "
        "(Mini-CIFAR). LT: long-tailed.",
    )


def _applies(name: str) -> bool:
    """Say whether some displayed run reads a setting."""
    return any(recipe.reads(name) for recipe in st.session_state[CHOSEN].recipes)


def _offered(group: str) -> list[str]:
    """Return the settings of a group that have a control now."""
    vary = st.session_state["vary"]
    return [n for n in in_group(group) if _applies(n) and n != vary and is_free(n)]


def _group(group: str) -> None:
    for name in _offered(group):
        control(name)


def control(name: str) -> None:
    """Show the control of a setting, as its table entry describes it."""
    entry = SETTINGS[name]
    about = entry.help[0].upper() + entry.help[1:] + "."
    if isinstance(entry.rule, Number):
        widget = st.slider if entry.slider else st.number_input
        options: dict[str, Any] = {} if entry.rule.whole else {"format": "%g"}
        options |= {"step": entry.step} if entry.step else {}
        widget(entry.label, *entry.rule.limits, key=name, help=about, **options)
        return
    if not isinstance(entry.rule, Choice):
        raise TypeError(f"There is no control for {name}.")
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


def _vary() -> None:
    """Show what the panels compare: the methods, or values of a setting."""
    shown, shared = st.session_state["vary"], st.session_state[CHOSEN].shared
    runs = [replace(shared, method=method) for method in METHODS]
    names = dict.fromkeys((*FIRST, *VARIABLE))
    read = [n for n in names if n == shown or (is_free(n) and any(run.reads(n) for run in runs))]
    st.selectbox(
        "Panels compare",
        [BY_METHOD, *read],
        format_func=lambda name: "Methods" if name == BY_METHOD else SETTINGS[name].label,
        key="vary",
        on_change=follow_vary,
        help="Methods side by side, or one method at several values of a setting. A method that "
        "does not read the setting has one panel, to compare with.",
    )
    if shown != BY_METHOD:
        st.text_input(
            f"Values of {SETTINGS[shown].name}",
            key="vary_values",
            help=f"Separated by commas; each {RULES[shown]}.",
        )


def _main_controls() -> None:
    if is_free("vary"):
        _vary()
    if is_free("methods"):
        _method_control()
    _group("main")
    vary = st.session_state["vary"]
    if _applies("beta") and vary != "beta" and st.session_state["one_sided"] != "off":
        _beta_note(st.session_state["beta"])
    if vary != "imbalance" and _applies("imbalance") and is_free("imbalance"):
        _imbalance()


def _method_control() -> None:
    st.pills(
        "Methods",
        list(METHODS),
        selection_mode="multi",
        format_func=lambda name: METHODS[name].title,
        key="methods",
        help="Trained side by side on the same samples and batches, from the same initial weights.",
    )


def _imbalance() -> None:
    st.segmented_control(
        "Class imbalance",
        ["Paper", "Factor"],
        required=True,
        key="counts",
        help="Paper: the class sizes of the papers, such as 1000, 500, 100 and 10 points for the "
        "Gaussian toy, or 5000, 854, 146 and 25 images for Mini-CIFAR-LT. Factor 100 is used for "
        "other points, 50 for Digits-LT; balanced sets keep all their images. Factor: size of the "
        "largest class divided by size of the smallest; the classes between follow an exponential "
        "profile.",
    )
    if st.session_state["counts"] == "Factor":
        low, high = number_rule("imbalance").limits
        st.slider("Largest class ÷ smallest", low, high, step=1.0, format="%g", key="factor")


def _beta_note(beta: float) -> None:
    notes = []
    if beta > LN_2:
        notes.append(
            "With this β, λ can fall below ½. The mixed sample then gets the second sample's label."
        )
    if NEAR_MIDPOINT[0] <= beta <= NEAR_MIDPOINT[1]:
        notes.append(
            "Near β = ln 2 ≈ 0.69, λ ends near ½, and a rare class can be lost for some epochs: "
            "on the Gaussian toy, 5 of 80 runs of AM-mixup ended so, and none of 70 at other β."
        )
    if notes:
        st.caption(" ".join(notes))


def _training_controls() -> None:
    _group("training")
    kind = DATASETS[st.session_state["data"]].kind
    fitting = [n for n, entry in NETWORKS.items() if entry.kind == kind and entry.width == 2]
    if len(fitting) > 1 and is_free("network"):
        st.selectbox(
            SETTINGS["network"].label,
            ["default", *fitting],
            format_func=lambda name: NETWORKS[name].title if name in NETWORKS else name,
            key="network",
        )
    if is_free("device"):
        _device_control()


def _device_control() -> None:
    devices = ["auto", *shared().devices()]
    if st.session_state["device"] not in devices:
        devices.append(st.session_state["device"])
    st.selectbox(
        "Device",
        devices,
        key="device",
        help=SETTINGS["device"].help[0].upper() + SETTINGS["device"].help[1:] + ".",
    )
