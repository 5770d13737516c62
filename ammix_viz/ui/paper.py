"""The page "Paper figures": a study's runs, figures, claims and files."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ammix_viz import runs
from ammix_viz.figures.looks import CLASS_MARKS
from ammix_viz.methods import METHODS
from ammix_viz.rules import RULES, check
from ammix_viz.studies.drawings import draw_bars, draw_each_panel, panels_of
from ammix_viz.studies.registry import STUDIES
from ammix_viz.studies.report import CONTENTS
from ammix_viz.studies.results import Results, command, gather, made_by
from ammix_viz.studies.study import Study, in_order
from ammix_viz.ui.training import Training, going_on, show_progress

TRAINING = "paper_training"
COLOURS = {"holds": "green", "mostly holds": "orange", "does not hold": "red", "not tested": "gray"}
A_ROW = 4
SIGNS = {"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆"}
KINDS = {"report.html": "text/html", "results.csv": "text/csv"}


def choose() -> tuple[Study, int]:
    """Return the figure and the number of seeds, as the URL or the controls have them."""
    query, state = st.query_params, st.session_state
    if "paper_seeds" not in state:
        state["paper_figure"] = query.get("figure", "")
        if state["paper_figure"] not in STUDIES:
            state["paper_figure"] = next(iter(STUDIES))
        try:
            state["paper_seeds"] = check("seeds", query.get("seeds", 3))
        except ValueError as error:
            st.warning(f"{error} 3 is used.", icon=":material/info:")
            state["paper_seeds"] = 3
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(STUDIES) > 1:
            st.selectbox(
                "Figure", list(STUDIES), format_func=lambda n: STUDIES[n].title, key="paper_figure"
            )
        st.number_input(
            "Seeds",
            *RULES["seeds"].limits,
            key="paper_seeds",
            width=140,
            help="How often all is trained anew.",
        )
    st.query_params.from_dict({"figure": state["paper_figure"], "seeds": str(state["paper_seeds"])})
    return STUDIES[state["paper_figure"]], state["paper_seeds"]


def show(study: Study, seeds: int) -> None:
    """Show a study: train what is missing when asked to, then everything that came out."""
    recipes = in_order(study.over(seeds).by_method)
    there = [recipe for recipe in recipes if _ended(recipe.key)]
    training = going_on(TRAINING, recipes)
    if len(there) < len(recipes):
        if training is None or training.over:
            _offer(len(recipes), len(there), recipes)
        else:
            show_progress(training, TRAINING)
    if there:
        _show_results(gather(study, seeds), training, finished=len(there) == len(recipes))
    st.markdown("##### The same from the command line")
    st.code(command(study, seeds), language="bash")


def _ended(key: str) -> bool:
    end = runs.status(key)
    return end is not None and end.state != "stopped" and runs.path(key).exists()


def _offer(total: int, there: int, recipes: list) -> None:
    words = f"Train {total} runs" if not there else f"Train the {total - there} runs still missing"
    if st.button(words, type="primary", help="They go on from what is on disk."):
        st.session_state[TRAINING] = Training(recipes)
        st.rerun()


def _show_results(results: Results, training: Training | None, finished: bool) -> None:
    st.markdown("##### What the paper claims, and whether it holds here")
    if not finished:
        st.caption("Of the seeds that have ended so far.")
    _claims(results)
    _panels(results)
    st.markdown("##### Accuracy and distances")
    st.caption("Mean and standard deviation over the seeds; a dot a seed.")
    _beside("bars", draw_bars(results))
    st.markdown(f"**Published.** {results.study.published}")
    with st.expander("Not as in the paper"):
        st.markdown("\n".join(f"- {sentence}" for sentence in results.study.deviations))
    for name, own in results.failures.items():
        for why in own:
            st.warning(f"{METHODS[name].title}: {why}", icon=":material/info:")
    if finished:
        _downloads(results, training)


def _claims(results: Results) -> None:
    rows = [
        {
            "Claim": claim.sentence,
            "Published": claim.published,
            "Its number here": str(verdict.value),
            "Seeds": f"{verdict.held} of {verdict.seeds}",
            "Here it": f":{COLOURS[verdict.word]}[**{verdict.word}**]",
        }
        for claim, verdict in zip(results.study.claims, results.verdicts, strict=True)
    ]
    st.table(pd.DataFrame(rows).set_index("Claim"))


def _panels(results: Results) -> None:
    st.markdown("##### Features and confidence")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        last = results.comparison.seeds - 1
        seed = st.number_input("Seed", 0, last, key="paper_seed", width=140)
        scale = st.segmented_control(
            "Axes",
            ["own", "same"],
            default="own",
            required=True,
            key="paper_scale",
            format_func={"own": "each its own", "same": "one scale"}.get,
        )
    shown, names = panels_of(results, seed)
    if not shown:
        st.caption("No run of this seed has ended yet.")
        return
    marks = [
        f"<span style='color:{colour};font-size:1.1em'>{SIGNS[symbol]}</span> {name}"
        for (colour, symbol), name in zip(CLASS_MARKS, names, strict=False)
    ]
    st.html(" &emsp; ".join(marks))
    _beside("panel", draw_each_panel(shown, same_scale=scale == "same"))


def _beside(name: str, figures: Sequence[go.Figure]) -> None:
    """Show figures four a row, or below each other on a phone."""
    for start in range(0, len(figures), A_ROW):
        for place, column in enumerate(st.columns(A_ROW), start=start):
            if place < len(figures):
                key = f"paper_{name}_{place}"
                column.plotly_chart(figures[place], key=key, config={"displayModeBar": False})


def _downloads(results: Results, training: Training | None) -> None:
    seconds = training.seconds if training else 0.0
    first = training.first.done if training and training.first else None
    trained = len(training.campaign.recipes) - first if first is not None else 0

    def content(name: str) -> str:
        return CONTENTS[name](results, made_by(results, seconds, trained))

    with st.container(horizontal=True):
        for name in CONTENTS:
            st.download_button(
                name,
                lambda name=name: content(name),
                file_name=f"{results.study.name}_{name}",
                mime=KINDS.get(name, "application/json"),
                on_click="ignore",
                icon=":material/download:",
            )
