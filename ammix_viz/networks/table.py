"""The table of networks: menus, URL, command line and training read it.

A network is built when a run begins, so that whoever only reads this table does not load torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A network.

    Attributes
    ----------
    title : str
        In menus.
    kind : {"points", "images"}
        The data that it takes; the first entry of a kind is that kind's default.
    sites : int
        Where rows can be mixed: the input, after each hidden block, the 2-D feature.
    learner : callable
        Returns the class that trains it, a `networks.protocol.Learner`.
    reads : tuple of str, default=()
        Settings that only some networks read, and this one does.
    """

    title: str
    kind: str
    sites: int
    learner: Callable[[], Any]
    reads: tuple[str, ...] = ()


NETWORKS: dict[str, Entry] = {
    "mlp": Entry("MLP 2-128-64-2", "points", 4, lambda: None),
    "cnn": Entry("CNN-Vis2D", "images", 5, lambda: None, ("feature_norm", "init")),
}


def default_network(kind: str) -> str:
    """Return the network that data of a kind are trained with unless another is asked for."""
    return next(name for name, entry in NETWORKS.items() if entry.kind == kind)
