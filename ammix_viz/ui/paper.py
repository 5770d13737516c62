"""The page "Paper figures": a study's runs, figures, claims and files."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.runs import verified
from ammix_viz.settings.comparison import Comparison
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.table import check, number_rule
from ammix_viz.studies.html import PIECES
from ammix_viz.studies.report import CONTENTS, figures_zip, sections
from ammix_viz.studies.results import Results, command, read_results, results_manifest
from ammix_viz.studies.study import Study
from ammix_viz.studies.table import STUDIES, study_of
from ammix_viz.ui import address
from ammix_viz.ui.effort import is_example, seconds, skip_example
from ammix_viz.ui.lab import can_train
from ammix_viz.ui.progress import duration
from ammix_viz.ui.training import Training, current_training, show_progress, warn_of_damage

PAGE, TRAINING = "paper", "paper_training"
NAMES = ("figure", "data", "seeds")
FIRST = next(iter(STUDIES))
START = {"figure": FIRST, "seeds": "3"}
DOWNLOADS = CONTENTS | {"figures.zip": figures_zip}
KINDS = {"report.html": "text/html", "results.csv": "text/csv", "figures.zip": "application/zip"}


def choose() -> tuple[Study, int]:
    """Return the figure and the number of seeds from the URL or the controls."""
    if address.is_new(PAGE) or "paper_seeds" not in st.session_state:
        requested = address.requested(PAGE, "figure")
        if requested:
            skip_example(START)
        _adopt(START | requested)
    with st.container(horizontal=True, vertical_alignment="top"):
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


def _adopt(query: Mapping[str, str]) -> None:
    """Set the controls to a URL query; warn of values that are not allowed and use defaults."""
    state = st.session_state
    state["paper_figure"] = figure = address.read(study_of, query["figure"], FIRST).figure
    usual = STUDIES[figure].data[0]
    chosen = address.read(partial(study_of, figure), query.get("data", usual), usual)
    state["paper_data"] = chosen.stand_in or usual
    default = START["seeds"]
    state["paper_seeds"] = address.read(partial(check, "seeds"), query["seeds"], default)


def _choose_data() -> None:
    """Show a choice of data where the figure has several."""
    state, data = st.session_state, STUDIES[st.session_state["paper_figure"]].data
    if state.get("paper_data") not in data:
        state["paper_data"] = data[0]
    if len(data) > 1:
        st.segmented_control(
            "Data",
            data,
            required=True,
            format_func=lambda name: DATASETS[name].title,
            key="paper_data",
        )


def _chosen() -> tuple[Study, int]:
    """Read the controls and write them to the URL."""
    state = st.session_state
    figure, data, seeds = (state[f"paper_{name}"] for name in NAMES)
    several = {"data": data} if len(STUDIES[figure].data) > 1 else {}
    address.write(PAGE, {"figure": figure, "seeds": str(seeds)} | several)
    return study_of(figure, data), seeds


def show(study: Study, seeds: int) -> None:
    """Show a study: a button to train missing runs, then the results so far."""
    recipes = study.recipes(seeds)
    done = [recipe for recipe in recipes if verified.usable(recipe.key)]
    training = current_training(TRAINING, recipes)
    if len(done) < len(recipes):
        if is_example({"figure": study.figure, "seeds": str(seeds)}, START, recipes):
            training = st.session_state[TRAINING] = Training(recipes)
        if training is not None and not training.over:
            show_progress(training, TRAINING)
        elif all(can_train(Comparison(shared=part.shared)) for part in study.parts):
            warn_of_damage(recipes)
            _train_button(recipes, len(recipes) - len(done))
    if done:
        _show_results(read_results(study, seeds), training, finished=len(done) == len(recipes))
    st.markdown("##### The same from the command line")
    st.code(command(study, seeds), language="bash")


def _train_button(recipes: list[Recipe], left: int) -> None:
    runs = f"{left} run{'s' if left > 1 else ''}"
    label = f"Train {runs}" if left == len(recipes) else f"Train the missing {runs}"
    if st.button(label, type="primary", help="Finished runs are read from disk."):
        st.session_state[TRAINING] = Training(recipes)
        st.rerun()
    st.caption(f"About {duration(seconds(recipes))} on this computer.")


def _show_results(results: Results, training: Training | None, finished: bool) -> None:
    if not finished:
        st.caption("Based on the seeds finished so far.")
    seeds = results.study.seeds(results.seeds)
    seed = seeds[0]
    if len(seeds) > 1:
        about = "The seed of the panels."
        seed = st.number_input(
            "Seed", seeds[0], seeds[-1], key=f"paper_seed_{seed}", width=140, help=about
        )
    ended = tuple(
        record is not None
        for found in results.found
        for records in found.ends.values()
        for record in records
    )
    keys = tuple(recipe.key for recipe in results.study.recipes(results.seeds))
    st.html(f"<style>{PIECES}</style>")
    for section in _sections(results, seed - seeds[0], results.study.name, keys, ended):
        st.html(f"<div class=study>{section}</div>")
    if finished:
        _downloads(results, training)


@st.cache_data(max_entries=20, show_spinner="Drawing the figures …")
def _sections(
    _results: Results, displayed: int, name: str, keys: tuple[str, ...], ended: tuple[bool, ...]
) -> list[str]:
    """Return the report's sections; drawn again only for other runs, or when more have ended."""
    return list(sections(_results, displayed))


def _downloads(results: Results, training: Training | None) -> None:
    seconds, trained = 0.0, 0
    if training and training.first:
        seconds = training.seconds
        trained = len(training.batch.recipes) - training.first.done

    def content(name: str) -> str | bytes:
        return DOWNLOADS[name](results, results_manifest(results, seconds, trained))

    with st.container(horizontal=True):
        for name in DOWNLOADS:
            st.download_button(
                name,
                partial(content, name),
                file_name=f"{results.study.name.replace(' ', '_')}_{name}",
                mime=KINDS.get(name, "application/json"),
                on_click="ignore",
                icon=":material/download:",
            )
