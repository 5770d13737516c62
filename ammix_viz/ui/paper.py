"""The page "Paper figures": a study's runs, figures, claims and files."""

from collections.abc import Sequence
from functools import partial
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.figures.panels import mark_of
from ammix_viz.runs import disk
from ammix_viz.settings.table import check, number_rule
from ammix_viz.studies.drawings import draw_bars, draw_each_panel, rows_of
from ammix_viz.studies.report import CONTENTS
from ammix_viz.studies.results import Results, beside, command, gather, made_by
from ammix_viz.studies.study import Study, Table
from ammix_viz.studies.table import STUDIES, study_of
from ammix_viz.ui.lab import can_train
from ammix_viz.ui.training import Training, going_on, show_progress

TRAINING = "paper_training"
COLOURS = {"holds": "green", "mostly holds": "orange", "does not hold": "red", "not tested": "gray"}
A_ROW = 4
SIGNS = {
    **{"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆", "triangle-down": "▼"},
    **{"pentagon": "⬟", "star": "★", "hexagon": "⬢", "x": "✖", "cross": "✚"},
}
KINDS = {"report.html": "text/html", "results.csv": "text/csv"}


def choose() -> tuple[Study, int]:
    """Return the figure and the number of seeds, as the URL or the controls have them."""
    query, state = st.query_params, st.session_state
    if "paper_seeds" not in state:
        state["paper_figure"] = query.get("figure", "")
        if state["paper_figure"] not in STUDIES:
            state["paper_figure"] = next(iter(STUDIES))
        state["paper_data"] = query.get("data")
        try:
            state["paper_seeds"] = check("seeds", query.get("seeds", 3))
        except ValueError as error:
            st.warning(f"{error} 3 is used.", icon=":material/info:")
            state["paper_seeds"] = 3
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Figure", list(STUDIES), format_func=lambda n: STUDIES[n].title, key="paper_figure"
        )
        _choose_data()
        st.number_input(
            "Seeds",
            *number_rule("seeds").limits,
            key="paper_seeds",
            width=140,
            help="How often all is trained anew.",
        )
    return _chosen()


def _choose_data() -> None:
    """Let people choose the data of the figure where there are several."""
    state, data = st.session_state, STUDIES[st.session_state["paper_figure"]].data
    if state.get("paper_data") not in data:
        state["paper_data"] = data[0]
    if len(data) > 1:
        st.segmented_control(
            "Images",
            data,
            required=True,
            format_func=lambda name: DATASETS[name].title,
            key="paper_data",
        )


def _chosen() -> tuple[Study, int]:
    """Return what the controls say, and write it into the URL."""
    state = st.session_state
    asked = {"figure": state["paper_figure"], "seeds": str(state["paper_seeds"])}
    several = len(STUDIES[asked["figure"]].data) > 1
    st.query_params.from_dict(asked | ({"data": state["paper_data"]} if several else {}))
    return study_of(asked["figure"], state["paper_data"]), state["paper_seeds"]


def show(study: Study, seeds: int) -> None:
    """Show a study: train what is missing when asked to, then everything that came out."""
    recipes = study.recipes(seeds)
    there = [recipe for recipe in recipes if _ended(recipe.key)]
    training = going_on(TRAINING, recipes)
    if len(there) < len(recipes):
        if training is not None and not training.over:
            show_progress(training, TRAINING)
        elif all(can_train(part.comparison) for part in study.parts):
            _offer(len(recipes), len(there), recipes)
    if there:
        _show_results(gather(study, seeds), training, finished=len(there) == len(recipes))
    st.markdown("##### The same from the command line")
    st.code(command(study, seeds), language="bash")


def _ended(key: str) -> bool:
    end = disk.status(key)
    return end is not None and end.state != "stopped" and disk.path(key).exists()


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
    for table in results.study.tables:
        _table(table, results)
    _panels(results)
    for place, found in enumerate(results.found):
        title = f", {found.part.title}" if len(results.found) > 1 else ""
        st.markdown(f"##### Accuracy and distances{title}")
        st.caption("Mean and standard deviation over the seeds; a dot a seed.")
        _beside(f"bars_{place}", draw_bars(results.study, found))
    st.markdown(f"**Published.** {results.study.published}")
    with st.expander("Not as in the paper"):
        st.markdown("\n".join(f"- {sentence}" for sentence in results.study.deviations))
    for sentence in results.failures:
        st.warning(sentence, icon=":material/info:")
    if finished:
        _downloads(results, training)


def _claims(results: Results) -> None:
    rows = [
        {
            "Claim": claim.sentence,
            "Published": claim.published,
            "Here": claim.told(verdict.value),
            "Seeds": f"{verdict.held} of {verdict.seeds}",
            "Verdict": f":{COLOURS[verdict.word]}[**{verdict.word}**]",
        }
        for claim, verdict in zip(results.study.claims, results.verdicts, strict=True)
    ]
    st.table(pd.DataFrame(rows).set_index("Claim"))


def _table(table: Table, results: Results) -> None:
    st.markdown(f"##### {table.title}")
    rows = [
        {"": method}
        | {
            title: f"{ours}  \n:small[{table.source} {theirs}]"
            for title, (ours, theirs) in zip(table.columns, row, strict=True)
        }
        for method, row in beside(table, results).items()
    ]
    st.table(pd.DataFrame(rows).set_index(""))


def _panels(results: Results) -> None:
    st.markdown("##### Features and confidence")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input("Seed", 0, results.seeds - 1, key="paper_seed", width=140)
        scale = st.segmented_control(
            "Axes",
            ["each", "same"],
            default="each",
            required=True,
            key="paper_scale",
            format_func={"each": "one for each panel", "same": "one for all"}.__getitem__,
        )
    for place, row in enumerate(rows_of(results, seed)):
        if row.title:
            st.markdown(f"**{row.title}**")
        if not row.panels:
            st.caption("No run of this seed has ended yet.")
            continue
        first = row.panels[0].first_mark
        marks = [_mark(label, name, first) for label, name in enumerate(row.names)]
        st.html(" &emsp; ".join(marks))
        _beside(f"panel_{place}", draw_each_panel(row.panels, same_scale=scale == "same"))


def _mark(label: int, name: str, first: int) -> str:
    colour, symbol = mark_of(label, first)
    sign = SIGNS[symbol]
    return f"<span style='color:{colour};font-size:1.1em'>{sign}</span> {escape(name)}"


def _beside(name: str, figures: Sequence[go.Figure]) -> None:
    """Show figures four a row, or below each other on a phone."""
    for start in range(0, len(figures), A_ROW):
        for place, column in enumerate(st.columns(A_ROW), start=start):
            if place < len(figures):
                key = f"paper_{name}_{place}"
                column.plotly_chart(figures[place], key=key, config={"displayModeBar": False})


def _downloads(results: Results, training: Training | None) -> None:
    seconds, trained = 0.0, 0
    if training and training.first:
        seconds = training.seconds
        trained = len(training.batch.recipes) - training.first.done

    def content(name: str) -> str:
        return CONTENTS[name](results, made_by(results, seconds, trained))

    with st.container(horizontal=True):
        for name in CONTENTS:
            st.download_button(
                name,
                partial(content, name),
                file_name=f"{results.study.name.replace(' ', '_')}_{name}",
                mime=KINDS.get(name, "application/json"),
                on_click="ignore",
                icon=":material/download:",
            )
