"""The table of networks: menus, URL, command line and training read it.

A network is built when a run begins, so that whoever only reads this table does not load torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ammix_viz.networks.protocol import Network, Spec


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
    build : callable
        Returns a `networks.protocol.Network` of a `networks.protocol.Spec`.
    reads : tuple of str, default=()
        Settings that only some networks read, and this one does.
    stacked : bool, default=False
        Whether many runs of it are trained as one.
    """

    title: str
    kind: str
    sites: int
    build: "Callable[[Spec], Network]"
    reads: tuple[str, ...] = ()
    stacked: bool = False


def _mlp(spec: "Spec") -> "Network":
    from ammix_viz.networks.stacked_mlp import Mlp

    return Mlp(spec)


def _cnn(spec: "Spec") -> "Network":
    from ammix_viz.networks.cnn_vis2d import cnn_vis2d

    return cnn_vis2d(spec)


CNN_READS = ("feature_layer", "feature_norm", "batch_norm", "init", "precision")

NETWORKS: dict[str, Entry] = {
    "mlp": Entry("MLP 2-128-64-2", "points", 4, _mlp, stacked=True),
    "cnn": Entry("CNN-Vis2D", "images", 5, _cnn, CNN_READS),
}


def default_network(kind: str) -> str:
    """Return the network that data of a kind are trained with unless another is asked for."""
    return next(name for name, entry in NETWORKS.items() if entry.kind == kind)
