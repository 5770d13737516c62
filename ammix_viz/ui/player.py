"""The player as an element of a Streamlit page."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from ammix_viz.player.bundle import bundle, stylesheet
from ammix_viz.settings.moment import Moment
from ammix_viz.ui.address import base_path

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
    data: Mapping[str, Any],
    *,
    key: str,
    replay: int = 0,
    moment: Moment = Moment({}),  # noqa: B008
    arrivals: int = 0,
) -> Played:
    """Show runs side by side, animated, and return what the player displays.

    Parameters
    ----------
    data : mapping
        What is displayed, as `player_data` returns it.
    key : str
        The element's key; with the same key the player stays and takes the new runs.
    replay : int, default=0
        When it changes, playback starts from the beginning.
    moment : Moment, optional
        What of it is on display.
    arrivals : int, default=0
        When it changes, the player goes to the moment.

    Returns
    -------
    Played
        What a person has chosen in the player.
    """
    of_page = {
        "replay": replay,
        "moment": asdict(moment),
        "arrivals": arrivals,
        "base": base_path(),
    }
    result = _MOUNT(
        key=key,
        data={**data, **of_page},
        height="content",
        default={"split": Played.split, "at": None},
        on_restart_change=lambda: None,
        on_split_change=lambda: None,
        on_at_change=lambda: None,
    )
    return Played(tuple(result.restart or ()), result.split, result.at)
