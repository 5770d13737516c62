"""Speed, measured side by side in one run; every figure is a median, or a ratio of such."""

from importlib import import_module


def run(what: str) -> dict:
    """Run the benchmark of that name and return what it found."""
    return import_module(f"ammix_viz.bench.{what}").measure()
