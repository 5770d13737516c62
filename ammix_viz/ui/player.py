"""The player as an element of a Streamlit page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from ammix_viz.player.bundle import bundle, stylesheet
from ammix_viz.player.metric_rows import metric_rows
from ammix_viz.settings.moment import Moment

_MOUNT = st.components.v2.component(
    "ammix_player", js=bundle(), css=stylesheet(), isolate_styles=False
)


@dataclass(frozen=True)
class Played:
    """What a person has chosen in the player.

    Attributes
    ----------
    restart : tuple of str
        Keys of the stopped runs that have just been restarted.
    split : {"test", "train"}
        The samples on display.
    at : float, optional
        The displayed epoch, of the longest run, while playback rests at it; None while it plays,
        and at the end.
    """

    restart: tuple[str, ...] = ()
    split: str = "test"
    at: float | None = None


def player(
    runs: Sequence[Mapping[str, str]],
    *,
    key: str,
    note: str = "",
    replay: int = 0,
    neighbors: int = 1,
    moment: Moment = Moment({}),  # noqa: B008
    arrivals: int = 0,
    settings: str = "",
) -> Played:
    """Show runs side by side, animated, and return what the player displays.

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
    moment : Moment, optional
        What of it is on display.
    arrivals : int, default=0
        When it changes, the player goes to the moment.
    settings : str, default=""
        The settings of the runs in words, for saved pictures.

    Returns
    -------
    Played
        What a person has chosen in the player.
    """
    folder = st.get_option("server.baseUrlPath").strip("/")
    data = {
        "runs": [dict(run) for run in runs],
        "metrics": metric_rows(neighbors),
        "note": note,
        "replay": replay,
        "moment": asdict(moment),
        "arrivals": arrivals,
        "settings": settings,
        "base": f"/{folder}/" if folder else "/",
    }
    result = _MOUNT(
        key=key,
        data=data,
        height="content",
        default={"split": Played.split, "at": None},
        on_restart_change=lambda: None,
        on_split_change=lambda: None,
        on_at_change=lambda: None,
    )
    return Played(tuple(result.restart or ()), result.split, result.at)
