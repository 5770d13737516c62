"""One step of each stage: forward, loss, and its gradient; SGD is `training`'s.

Each function fills `gradient`, where it has something to learn, and returns the logits (R, M, K) of
the step, or the loss (R,) where nothing is classified.
"""

import torch
from torch import Tensor

from ammix_viz import models
from ammix_viz.contrastive import contrast
from ammix_viz.epochs import Epoch
from ammix_viz.models import Layers, Workspace
from ammix_viz.objective import cross_entropy_gradient


def joint(layers: Layers, gradient: Layers, work: Workspace, epoch: Epoch, index: int) -> Tensor:
    """Learn encoder and classifier by the cross entropy of mixed rows, and of clean ones if any.

    The two means are added (AMA, Algorithm 1).
    """
    rows, mixings, targets = epoch.inputs[index], epoch.mixings[index], epoch.targets[index]
    inputs = models.encode_into(work, layers, rows, mixings)
    logits = models.classify(layers, inputs[-1])
    at_logits = cross_entropy_gradient(logits, targets, epoch.sizes[index])
    models.backward(work, layers, gradient, inputs, at_logits, mixings)
    return logits


def encoder(layers: Layers, gradient: Layers, work: Workspace, epoch: Epoch, index: int) -> Tensor:
    """Learn the encoder by contrast (SupCon)."""
    *inputs, features = models.encode_into(work, layers, epoch.inputs[index])
    loss, at_features = contrast(features, epoch.targets[index])
    models.backward(work, layers, gradient, inputs, at_features)
    return loss


def classifier(
    layers: Layers, gradient: Layers, work: Workspace, epoch: Epoch, index: int
) -> Tensor:
    """Learn the classifier alone; the rows of this epoch are features of the frozen encoder."""
    features, targets = epoch.inputs[index], epoch.targets[index]
    logits = models.classify(layers, features)
    at_logits = cross_entropy_gradient(logits, targets, epoch.sizes[index])
    torch.bmm(features.mT, at_logits, out=gradient.weight[-1])
    torch.sum(at_logits, 1, keepdim=True, out=gradient.bias[-1])
    return logits
