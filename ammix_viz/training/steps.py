"""One step of each kind of stage: forward, loss and its gradient.

Each function computes the network's gradients and returns an `Outcome`.
"""

from typing import NamedTuple

from torch import Tensor

from ammix_viz.networks.protocol import NO_MIXING, Network
from ammix_viz.training.contrastive import contrast
from ammix_viz.training.cross_entropy import cross_entropy_gradient
from ammix_viz.training.epoch import Epoch


class Outcome(NamedTuple):
    """What a step of R runs computed.

    Attributes
    ----------
    result : Tensor
        Logits (R, M, K), or the loss (R,) if nothing is classified.
    clean : Tensor of shape (R, B, d), optional
        Features before mixing.
    features : Tensor of shape (R, M, d), optional
        The features that were classified, in memory that the next step reuses.
    """

    result: Tensor
    clean: Tensor | None = None
    features: Tensor | None = None


def joint(network: Network, epoch: Epoch, index: int) -> Outcome:
    """Train encoder and classifier on the cross entropy of mixed rows, and of clean rows if any.

    The means over mixed and over clean rows are added (AMA, Algorithm 1).
    """
    features, clean = network.encode(epoch.inputs[index], epoch.mixings[index])
    logits = network.classify(features)
    outcome, targets = logits.detach(), epoch.targets[index]
    network.backward(logits, cross_entropy_gradient(outcome, targets, epoch.sizes[index]))
    return Outcome(outcome, clean, features)


def encoder(network: Network, epoch: Epoch, index: int) -> Outcome:
    """Train the encoder with the contrastive loss (SupCon)."""
    features, _ = network.encode(epoch.inputs[index], NO_MIXING)
    loss, at_features = contrast(features.detach(), epoch.targets[index])
    network.backward(features, at_features)
    return Outcome(loss)


def classifier(network: Network, epoch: Epoch, index: int) -> Outcome:
    """Train only the classifier; the inputs are features of the frozen encoder."""
    logits = network.classify(epoch.inputs[index])
    outcome, targets = logits.detach(), epoch.targets[index]
    network.backward(logits, cross_entropy_gradient(outcome, targets, epoch.sizes[index]))
    return Outcome(outcome)


TAKE_STEP = {"all": joint, "encoder": encoder, "classifier": classifier}
"""The step function of a stage, by `Stage.learns`."""
