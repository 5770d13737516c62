"""The page "Sweep": vary two settings together, one heatmap per method."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.metrics.table import title_of
from ammix_viz.settings.axis import VARIABLE, Axis, read_axis
from ammix_viz.settings.defaults import FOLLOWING, shared_defaults
from ammix_viz.settings.recipe import Recipe
from ammix_viz.settings.rules import quoted, text_of
from ammix_viz.settings.table import RULES, SETTINGS, check, number_rule
from ammix_viz.studies.sweeps.heatmap import heatmaps, least_width
from ammix_viz.studies.sweeps.sweep import (
    METRICS,
    Sweep,
    check_metric,
    missing,
)
from ammix_viz.studies.sweeps.sweep_files import as_table, command
from ammix_viz.ui import address, notices
from ammix_viz.ui.effort import is_example, seconds, skip_example
from ammix_viz.ui.lab import can_train
from ammix_viz.ui.progress import duration
from ammix_viz.ui.setup import SWEEP_SETS
from ammix_viz.ui.training import Training, current_training, show_progress, warn_of_damage

PAGE, TRAINING = "sweep", "sweep_training"
LAB = "live_lab.py"
SCROLL = (
    "<style>.st-key-sweep_maps{{overflow-x:auto}}"
    ".st-key-sweep_maps>div{{min-width:{width}px}}</style>"
)
"""On a narrow screen the heatmaps scroll sideways and stay readable."""


def _values_of(name: str) -> str:
    """Return the suggested values of a setting, as text."""
    return ", ".join(map(text_of, SETTINGS[name].values))


START = {
    "x": str(read_axis(f"beta={_values_of('beta')}")),
    "y": str(read_axis(f"imbalance={_values_of('imbalance')}")),
    "methods": "ce,am_mixup,ama",
    "seeds": "2",
    "metric": METRICS[0],
    "epochs": "60",
    "data": Recipe.data,
}


def choose() -> tuple[Sweep, str] | None:
    """Return the sweep and metric of the controls; None if a value is not allowed."""
    if address.is_new(PAGE) or "sweep_methods" not in st.session_state:
        requested = address.requested(PAGE, "x")
        if requested:
            skip_example(START)
        _adopt(START | requested)
    _controls()
    state = st.session_state
    try:
        x, y = (_axis(state[f"sweep_{side}"], state[f"sweep_{side}_values"]) for side in "xy")
        methods = tuple(name for name in METHODS if name in state["sweep_methods"])
        sweep = Sweep(methods, x, y, state["sweep_seeds"], _fixed())
    except ValueError as error:
        notices.error(error)
        return None
    address.write(PAGE, _query(sweep, state["sweep_metric"]))
    return sweep, state["sweep_metric"]


def _adopt(query: Mapping[str, str]) -> None:
    """Set the controls to a URL query; warn of values that are not allowed and use defaults."""
    state = st.session_state
    readers = {
        "methods": lambda text: [check("method", name) for name in text.split(",")],
        "seeds": lambda text: check("seeds", text),
        "metric": check_metric,
        "epochs": lambda text: check("epochs", text),
        "data": _set_of,
    }
    for name, read in readers.items():
        state[f"sweep_{name}"] = address.read(read, query[name], START[name])
    for side in "xy":
        axis = address.read(read_axis, query[side], START[side])
        state[f"sweep_{side}"] = axis.name
        state[f"sweep_{side}_values"] = ", ".join(map(text_of, axis.values))


def _set_of(data: str) -> str:
    """Check that the sweep has this data set, and return its name."""
    if data not in SWEEP_SETS:
        raise ValueError(f"data is {quoted(data)}; here it must be one of {', '.join(SWEEP_SETS)}.")
    return data


def _controls() -> None:
    st.pills(
        "Methods",
        list(METHODS),
        selection_mode="multi",
        format_func=lambda name: METHODS[name].title,
        key="sweep_methods",
    )
    left, right, rest = st.columns([3, 3, 4])
    for side, column in (("x", left), ("y", right)):
        with column:
            st.selectbox(
                {"x": "Horizontal axis", "y": "Vertical axis"}[side],
                VARIABLE,
                format_func=lambda name: SETTINGS[name].name,
                key=f"sweep_{side}",
                on_change=_suggest,
                args=(side,),
            )
            st.text_input(
                "Values",
                key=f"sweep_{side}_values",
                help=f"Separated by commas; each {RULES[st.session_state[f'sweep_{side}']]}.",
            )
    with rest:
        with st.container(horizontal=True):
            st.selectbox(
                "Data", SWEEP_SETS, format_func=lambda name: DATASETS[name].title, key="sweep_data"
            )
            st.selectbox("Metric", METRICS, format_func=title_of, key="sweep_metric")
        with st.container(horizontal=True):
            st.number_input("Seeds", *number_rule("seeds").limits, key="sweep_seeds")
            st.number_input("Epochs", *number_rule("epochs").limits, key="sweep_epochs")


def _suggest(side: str) -> None:
    """Fill in the suggested values of a newly chosen setting."""
    st.session_state[f"sweep_{side}_values"] = _values_of(st.session_state[f"sweep_{side}"])


def _axis(name: str, values: str) -> Axis:
    return read_axis(f"{name}={values}")


def _fixed() -> tuple[tuple[str, Any], ...]:
    state = st.session_state
    varied = "epochs" in (state["sweep_x"], state["sweep_y"])
    epochs = () if varied else (("epochs", state["sweep_epochs"]),)
    data = state["sweep_data"]
    return epochs if data == Recipe.data else (("data", data), *epochs)


def _query(sweep: Sweep, metric: str) -> dict[str, str]:
    chosen = {side: str(axis) for side, axis in zip("xy", sweep.axes, strict=True)}
    chosen |= {"methods": ",".join(sweep.methods)}
    chosen |= {"seeds": str(sweep.seeds), "metric": metric}
    chosen |= {"epochs": str(st.session_state["sweep_epochs"])}
    return chosen | {"data": st.session_state["sweep_data"]}


def show(sweep: Sweep, metric: str) -> None:
    """Show the heatmaps, and a button to train missing runs."""
    state, recipes = st.session_state, sweep.recipes
    left = missing(sweep)
    if left and not can_train(sweep.comparison(0, 0)):
        return
    training = current_training(TRAINING, recipes)
    if left and is_example(_query(sweep, metric), START, recipes):
        training = state[TRAINING] = Training(recipes)
    if left and training is not None and not training.over:
        show_progress(training, TRAINING, lambda: _heatmaps(sweep, metric))
        return
    if left:
        warn_of_damage(recipes)
        done = f"; {len(recipes) - left} are finished" if left < len(recipes) else ""
        done += f"; about {duration(seconds(recipes))} on this computer"
        if st.button(f"Train {left} run{'s' if left > 1 else ''}", type="primary"):
            state[TRAINING] = Training(recipes)
            st.rerun()
        st.caption(f"{len(recipes)} different runs{done}.{_shared_settings(sweep)}")
    _heatmaps(sweep, metric)
    with st.container(horizontal=True):
        st.download_button(
            "All runs as CSV",
            lambda: as_table(sweep).to_csv(index=False),
            file_name="sweep.csv",
            mime="text/csv",
            on_click="ignore",
        )


def _shared_settings(sweep: Sweep) -> str:
    varied = [axis.name for axis in sweep.axes]
    given = dict(sweep.fixed)
    defaults = shared_defaults(sweep.methods, given.get("data", Recipe.data))
    names = [n for n in FOLLOWING if n not in (*varied, *given) and defaults[n]]
    words = [f"{SETTINGS[name].name} {defaults[name]:g}" for name in names]
    return f" All use {' and '.join(words)}." if words else ""


def _heatmaps(sweep: Sweep, metric: str) -> None:
    st.html(SCROLL.format(width=least_width(sweep)))
    with st.container(key="sweep_maps"):
        event = st.plotly_chart(
            heatmaps(sweep, metric),
            key="sweep_map",
            on_select="rerun",
            selection_mode="points",
            config={"displayModeBar": False},
        )
    st.caption(
        "Mean ± standard deviation over the seeds. Click a square to open it in the live lab."
    )
    points = event.selection.points if event else []
    if points:
        method, row, column, *_ = points[0]["customdata"]
        st.switch_page(LAB, query_params=sweep.cell_query(method, int(row), int(column)))


def show_command(sweep: Sweep, metric: str) -> None:
    """Show the command that gives the same results."""
    st.markdown("##### The same from the command line")
    st.code(command(sweep, metric), language="bash", wrap_lines=True)
