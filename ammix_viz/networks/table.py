"""The table of networks, from which menus, URL, command line and training are derived.

The modules of networks are imported when a run begins, so that this table does not load torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ammix_viz.networks.protocol import Network, Spec


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes in a stage of training on images.

    Attributes
    ----------
    drops : tuple of float
        Shares of the stage's epochs after which the rate is multiplied by `factor`.
    factor : float
        The default is "divided to 0.2" (AMM A.1).
    start : float
        Share of the learning rate at which the linear warm-up starts.
    """

    drops: tuple[float, ...] = (0.3, 0.6, 0.8)
    factor: float = 0.2
    start: float = 0.0


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
        Number of mixing sites: the input, after each hidden block, and the feature.
    build : callable
        Returns a `networks.protocol.Network` for a `networks.protocol.Spec`.
    reads : tuple of str, default=()
        Settings that this network reads, of those that only some networks read.
    stacked : bool, default=False
        Whether many runs are trained together in one stack.
    width : int, default=2
        Width of the feature. If it is not 2, a run has no features to display, only metrics.
    schedule : Schedule
        Learning rates of its runs on images; by default those of CNN-Vis2D.
    """

    title: str
    kind: str
    sites: int
    build: "Callable[[Spec], Network]"
    reads: tuple[str, ...] = ()
    stacked: bool = False
    width: int = 2
    schedule: Schedule = Schedule()


def _mlp(spec: "Spec") -> "Network":
    from ammix_viz.networks.stacked_mlp import Mlp

    return Mlp(spec)


def _cnn(spec: "Spec") -> "Network":
    from ammix_viz.networks.cnn_vis2d import cnn_vis2d

    return cnn_vis2d(spec)


def _resnet32(spec: "Spec") -> "Network":
    from ammix_viz.networks.resnet32 import resnet32

    return resnet32(spec)


CNN_READS = ("feature_layer", "feature_norm", "batch_norm", "init", "precision")

NETWORKS: dict[str, Entry] = {
    "mlp": Entry("MLP 2-128-64-2", "points", 4, _mlp, stacked=True),
    "cnn": Entry("CNN-Vis2D", "images", 5, _cnn, CNN_READS),
    "resnet32": Entry(
        "ResNet-32",
        "images",
        4,
        _resnet32,
        ("precision",),
        width=64,
        schedule=Schedule((0.8, 0.9), 0.1, start=0.2),  # 160 and 180 of 200; 0.02 of 0.1 (AMM A.2)
    ),
}


def default_network(kind: str) -> str:
    """Return the default network for a kind of data."""
    return next(name for name, entry in NETWORKS.items() if entry.kind == kind)
