"""Training at one moment: what is displayed of it, and what it takes to go on from there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor

State = Mapping[str, np.ndarray]
"""All that an unfinished run needs to go on from the end of an epoch."""


@dataclass(frozen=True)
class Snapshot:
    """R runs at one moment of training.

    Attributes
    ----------
    step : int
        Optimiser steps taken.
    epoch : float
        The same in epochs.
    lam : ndarray of shape (R,)
        Mean λ of the epoch that goes on from here: 1 for CE, λ_am for AM-mixup.
    loss : ndarray of shape (R,)
        Mean training objective since the epoch began; cross entropy of the points at step 0.
        SupCon's is contrastive until its encoder is trained.
    features : Tensor of shape (R, N, 2)
        Features of all samples, train samples first; or of those that are displayed.
    full_eval : bool
        Whether they are all.
    weight, bias : Tensor of shape (R, K, 2) and (R, K)
        The linear classifier.
    failures : dict of int to str
        Runs that have gone non-finite, and the sentence to show; their rows mean nothing.
    coarse : tuple of Tensor, optional
        Weight and bias of the classifier of coarse classes, if there is one.
    state : dict of str to ndarray, optional
        On images, at the end of an epoch: what `train` needs to go on from here.
    """

    step: int
    epoch: float
    lam: np.ndarray
    loss: np.ndarray
    features: Tensor
    full_eval: bool
    weight: Tensor
    bias: Tensor
    failures: dict[int, str]
    coarse: tuple[Tensor, Tensor] | None = None
    state: State | None = None
