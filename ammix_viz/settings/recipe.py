"""What one training run is: its settings, and the key that names it on disk."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any

from ammix_viz.datasets.table import DATASETS
from ammix_viz.methods.table import METHODS
from ammix_viz.networks.table import NETWORKS, default_network
from ammix_viz.settings.defaults import shared_defaults
from ammix_viz.settings.table import SEEDS, SETTINGS, Settings, check

VERSION = 3
"""Raised whenever training would give other numbers; part of every key."""


@dataclass(frozen=True)
class Recipe(Settings):
    """Settings that are checked and complete: all that decides the numbers of one training run.

    Raises
    ------
    ValueError
        If a value is not allowed.
    """

    def __post_init__(self) -> None:
        known = self.method in METHODS and self.data in DATASETS
        defaults = shared_defaults((self.method,), self.data) if known else {}
        for name, value in asdict(self).items():
            value = defaults.get(name) if value is None else value
            object.__setattr__(self, name, check(name, value))
        if self.network != "default" and NETWORKS[self.network].kind != self.kind:
            raise ValueError(
                f'network is "{self.network}", which takes {NETWORKS[self.network].kind}; '
                f"{self.data} has {self.kind}."
            )

    @property
    def kind(self) -> str:
        """What a sample is: "points" or "images"."""
        return DATASETS[self.data].kind

    @property
    def on_images(self) -> bool:
        """Whether samples are images."""
        return self.kind == "images"

    @property
    def network_name(self) -> str:
        """The entry of `NETWORKS` that is trained."""
        return default_network(self.kind) if self.network == "default" else self.network

    @property
    def sites(self) -> int:
        """Where rows can be mixed: the input, after each hidden block, the 2-D feature."""
        return NETWORKS[self.network_name].sites

    @property
    def factor(self) -> float | str:
        """The imbalance factor; "paper" where the paper's counts follow no profile."""
        return DATASETS[self.data].factor(self.imbalance)

    def resolved(self, name: str) -> str:
        """Return a part of the method: as the setting says, or as the method has it."""
        method = METHODS[self.method]
        value = getattr(self, name) if name in method.replaceable else "default"
        return method.parts[name] if value == "default" else value

    def reads(self, name: str) -> bool:
        """Say whether the run depends on a setting."""
        reader = SETTINGS[name].read_by
        if reader == "method":
            return name in METHODS[self.method].reads(self.resolved)
        if reader == "network":
            return name in NETWORKS[self.network_name].reads
        return reader in ("all", self.kind)

    @cached_property
    def canonical(self) -> "Recipe":
        """The same run with every setting that it does not depend on at its default."""
        changed: dict[str, Any] = {
            field.name: field.default for field in fields(self) if not self.reads(field.name)
        }
        for name, usual in METHODS[self.method].parts.items():
            if SETTINGS[name].default == "default" and getattr(self, name) == usual:
                changed[name] = "default"
        if self.network == default_network(self.kind):
            changed["network"] = "default"
        changed["data"] = DATASETS[self.data].same_as or self.data
        changed["imbalance"] = self.factor
        return replace(self, **changed)

    @cached_property
    def key(self) -> str:
        """The name of the run on disk: 24 hexadecimal digits."""
        run = self.canonical
        settings = {
            name: value
            for name, value in asdict(run).items()
            if run.reads(name) and value != SETTINGS[name].neutral
        }
        if digest := DATASETS[run.data].digest:
            settings["digest"] = digest()
        content = json.dumps([VERSION, settings], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    @property
    def step_kind(self) -> str:
        """What a step classifies.

        "single": one row each. "added", "doubled": clean rows, then mixed ones, which are mixed
        at the feature, or earlier, so that both are encoded. "contrastive": nothing.
        """
        method = METHODS[self.method]
        if method.contrastive:
            return "contrastive"
        if not method.parts or self.resolved("clean") == "off":
            return "single"
        return "added" if self.resolved("site") == "last" else "doubled"

    @property
    def stack(self) -> tuple:
        """What runs must have in common to be trained in one stack; mostly everything."""
        if not NETWORKS[self.network_name].stacked:
            return (self.key,)
        settings = (self.data, self.imbalance, self.network_name, self.epochs, self.lr)
        of_network = (getattr(self, name) for name in NETWORKS[self.network_name].reads)
        return (*settings, self.batch_size, self.device, self.step_kind, *of_network)

    def at_seed(self, offset: int) -> "Recipe":
        """Return the same run with every seed moved on, past the highest to the lowest."""
        highest = 2**31
        moved = {name: (getattr(self, name) + offset) % highest for name in SEEDS}
        return replace(self, **moved)


def is_key(text: str) -> bool:
    """Say whether a text has the form of a key, so that it may name a file."""
    return len(text) == 24 and all(c in "0123456789abcdef" for c in text)
