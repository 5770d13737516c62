"""The player as an element of a Streamlit page."""

from collections.abc import Mapping, Sequence

import streamlit as st

from ammix_viz.player.bundle import bundle, stylesheet
from ammix_viz.player.metric_rows import metric_rows

_MOUNT = st.components.v2.component(
    "ammix_player", js=bundle(), css=stylesheet(), isolate_styles=False
)


def player(
    runs: Sequence[Mapping[str, str]],
    *,
    key: str,
    note: str = "",
    replay: int = 0,
    neighbors: int = 1,
) -> list[str]:
    """Show runs side by side, animated, and return the keys of runs to restart.

    Parameters
    ----------
    runs : sequence of mapping
        One panel each: `key` of the run, `title`, and `about`, one sentence. With `view`
        "coarse" a panel shows the coarse classes of a coarse-to-fine run; another one may show
        the same run's fine ones.
    key : str
        The element's key; with the same key the player stays and takes the new runs.
    note : str, default=""
        One sentence above the panels.
    replay : int, default=0
        When it changes, playback starts from the beginning.
    neighbors : int, default=1
        The setting of the runs, which says what U_k they have.

    Returns
    -------
    list of str
        Keys of the stopped runs that a person has just restarted.
    """
    folder = st.get_option("server.baseUrlPath").strip("/")
    data = {
        "runs": [dict(run) for run in runs],
        "metrics": metric_rows(neighbors),
        "note": note,
        "replay": replay,
        "base": f"/{folder}/" if folder else "/",
    }
    result = _MOUNT(key=key, data=data, height="content", on_restart_change=lambda: None)
    return list(result.restart or [])
