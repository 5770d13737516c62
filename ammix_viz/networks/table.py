"""The table of networks, from which menus, URL, command line and training are derived.

The modules of networks are imported when a run begins, so that this table does not load torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ammix_viz.networks.protocol import Network, Spec


@dataclass(frozen=True)
class Entry:
    """A network of the table.

    Attributes
    ----------
    title : str
        Name in menus.
    kind : {"points", "images"}
        The kind of data that it takes; the first entry of a kind is the default for it.
    sites : int
        Number of mixing sites: the input, after each hidden block, and the 2-D feature.
    build : callable
        Returns a `networks.protocol.Network` for a `networks.protocol.Spec`.
    reads : tuple of str, default=()
        Settings that this network reads, of those that only some networks read.
    stacked : bool, default=False
        Whether many runs are trained together in one stack.
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
    """Return the default network for a kind of data."""
    return next(name for name, entry in NETWORKS.items() if entry.kind == kind)
