"""What a network must offer to be trained here, whichever way it finds its gradients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from ammix_viz.networks.mixing import Mixing

MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4
"""Of SGD, on every parameter (AMA 3.3, AMM A.1)."""

NO_MIXING: Mapping[int, Mixing] = {}

Classifier = tuple[Tensor, Tensor]
"""Weight (R, K, 2) and bias (R, K) of a linear classifier."""


@dataclass(frozen=True)
class Spec:
    """What a network is built from.

    Attributes
    ----------
    shape : tuple of int
        Of one sample: (2,) for points; channels, height and width for images.
    heads : tuple of int
        Classes of each linear classifier on the feature.
    sites : int
        Where rows can be mixed: the input, after each hidden block, the 2-D feature.
    seeds : tuple of int
        Of the initial weights, one a run; one alone unless the network is `stacked`.
    dtype, device
        Of parameters and features.
    settings : dict of str to value
        Those that the network's entry in the table `reads`.
    """

    shape: tuple[int, ...]
    heads: tuple[int, ...]
    sites: int
    seeds: tuple[int, ...]
    dtype: torch.dtype = torch.float32
    device: str = "cpu"
    settings: Mapping[str, Any] = field(default_factory=dict)


class Network(Protocol):
    """R runs of a network that are trained together: an encoder to 2-D features, and classifiers.

    The trainer decides what is mixed, and gives the gradient of the loss for what comes out; the
    network takes it back to its parameters and moves them. `networks.by_autograd` does all of this
    for any `torch.nn.Module` that encodes; `networks.stacked_mlp` does it by hand.

    Rows are (R, B, ...): B samples of each run.
    """

    def begin(self, learns: str, head: int, resume: bool = False) -> None:
        """Begin to learn "all", the "encoder" or the "classifier", with this classifier in use.

        SGD begins anew with it, unless it is to `resume` from a state that was loaded.
        """
        ...

    def encode(self, rows: Tensor, mixings: Mapping[int, Mixing]) -> tuple[Tensor, Tensor]:
        """Encode a batch to be learnt from, mixing rows at some sites behind the input.

        Returns
        -------
        features : Tensor of shape (R, M, 2)
            What is classified.
        clean : Tensor of shape (R, B, 2)
            The features before they were mixed themselves.
        """
        ...

    def classify(self, features: Tensor) -> Tensor:
        """Return the logits (R, N, K) of features (R, N, 2) by the classifier in use."""
        ...

    def backward(self, output: Tensor, gradient: Tensor) -> None:
        """Take the gradients of what is learnt, given the loss's for `output`.

        That is what `classify` gave, or `encode` where the encoder is learnt alone.
        """
        ...

    def step(self, rate: float) -> None:
        """Move what is learnt by one step of SGD at a learning rate."""
        ...

    def evaluate(self, rows: Tensor) -> Tensor:
        """Return the features (R, N, 2) of samples, as a trained network gives them."""
        ...

    @property
    def classifiers(self) -> Sequence[Classifier]:
        """Views of the weight and bias of each classifier."""
        ...

    def state(self) -> dict[str, Tensor]:
        """Return all that it takes to go on from here, by name; views, not copies."""
        ...

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take up a state."""
        ...
