"""One step of each kind of stage: forward, loss, and its gradient; SGD is `training`'s.

Each function fills the network's `gradient`, where it has something to learn, and returns the
logits (R, M, K) of the step, or the loss (R,) where nothing is classified.
"""

from torch import Tensor

from ammix_viz.networks.cnn_vis2d import Cnn
from ammix_viz.networks.stacked_mlp import NO_MIXING, Mlp
from ammix_viz.training.contrastive import contrast
from ammix_viz.training.cross_entropy import cross_entropy_gradient
from ammix_viz.training.epoch import Epoch


def joint(network: Mlp | Cnn, epoch: Epoch, index: int) -> Tensor:
    """Learn encoder and classifier by the cross entropy of mixed rows, and of clean ones if any.

    The two means are added (AMA, Algorithm 1).
    """
    features = network.encode(epoch.inputs[index], epoch.mixings[index])
    logits = network.classify(features)
    network.backward(cross_entropy_gradient(logits, epoch.targets[index], epoch.sizes[index]))
    return logits


def encoder(network: Mlp | Cnn, epoch: Epoch, index: int) -> Tensor:
    """Learn the encoder by contrast (SupCon)."""
    features = network.encode(epoch.inputs[index], NO_MIXING)
    loss, at_features = contrast(features, epoch.targets[index])
    network.backward_features(at_features)
    return loss


def classifier(network: Mlp | Cnn, epoch: Epoch, index: int) -> Tensor:
    """Learn the classifier alone; the rows of this epoch are features of the frozen encoder."""
    features, targets = epoch.inputs[index], epoch.targets[index]
    logits = network.classify(features)
    at_logits = cross_entropy_gradient(logits, targets, epoch.sizes[index])
    network.backward_classifier(features, at_logits)
    return logits


TAKE_STEP = {"all": joint, "encoder": encoder, "classifier": classifier}
"""How a stage takes a step, by what it learns."""
