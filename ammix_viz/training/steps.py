"""One step of each kind of stage: forward, loss and its gradient.

Each function has the network take its gradients, and returns the logits (R, M, K) of the step, or
the loss (R,) where nothing is classified; and the features before they were mixed, where any were.
"""

from torch import Tensor

from ammix_viz.networks.protocol import NO_MIXING, Network
from ammix_viz.training.contrastive import contrast
from ammix_viz.training.cross_entropy import cross_entropy_gradient
from ammix_viz.training.epoch import Epoch

Outcome = tuple[Tensor, Tensor | None]


def joint(network: Network, epoch: Epoch, index: int) -> Outcome:
    """Learn encoder and classifier by the cross entropy of mixed rows, and of clean ones if any.

    The two means are added (AMA, Algorithm 1).
    """
    features, clean = network.encode(epoch.inputs[index], epoch.mixings[index])
    logits = network.classify(features)
    outcome, targets = logits.detach(), epoch.targets[index]
    network.backward(logits, cross_entropy_gradient(outcome, targets, epoch.sizes[index]))
    return outcome, clean


def encoder(network: Network, epoch: Epoch, index: int) -> Outcome:
    """Learn the encoder by contrast (SupCon)."""
    features, _ = network.encode(epoch.inputs[index], NO_MIXING)
    loss, at_features = contrast(features.detach(), epoch.targets[index])
    network.backward(features, at_features)
    return loss, None


def classifier(network: Network, epoch: Epoch, index: int) -> Outcome:
    """Learn the classifier alone; the rows of this epoch are features of the frozen encoder."""
    logits = network.classify(epoch.inputs[index])
    outcome, targets = logits.detach(), epoch.targets[index]
    network.backward(logits, cross_entropy_gradient(outcome, targets, epoch.sizes[index]))
    return outcome, None


TAKE_STEP = {"all": joint, "encoder": encoder, "classifier": classifier}
"""How a stage takes a step, by what it learns."""
