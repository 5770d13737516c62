"""The page "Paper figures": a study's runs, figures, claims and files."""

from collections.abc import Sequence
from functools import partial
from html import escape
from math import isnan

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.figures.panels import mark_of
from ammix_viz.runs import disk
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import check, number_rule
from ammix_viz.studies.report import CONTENTS
from ammix_viz.studies.results import (
    Judged,
    Results,
    command,
    read_results,
    results_manifest,
    with_published,
)
from ammix_viz.studies.study import Study, Table
from ammix_viz.studies.study_figures import bar_figures, panel_figures, panel_rows
from ammix_viz.studies.table import STUDIES, study_of
from ammix_viz.studies.verdicts import RULE
from ammix_viz.ui.lab import can_train
from ammix_viz.ui.training import Training, current_training, show_progress

TRAINING = "paper_training"
COLOURS = {
    **{"holds": "green", "does not hold": "orange", "reversed": "red"},
    **{"cannot be decided": "gray", "not tested": "gray"},
}
A_ROW = 4
SIGNS = {
    **{"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆", "triangle-down": "▼"},
    **{"pentagon": "⬟", "star": "★", "hexagon": "⬢", "x": "✖", "cross": "✚"},
}
KINDS = {"report.html": "text/html", "results.csv": "text/csv"}


def choose() -> tuple[Study, int]:
    """Return the figure and the number of seeds from the URL or the controls."""
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
            help="How often each run is trained, each time with another random seed.",
        )
    return _chosen()


def _choose_data() -> None:
    """Show a choice of data where the figure has several."""
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
    """Read the controls and write them to the URL."""
    state = st.session_state
    query = {"figure": state["paper_figure"], "seeds": str(state["paper_seeds"])}
    several = len(STUDIES[query["figure"]].data) > 1
    st.query_params.from_dict(query | ({"data": state["paper_data"]} if several else {}))
    return study_of(query["figure"], state["paper_data"]), state["paper_seeds"]


def show(study: Study, seeds: int) -> None:
    """Show a study: a button to train missing runs, then the results so far."""
    recipes = study.recipes(seeds)
    done = [recipe for recipe in recipes if _ended(recipe.key)]
    training = current_training(TRAINING, recipes)
    if len(done) < len(recipes):
        if training is not None and not training.over:
            show_progress(training, TRAINING)
        elif all(can_train(Comparison(shared=part.shared)) for part in study.parts):
            _train_button(len(recipes), len(done), recipes)
    if done:
        _show_results(read_results(study, seeds), training, finished=len(done) == len(recipes))
    st.markdown("##### The same from the command line")
    st.code(command(study, seeds), language="bash")


def _ended(key: str) -> bool:
    end = disk.status(key)
    return end is not None and end.state != "stopped" and disk.path(key).exists()


def _train_button(total: int, done: int, recipes: list) -> None:
    label = f"Train {total} runs" if not done else f"Train the {total - done} missing runs"
    if st.button(label, type="primary", help="Finished runs are read from disk."):
        st.session_state[TRAINING] = Training(recipes)
        st.rerun()


def _show_results(results: Results, training: Training | None, finished: bool) -> None:
    st.markdown("##### The paper's claims, tested on these runs")
    if not finished:
        st.caption("Based on the seeds finished so far.")
    _claims(results.claims)
    st.caption(RULE)
    if results.also_measured:
        st.markdown("##### Also measured; not in the paper")
        _claims(results.also_measured)
    for table in results.study.tables:
        _table(table, results)
    _panels(results)
    for place, found in enumerate(results.found):
        title = f", {found.part.title}" if len(results.found) > 1 else ""
        st.markdown(f"##### Accuracy and distances{title}")
        st.caption("Bars: mean and standard deviation over the seeds. Each dot is one seed.")
        _in_rows(f"bars_{place}", bar_figures(results.study, found))
    st.markdown(f"**Published.** {results.study.published}")
    with st.expander("Differences from the paper"):
        st.markdown("\n".join(f"- {sentence}" for sentence in results.study.deviations))
    for sentence in results.failures:
        st.warning(sentence, icon=":material/info:")
    if finished:
        _downloads(results, training)


def _claims(judged: Sequence[Judged]) -> None:
    rows = [
        {
            "Claim": each.claim.sentence,
            "Published": each.claim.published,
            "Here": each.claim.value_text(each.verdict.value),
            "Verdict": f":{COLOURS[each.verdict.word]}[**{each.verdict.word}**]  \n"
            f":small[{each.verdict.reason}]",
        }
        for each in judged
    ]
    st.table(pd.DataFrame(rows).set_index("Claim"))


def _table(table: Table, results: Results) -> None:
    st.markdown(f"##### {table.title}")
    titles = results.found[table.part].part.titles
    rows = [
        {"": titles[name]}
        | {
            title: f"{ours}{_published(table, theirs)}"
            for title, (ours, theirs) in zip(table.columns, row, strict=True)
        }
        for name, row in with_published(table, results).items()
    ]
    st.table(pd.DataFrame(rows).set_index(""))


def _published(table: Table, value: float) -> str:
    return "" if isnan(value) else f"  \n:small[{table.source} {text_of(value)}]"


def _panels(results: Results) -> None:
    st.markdown("##### Features and confidence")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seeds = results.study.seeds(results.seeds)
        seed = st.number_input("Seed", seeds[0], seeds[-1], key=f"paper_seed_{seeds[0]}", width=140)
        scale = st.segmented_control(
            "Axes",
            ["each", "same"],
            default="each",
            required=True,
            key="paper_scale",
            format_func={"each": "per panel", "same": "shared"}.__getitem__,
        )
    for place, row in enumerate(panel_rows(results, seed - seeds[0])):
        if row.title:
            st.markdown(f"**{row.title}**")
        if not row.panels:
            st.caption("No run of this seed has finished yet.")
            continue
        first = row.panels[0].first_mark
        marks = [_mark(label, name, first) for label, name in enumerate(row.names)]
        st.html(" &emsp; ".join(marks))
        _in_rows(f"panel_{place}", panel_figures(row.panels, same_scale=scale == "same"))


def _mark(label: int, name: str, first: int) -> str:
    colour, symbol = mark_of(label, first)
    sign = SIGNS[symbol]
    return f"<span style='color:{colour};font-size:1.1em'>{sign}</span> {escape(name)}"


def _in_rows(name: str, figures: Sequence[go.Figure]) -> None:
    """Show figures in rows of four, or below each other on a phone."""
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
        return CONTENTS[name](results, results_manifest(results, seconds, trained))

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
