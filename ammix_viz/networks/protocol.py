"""The interface that the trainer needs of a network, however it computes gradients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from ammix_viz.networks.mixing import Mixing

MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4
"""Momentum of SGD, and its default weight decay, for every parameter (AMA 3.3, AMM A.1)."""

ALL = slice(None)
"""All runs of a stack."""

NO_MIXING: Mapping[int, Mixing] = {}

Classifier = tuple[Tensor, Tensor]
"""Weight (R, K, d) and bias (R, K) of a linear classifier."""


@dataclass(frozen=True)
class Spec:
    """The specification of a network.

    Attributes
    ----------
    shape : tuple of int
        Shape of a sample: (2,) for points; channels, height and width for images.
    heads : tuple of int
        Number of classes of each linear classifier on the feature.
    sites : int
        Number of mixing sites: the input, after each hidden block, and the feature.
    seeds : tuple of int
        Seeds of the initial weights, one per run; just one unless the network is `stacked`.
    dtype, device
        Type and device of parameters and features.
    settings : dict of str to value
        The settings listed in `reads` of the network's entry in the table.
    weight_decay : float, default=5e-4
        Weight decay of SGD, for every parameter.
    width : int, default=2
        Width d of the feature.
    """

    shape: tuple[int, ...]
    heads: tuple[int, ...]
    sites: int
    seeds: tuple[int, ...]
    dtype: torch.dtype = torch.float32
    device: str = "cpu"
    settings: Mapping[str, Any] = field(default_factory=dict)
    weight_decay: float = WEIGHT_DECAY
    width: int = 2


class Network(Protocol):
    """R runs of a network that are trained together: an encoder to features and classifiers.

    The trainer decides what is mixed and computes the gradient of the loss for the network's
    output. The network backpropagates it to its parameters and updates them.
    `networks.by_autograd` does this for any encoder that is a `torch.nn.Module`;
    `networks.stacked_mlp` has hand-derived gradients.

    Rows are (R, B, ...): B samples of each run. Features have the width d of the `Spec`.
    """

    def begin(self, learns: str, head: int, resume: bool = False) -> None:
        """Start training "all", the "encoder" or the "classifier", with classifier `head` in use.

        SGD's velocity is reset to 0, except to `resume` from a loaded state.
        """
        ...

    def encode(self, rows: Tensor, mixings: Mapping[int, Mixing]) -> tuple[Tensor, Tensor]:
        """Encode a training batch, mixing rows at some sites after the input.

        Returns
        -------
        features : Tensor of shape (R, M, d)
            Features to be classified, mixed if the feature is a mixing site.
        clean : Tensor of shape (R, B, d)
            The features before mixing at the feature.
        """
        ...

    def classify(self, features: Tensor, runs: slice = ALL) -> Tensor:
        """Return the logits (R, N, K) of features (R, N, d) by the classifier in use.

        They are features of all runs, or of consecutive `runs` if nothing is trained on them.
        """
        ...

    def backward(self, output: Tensor, gradient: Tensor) -> None:
        """Compute the gradients of the trained parameters from the loss's gradient for `output`.

        `output` is the result of `classify`, or of `encode` if only the encoder is trained.
        """
        ...

    def step(self, rate: float) -> None:
        """Take one SGD step with a learning rate."""
        ...

    def evaluate(self, rows: Tensor, runs: slice = ALL) -> Tensor:
        """Return the features (R, N, d) of samples of some runs, in evaluation mode."""
        ...

    @property
    def classifiers(self) -> Sequence[Classifier]:
        """Views of the weight and bias of each classifier."""
        ...

    def state(self) -> dict[str, Tensor]:
        """Return the state needed to resume training, by name; views, not copies."""
        ...

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Load a state."""
        ...


class StackedNetwork(Network, Protocol):
    """A network of which runs may join and leave a stack."""

    def regroup(self, kept: Sequence[int], seeds: Sequence[int]) -> None:
        """Keep some runs, in this order, and begin one for each seed after them."""
        ...
