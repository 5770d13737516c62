"""What a replay displays: the comparison of a link of the app, or a whole lesson."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from ammix_viz.lessons.library import library
from ammix_viz.player.bundle import lesson_stylesheet, replay_bundle, stylesheet
from ammix_viz.player.cards import heading_of, player_data
from ammix_viz.player.lesson_data import lesson_data
from ammix_viz.settings.comparison import read_query
from ammix_viz.settings.moment import MOMENT, read_moment
from ammix_viz.settings.recipe import Recipe


@dataclass(frozen=True)
class Contents:
    """What a replay displays.

    Attributes
    ----------
    title : str
        Its title.
    heading : bool
        Whether the page has the title as its heading, since what it displays has none.
    link : str
        The query that asks for it.
    settings : str
        The settings of the runs in words, "" where they are displayed otherwise.
    recipes : tuple of Recipe
        The runs.
    data : dict
        What the function of the bundle that puts it up takes.
    script, style : str
        JavaScript and CSS of the page.
    """

    title: str
    heading: bool
    link: str
    settings: str
    recipes: tuple[Recipe, ...]
    data: dict[str, Any]
    script: str
    style: str


def contents_of(query: Mapping[str, str]) -> tuple[Contents, list[str]]:
    """Return what a link asks for, and a sentence for each value that is displayed otherwise.

    Parameters
    ----------
    query : mapping of str to str
        The query of the live lab's URL, or of the lesson's, which has `lesson`, "" for
        the one that is displayed if none is asked for.

    Raises
    ------
    ValueError
        If it asks for a lesson or a step that is not there, or for runs that cannot be displayed.
    """
    return _of_lesson(query) if "lesson" in query else _of_comparison(query)


def _of_comparison(query: Mapping[str, str]) -> tuple[Contents, list[str]]:
    comparison, notes = read_query(query)
    if why := comparison.shared.why_not_displayed:
        raise ValueError(why)
    moment, of_moment = read_moment(query)
    panels, rest = len(comparison.variants), comparison.left_out
    cut = [f"The first {panels} panels of {panels + rest} are displayed."] if rest else []
    data = player_data(comparison)
    link = comparison.query() | {name: query[name] for name in MOMENT if name in query}
    contents = Contents(
        heading_of(comparison),
        True,
        urlencode(link, safe=",:"),
        data["settings"],
        comparison.recipes,
        data | {"moment": asdict(moment), "arrivals": 1},
        replay_bundle("mount"),
        stylesheet(),
    )
    return contents, [*notes, *of_moment, *cut]


def _of_lesson(query: Mapping[str, str]) -> tuple[Contents, list[str]]:
    offered = library()
    name = query["lesson"] or next(iter(offered.lessons))
    if offered.problem and name not in offered.lessons:
        raise ValueError(offered.problem)
    lesson = offered.named(name)
    step = lesson.number(query.get("step", "1"))
    recipes = chain.from_iterable(each.comparison.recipes for each in lesson.steps)
    runs = {recipe.key: recipe for recipe in recipes}
    data = lesson_data(lesson, step, runs.values()) | {"lab": None}
    contents = Contents(
        lesson.title,
        False,
        f"lesson={lesson.name}",
        "",
        tuple(runs.values()),
        data,
        replay_bundle("mountLesson"),
        lesson_stylesheet(),
    )
    return contents, [offered.problem] if offered.problem else []
