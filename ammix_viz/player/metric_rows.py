"""The metrics under a panel, as the data that a page gives the player names them."""

from typing import Any

from ammix_viz.metrics.table import METRICS, headlines

FIELDS = {
    "label": "label",
    "symbol": "symbol",
    "subscript": "subscript",
    "help": "help",
    "better": "better",
    "digits": "digits",
    "unit": "unit",
    "perSplit": "per_split",
    "ofClassifier": "of_classifier",
}
"""Names in JavaScript, and those in the table of metrics."""


def metric_rows(neighbors: int = 1) -> list[dict[str, Any]]:
    """Return the metrics that the player shows of runs with this setting, in their order."""
    return [metric_row(name) for name in headlines(neighbors)]


def metric_row(name: str) -> dict[str, Any]:
    """Return a metric as the player shows it."""
    metric = METRICS[name]
    row = {key: getattr(metric, field) for key, field in FIELDS.items()}
    return {"name": name} | row | {"label": metric.label or metric.title}
