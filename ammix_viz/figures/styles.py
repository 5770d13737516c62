"""Colours and markers, the same in every figure."""

CLASS_MARKS = (
    ("#0072B2", "circle"),
    ("#E69F00", "square"),
    ("#009E73", "triangle-up"),
    ("#D55E00", "diamond"),
    ("#CC79A7", "triangle-down"),
    ("#56B4E9", "pentagon"),
    ("#F0E442", "star"),
    ("#8C8C8C", "hexagon"),
    ("#5B4A9E", "x"),
    ("#7A4B12", "cross"),
    ("#A3003D", "circle"),
    ("#C2A36B", "square"),
)
"""Colour (Okabe-Ito) and marker of each class, those of the player; the last two are for coarse
classes beside ten fine ones."""

SYMBOLS = {
    **{"circle": ("o", "●"), "square": ("s", "■"), "triangle-up": ("^", "▲")},
    **{"diamond": ("D", "◆"), "triangle-down": ("v", "▼"), "pentagon": ("p", "⬟")},
    **{"star": ("*", "★"), "hexagon": ("h", "⬢"), "x": ("X", "✖"), "cross": ("P", "✚")},
}
"""Each marker's code in Matplotlib, and a character that looks like it."""

VALUE_COLOURS = (
    *("#6102a5", "#850ba4", "#a52098", "#bf3a84"),
    *("#d6546d", "#e77059", "#f58e45", "#fcaf32"),
)
"""Colours of the curves of a setting's values, from the first to the last: the middle of Plasma."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Dashes of the methods of these curves."""

CONFIDENCE_COLOURS = ("#8c8c8c", "#c4c4c4", "#ffffff")
"""From no confidence to full confidence: light where confident, as in the papers."""


def mark_of(label: int, first: int = 0) -> tuple[str, str]:
    """Return colour and marker of a class."""
    return CLASS_MARKS[(first + label) % len(CLASS_MARKS)]
