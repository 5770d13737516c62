"""What things are called and how they look, the same in every figure."""

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

NAMES = {
    "accuracy": "Accuracy, %",
    "A": "A, alignment",
    "U": "U, uniformity",
    "U1": "U1, nearest neighbour",
    "D_relative": "D_relative",
    "lam": "λ, share of the own row",
    "D_max": "D_max",
    "D_centroid": "D_centroid",
    "U_raw": "U, centres not normalised",
    "U1_raw": "U1, centres not normalised",
    "calibration_error": "Calibration error, %",
    "loss": "Training objective",
}
"""What each metric is called above its curve."""

KEY_METRICS = ("accuracy", "A", "U", "U1", "D_relative", "lam")
PER_RUN = ("lam", "loss")
"""Metrics that belong to the run, not to a split."""
