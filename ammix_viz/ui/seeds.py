"""The controls of the seeds, in the sidebar."""

import streamlit as st

from ammix_viz.settings.fixed import ALL
from ammix_viz.settings.table import number_rule
from ammix_viz.ui.fixed import is_free
from ammix_viz.ui.setup import next_seed, replay


def seed_controls(of_data: bool) -> None:
    """Show the controls of the seeds, that of the data only if the data depend on one."""
    if is_free(ALL):
        st.button(
            "Replay",
            width="stretch",
            on_click=replay,
            help="Play the animation from the beginning. Nothing is trained again.",
        )
    with st.container(horizontal=True):
        if is_free("init_seed", "batch_seed"):
            st.button(
                "New weights",
                on_click=next_seed,
                args=("init_seed", "batch_seed"),
                help="Train with other random initial weights and batches, on the same data.",
            )
        if of_data and is_free("data_seed"):
            st.button(
                "New data",
                on_click=next_seed,
                args=("data_seed",),
                help="Sample new points from the same classes. For long-tailed images, select "
                "other images.",
            )
    data, start = st.session_state["data_seed_kept"], st.session_state["init_seed_kept"]
    st.caption(f"Data seed {data}, weight seed {start}" if of_data else f"Weight seed {start}")
    if is_free("seeds"):
        st.number_input(
            "Seeds",
            *number_rule("seeds").limits,
            key="seeds",
            help="How often each method is trained, each time with another random seed. With "
            "several, curves give the median and the middle half, the table gives mean ± standard "
            "deviation, and the panels display one seed.",
        )
    if st.session_state["seeds"] > 1 and is_free("displayed"):
        last = st.session_state["seeds"] - 1
        st.session_state["displayed"] = min(st.session_state["displayed"], last)
        st.slider("Seed displayed in the panels", 0, last, key="displayed")
