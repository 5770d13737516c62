"""Defaults that follow methods and data."""

from collections.abc import Iterable

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.settings.rules import text_of
from ammix_viz.settings.table import SETTINGS

BETA = {"beta": 0.34}
"""β of the AM-mixup paper (AMM 3.2)."""

FOLLOWING = tuple(name for name, entry in SETTINGS.items() if entry.default is None)
"""Settings that follow methods and data until somebody sets them."""


def shared_defaults(methods: Iterable[str], data: str = "gaussian") -> dict[str, float]:
    """Return the settings that methods side by side share where nothing else is asked for.

    Those of the data come first; a method that needs others brings them for all: with AMA among
    them β is 0.67 and the learning rate 0.02, since at the paper's 0.1 AMA diverges on the toy.
    """
    found = {**BETA, **DATASETS[data].defaults}
    for name in methods:
        found |= METHODS[name].defaults
    return {name: found[name] for name in FOLLOWING}


def default_text(name: str) -> str:
    """Return a setting's default as the command line's help says it, with its exceptions."""
    usual = shared_defaults(["am_mixup"]).get(name, SETTINGS[name].default)
    others: dict[str, list[str]] = {}
    if name in FOLLOWING:
        for method in METHODS:
            value = shared_defaults([method])[name]
            if value != usual:
                others.setdefault(text_of(value), []).append(method)
        for data, entry in DATASETS.items():
            value = entry.defaults.get(name, usual)
            if value != usual:
                others.setdefault(text_of(value), []).append(data)
    exceptions = [f"{value} for {', '.join(names)}" for value, names in others.items()]
    return "; ".join([text_of(usual), *exceptions])
