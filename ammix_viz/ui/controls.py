"""The live lab's controls, in the sidebar."""

from collections.abc import Sequence

import streamlit as st

from ammix_viz.methods.table import METHODS
from ammix_viz.settings.presets import PRESETS
from ammix_viz.settings.rules import RULES
from ammix_viz.ui.setup import CELL_NAMES, KEEP, TOY, adopt_preset, next_seed, replay
from ammix_viz.workers.pool import shared

CELL_LABELS = {
    "rate": ("λ of AM-mixup and AMA", "Share of the own row in a mixed one."),
    "one_sided": ("One-sided label", "Whether the larger side of a pair keeps the whole label."),
    "class_unbiased": ("Class-unbiased pairs", "Whether pairs are drawn evenly from the classes."),
    "clean": ("Clean term", "Whether the unmixed points are learnt too."),
}
CELL_WORDS = {
    "beta": "drawn",
    "fixed": "0.51",
    "asymptotic": "exp(−β·acc)",
}


SET_TITLES = {
    "gaussian": "Gaussian toy",
    "digits": "Digits",
    "digits_lt": "Digits-LT",
    "digits_coarse": "Digits-Coarse",
    "mini_cifar": "Mini-CIFAR",
    "mini_cifar_lt": "Mini-CIFAR-LT",
    "mini_cifar_coarse": "Mini-CIFAR-Coarse",
}


def draw_controls(sets: Sequence[str]) -> None:
    """Draw the controls in the sidebar; after the player, which then comes sooner."""
    with st.sidebar:
        if TOY in sets:
            _preset()
        st.selectbox(
            "Data",
            list(sets),
            format_func=SET_TITLES.get,
            key="data",
            help="Points in the plane, or real images: scikit-learn's handwritten digits, and "
            "airplane, automobile, bird and cat of CIFAR-10. LT: long-tailed.",
        )
        _main_controls()
        _seed_buttons()
        with st.expander("Training"):
            _training_controls()
        with st.expander("Ablation"):
            _cells()


def _preset() -> None:
    st.selectbox(
        "Start from",
        list(PRESETS),
        index=None,
        placeholder="your own settings",
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
        help="Shown side by side on the same points, from the same start, on the same batches.",
    )
    st.slider(
        "β, pace of AM-mixup and AMA",
        *RULES["beta"].limits,
        step=0.01,
        key="beta",
        help="λ = exp(−β · training accuracy): the larger β, the nearer mixed features come to the "
        "midpoint of a pair. The AM-mixup paper takes 0.34, the AMA paper 0.67. Past ln 2 ≈ 0.69 "
        "they cross it, and the label flips to the other side.",
    )
    if st.session_state["beta"] > 0.69 and st.session_state["one_sided"] != "off":
        st.caption("λ can fall below ½ here: mixed features then carry the partner's label.")
    st.segmented_control(
        "Class imbalance",
        ["Paper", "Factor"],
        required=True,
        key="counts",
        help="Paper: 1000, 500, 100 and 10 points of the toy, 5000, 854, 146 and 25 images of "
        "Mini-CIFAR-LT, all of the others (of Digits-LT factor 50). Factor: the largest class has "
        "so many times the samples of the smallest, with an exponential profile between.",
    )
    if st.session_state["counts"] == "Factor":
        low, high = RULES["imbalance"].limits
        st.slider("Largest class ÷ smallest", low, high, step=1.0, format="%g", key="factor")


def _seed_buttons() -> None:
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
        *RULES["seeds"].limits,
        key="seeds",
        help="Train every method with so many seeds: curves become medians with the middle half, "
        "the table mean ± standard deviation. The panels show one of them.",
    )
    if st.session_state["seeds"] > 1:
        last = st.session_state["seeds"] - 1
        st.session_state["shown"] = min(st.session_state["shown"], last)
        st.slider("Seed in the panels", 0, last, key="shown")


def _training_controls() -> None:
    st.number_input(
        "Epochs",
        *RULES["epochs"].limits,
        step=50,
        key="epochs",
        help="Passes over the training points. SupCon's encoder takes six times as many first.",
    )
    st.number_input(
        "Learning rate",
        *RULES["lr"].limits,
        step=0.01,
        format="%g",
        key="lr",
        help="Step size of SGD with momentum 0.9 and weight decay 0.0005. 0.1 as in the papers; "
        "with AMA 0.02.",
    )
    st.number_input(
        "Batch size",
        *RULES["batch_size"].limits,
        key="batch_size",
        help="Samples a step. 101 gives the paper's 16 batches an epoch on the toy.",
    )
    st.number_input(
        "α, of mixup's λ",
        *RULES["alpha"].limits,
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
        help="For all but input mixup: the 2-D feature, or a layer drawn each step.",
    )
    if st.session_state["data"] != TOY:
        _image_controls()
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
        help="auto: the CPU for the toy, where it is fastest; for images a GPU if there is one.",
    )


def _image_controls() -> None:
    """Draw what the papers leave open on images."""
    st.number_input(
        "Warm-up, epochs",
        *RULES["warmup"].limits,
        key="warmup",
        help="Epochs in which the learning rate rises. It falls to a fifth after 30, 60 and 80 % "
        "of them, as in the AM-mixup paper.",
    )
    for name, label in (("augment", "Crops and flips"), ("feature_norm", "Batch norm on feature")):
        st.segmented_control(label, ["off", "on"], required=True, key=name)
    st.segmented_control(
        "Initial weights",
        ["uniform", "he"],
        required=True,
        format_func={"uniform": "uniform", "he": "He"}.get,
        key="init",
        help="Uniform within ±1/√fan-in, as torch draws them; or normal of variance 2 / fan-in.",
    )


def _cells() -> None:
    """Draw the cells that the papers' ablations exchange, for AM-mixup and AMA."""
    st.caption(
        "What AM-mixup and AMA are made of. “own” is what each does by itself; exchange a part and "
        "see what it did."
    )
    for name in CELL_NAMES:
        label, about = CELL_LABELS[name]
        st.segmented_control(
            label,
            list(RULES[name].words),
            required=True,
            format_func=lambda word: CELL_WORDS.get(word, word),
            key=name,
            help=about,
        )
