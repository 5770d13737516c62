"""The player: runs side by side on canvases, animated by the browser.

`data` keeps what comes from the server, `canvas` paints it, `controls` is what people use and read,
`formula` sets formulas with the numbers of the moment, `share` makes links, pictures and videos,
`slow_motion` explains single training steps.
The modules are joined into one, because that is what a page can be handed.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

MODULES = (
    "controls/dom",
    "display",
    "data/stages",
    "data/pace",
    "data/parts",
    "data/lens",
    "controls/words",
    "canvas/shapes",
    "canvas/theme",
    "data/moment",
    "data/mixed",
    "data/inputs",
    "data/records",
    "data/coding",
    "data/stream",
    "data/feed",
    "data/roster",
    "data/reporter",
    "canvas/range",
    "canvas/classifier",
    "canvas/strokes",
    "canvas/beads",
    "canvas/features",
    "canvas/inputs",
    "canvas/margins",
    "formula/distances",
    "formula/nodes",
    "formula/focus",
    "formula/mix_formulas",
    "formula/formulas",
    "canvas/mix_measures",
    "canvas/measures",
    "canvas/mixing",
    "canvas/measure_texts",
    "canvas/measure_strokes",
    "canvas/sprites",
    "canvas/styles",
    "canvas/raster",
    "canvas/scene",
    "canvas/axes",
    "canvas/scale_bar",
    "controls/timeline",
    "formula/mix_workings",
    "formula/workings",
    "formula/gauge",
    "formula/working",
    "formula/explain",
    "controls/numbers",
    "plot",
    "controls/captions",
    "panel",
    "controls/images",
    "controls/hold",
    "controls/hover",
    "controls/confidence",
    "controls/keyboard",
    "controls/switch",
    "controls/tools",
    "controls/legend",
    "controls/pair_filter",
    "controls/curves",
    "controls/picker",
    "controls/transport",
    "panels",
    "share/address",
    "share/picture",
    "share/poster",
    "share/animation",
    "share/menu",
    "share/sharing",
    "player",
    "ways",
    "streamlit",
    "component",
)
"""In an order in which each uses only what stands before it when it is loaded."""

SLOW_MOTION_MODULES = (
    "slow_motion/step",
    "slow_motion/pair",
    "slow_motion/run_step",
    "slow_motion/phases",
    "slow_motion/phase_bar",
    "slow_motion/input_way",
    "slow_motion/step_picture",
    "slow_motion/phase_text",
    "slow_motion/step_panel",
    "slow_motion/pair_select",
    "slow_motion/slow_motion",
    "slow_motion/confidence_model",
    "slow_motion/confidence_chart",
    "slow_motion/confidence_curve",
)
"""A training step in slow motion; they need those of the player before them."""

LESSON_MODULES = (
    *MODULES[:-1],
    *SLOW_MOTION_MODULES,
    "lesson/prose",
    "lesson/answers",
    "lesson/question",
    "lesson/room",
    "lesson/room_panel",
    "lesson/run_picture",
    "lesson/slow_picture",
    "lesson/balance_picture",
    "lesson/pictures",
    "lesson/save_button",
    "lesson/lesson",
    "lesson/component",
)
"""Those of a lesson: the player's, and its pages."""

REPLAY_MODULES = ("replay/archive", "replay/start")
"""What a page needs that carries its runs, after the modules of what it displays."""


EDITOR_MODULES = (
    "controls/dom",
    "canvas/shapes",
    "editor/edited_points",
    "editor/point_plot",
    "editor/tools",
    "editor/editor",
    "streamlit",
    "editor/component",
)
"""Those of the editor of points."""

PRESENTING_MODULES = ("streamlit", "presenting")
"""Those of the key that leaves presenting."""


@cache
def bundle() -> str:
    """Return the player as one JavaScript module; its default export is a Streamlit component.

    The default export also carries `mount(element, data, ways)` for pages without Streamlit.
    """
    return _joined(MODULES)


@cache
def lesson_bundle() -> str:
    """Return the lesson as one JavaScript module, as `bundle` does."""
    return _joined(LESSON_MODULES)


@cache
def replay_bundle(mount: str) -> str:
    """Return what a page runs that carries its runs.

    Parameters
    ----------
    mount : {"mount", "mountLesson"}
        The function that puts up what the page displays, the player or a lesson.
    """
    modules = {"mount": MODULES, "mountLesson": LESSON_MODULES}[mount]
    return f"{_joined((*modules, *REPLAY_MODULES))}\nstartReplay({mount});\n"


@cache
def slow_motion_bundle() -> str:
    """Return the player with the slow motion of a training step, `SlowMotion`, as one module."""
    return _joined((*MODULES, *SLOW_MOTION_MODULES))


@cache
def editor_bundle() -> str:
    """Return the editor of points as one JavaScript module, as `bundle` does."""
    return _joined(EDITOR_MODULES)


@cache
def presenting_bundle() -> str:
    """Return what leaves presenting by a key, as one JavaScript module, as `bundle` does."""
    return _joined(PRESENTING_MODULES)


def _joined(modules: Iterable[str]) -> str:
    return "\n".join(_without_links((FOLDER / f"{name}.js").read_text("utf-8")) for name in modules)


def _without_links(source: str) -> str:
    source = re.sub(r'^import \{[^}]*\} from "[^"]*";\n', "", source, flags=re.MULTILINE)
    return re.sub(r"^export (?!default )", "", source, flags=re.MULTILINE)


STYLES = (
    "player",
    "controls/head",
    "controls/transport",
    "layouts",
    "share/share",
    "formula/formula",
)
"""The player's stylesheets; of rules that are equally specific, the last one counts."""


@cache
def stylesheet() -> str:
    """Return the player's CSS; every class begins with `ammix-`."""
    return "\n".join((FOLDER / f"{name}.css").read_text("utf-8") for name in STYLES)


@cache
def lesson_stylesheet() -> str:
    """Return the CSS of a lesson, with the player's."""
    return (
        stylesheet()
        + slow_motion_stylesheet()
        + (FOLDER / "lesson" / "lesson.css").read_text("utf-8")
    )


@cache
def slow_motion_stylesheet() -> str:
    """Return the CSS of the slow motion, which needs the player's."""
    return (FOLDER / "slow_motion" / "slow_motion.css").read_text("utf-8")


@cache
def editor_stylesheet() -> str:
    """Return the CSS of the editor of points."""
    return (FOLDER / "editor" / "editor.css").read_text("utf-8")
