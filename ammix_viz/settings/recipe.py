"""The `Recipe` of a training run: its checked settings, and its key, which names its files."""

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

VERSION = 4
"""Increased whenever training gives different numbers; part of every key."""

OF_STACK = (
    "data",
    "imbalance",
    "points",
    "epochs",
    "lr",
    "batch_size",
    "weight_decay",
    "lam_update",
    "v_acc",
    "neighbors",
    "device",
)
"""Settings that runs in one stack share."""


@dataclass(frozen=True)
class Recipe(Settings):
    """Complete, checked settings of one training run, which determine its numbers.

    Raises
    ------
    ValueError
        If a value is not allowed.
    """

    def __post_init__(self) -> None:
        known = self.method in METHODS and self.data in DATASETS
        defaults = shared_defaults((self.method,), self.data) if known else {}
        if known and not self.points:
            object.__setattr__(self, "points", DATASETS[self.data].points)
        for name, value in vars(self).copy().items():
            value = defaults.get(name) if value is None else value
            object.__setattr__(self, name, check(name, value))
        if self.network != "default" and NETWORKS[self.network].kind != self.kind:
            raise ValueError(
                f'network is "{self.network}", which takes {NETWORKS[self.network].kind}; '
                f"{self.data} has {self.kind}."
            )

    @property
    def kind(self) -> str:
        """Kind of the samples: "points" or "images"."""
        return DATASETS[self.data].kind

    @property
    def on_images(self) -> bool:
        """Whether samples are images."""
        return self.kind == "images"

    @property
    def network_name(self) -> str:
        """Name of the network in `NETWORKS`."""
        return self._default_network if self.network == "default" else self.network

    @property
    def _default_network(self) -> str:
        return DATASETS[self.data].network or default_network(self.kind)

    @property
    def sites(self) -> int:
        """Number of mixing sites: the input, after each hidden block, and the feature."""
        return NETWORKS[self.network_name].sites

    @property
    def feature_width(self) -> int:
        """Width of the feature."""
        return NETWORKS[self.network_name].width

    @property
    def why_not_displayed(self) -> str:
        """Why the run's features cannot be displayed, as a sentence; "" if they can be."""
        if self.feature_width == 2:
            return ""
        return (
            f"With network {self.network_name}, {self.data} has {self.feature_width}-D features; "
            "only 2-D features can be displayed. Such runs are trained from the command line."
        )

    @property
    def factor(self) -> float | str:
        """The imbalance factor; "paper" where the paper's counts follow no profile."""
        return DATASETS[self.data].factor(self.imbalance)

    def resolved(self, name: str) -> str:
        """Return the value of a part of the method: the setting's, or the method's default."""
        method = METHODS[self.method]
        value = getattr(self, name) if name in method.replaceable else "default"
        return method.parts[name] if value == "default" else value

    def reads(self, name: str) -> bool:
        """Return whether the run depends on a setting."""
        reader = SETTINGS[name].read_by
        if reader == "method":
            once_an_epoch = self.v_acc == "validation"
            read = METHODS[self.method].reads(self.resolved)
            return name in read and not (name == "lam_update" and once_an_epoch)
        if reader == "data":
            return name in DATASETS[self.data].reads
        if reader == "network":
            return name in NETWORKS[self.network_name].reads
        return reader in ("all", self.kind)

    @cached_property
    def canonical(self) -> "Recipe":
        """The same run, with the settings that it does not read at their defaults."""
        changed: dict[str, Any] = {
            field.name: field.default for field in fields(self) if not self.reads(field.name)
        }
        for name, default_value in METHODS[self.method].parts.items():
            if SETTINGS[name].default == "default" and getattr(self, name) == default_value:
                changed[name] = "default"
        if self.network == self._default_network:
            changed["network"] = "default"
        changed["data"] = DATASETS[self.data].same_as or self.data
        if self.reads("imbalance"):
            changed["imbalance"] = self.factor
        return replace(self, **changed)

    @property
    def explicit(self) -> dict[str, Any]:
        """All settings, with the method's parts instead of "default".

        They keep their meaning when the default of a method changes.
        """
        parts = {name: self.resolved(name) for name in METHODS[self.method].replaceable}
        return asdict(self) | parts

    @cached_property
    def key(self) -> str:
        """The key that names the run's files: 24 hexadecimal digits."""
        run = self.canonical
        settings = {
            name: value
            for name, value in run.explicit.items()
            if run.reads(name) and value != SETTINGS[name].neutral
        }
        if digest := DATASETS[run.data].digest:
            settings["digest"] = digest()
        content = json.dumps([VERSION, settings], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    @property
    def step_kind(self) -> str:
        """Which rows a step classifies.

        "single": the B rows of the batch, mixed or not. "added": the clean rows and rows mixed at
        the 2-D feature. "doubled": the clean rows and rows mixed earlier, so that 2·B rows are
        encoded. "contrastive": none.
        """
        method = METHODS[self.method]
        if method.contrastive:
            return "contrastive"
        if not method.parts or self.resolved("clean") == "off":
            return "single"
        return "added" if self.resolved("site") == "last" else "doubled"

    @property
    def stack(self) -> tuple:
        """The values that runs must share to be trained in one stack."""
        if not NETWORKS[self.network_name].stacked:
            return (self.key,)
        names = (*OF_STACK, *NETWORKS[self.network_name].reads)
        values = (getattr(self.canonical, name) for name in names)
        return (self.network_name, self.step_kind, *values)

    def at_seed(self, offset: int) -> "Recipe":
        """Return the same run with `offset` added to each seed, modulo 2³¹."""
        highest = 2**31
        moved = {name: (getattr(self, name) + offset) % highest for name in SEEDS}
        return replace(self, **moved)


def is_key(text: str) -> bool:
    """Return whether a text has the form of a key, so that it may name a file."""
    return len(text) == 24 and all(c in "0123456789abcdef" for c in text)
