"""Default settings that depend on the methods and the data set."""

from collections.abc import Iterable

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import SETTINGS

BETA = {"beta": 0.34}
"""β of the AM-mixup paper (AMM 3.2)."""

FOLLOWING = tuple(name for name, entry in SETTINGS.items() if entry.default is None)
"""Settings whose default depends on methods and data."""


def shared_defaults(methods: Iterable[str], data: str = "gaussian") -> dict[str, float]:
    """Return the default settings that the methods of a comparison share.

    The defaults of a method override those of the data, for all methods. With AMA among them, β is
    0.67, the AMA paper's.
    """
    defaults = {**BETA, **DATASETS[data].defaults}
    for name in methods:
        defaults |= METHODS[name].defaults
    return {name: defaults[name] for name in FOLLOWING}


def default_text(name: str) -> str:
    """Return a setting's default and its exceptions, for the command line's help."""
    default = shared_defaults(["am_mixup"]).get(name, SETTINGS[name].default)
    by_value: dict[str, list[str]] = {}
    if name in FOLLOWING:
        for method in METHODS:
            value = shared_defaults([method])[name]
            if value != default:
                by_value.setdefault(text_of(value), []).append(method)
        for data, entry in DATASETS.items():
            value = entry.defaults.get(name, default)
            if value != default:
                by_value.setdefault(text_of(value), []).append(data)
    exceptions = [f"{value} for {', '.join(names)}" for value, names in by_value.items()]
    return "; ".join([text_of(default), *exceptions])
