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
