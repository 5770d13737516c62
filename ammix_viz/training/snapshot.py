"""A snapshot of training: features and classifier, and the state to resume from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ammix_viz.training.mixed_rows import MixedRows

State = Mapping[str, np.ndarray]
"""All arrays that are needed to resume an unfinished run from the end of an epoch."""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot of R runs that have taken the same number of steps.

    Attributes
    ----------
    keys : tuple of str
        Keys of the runs.
    step : int
        Number of optimiser steps so far.
    epoch : float
        Number of epochs so far.
    lam : ndarray of shape (R,)
        Mean λ of the epoch in progress, or about to begin: 1 for CE, λ_am for AM-mixup.
    loss : ndarray of shape (R,)
        Mean training loss since the epoch began; at step 0 the cross entropy of the samples.
        For SupCon it is the contrastive loss until the encoder is trained.
    features : Tensor of shape (R, N, d)
        Features of all samples, or of the displayed ones, train samples first.
    full_eval : bool
        Whether `features` are of all samples.
    weight, bias : Tensor of shape (R, K, d) and (R, K)
        The linear classifier.
    failures : dict of int to str
        Runs, counted from 0, that became non-finite, with an error message; their values are
        meaningless.
    coarse : tuple of Tensor, optional
        Weight and bias of the classifier for coarse classes, if there is one.
    mixed : tuple of MixedRows or None
        For each run, some of the mixed rows of the step that begins with these weights; at the end
        of a run, of its last step. None if the run mixes nothing in that step. Only 2-D features.
    grid : Tensor of shape (R, G, 2), optional
        Features of the nodes of each run's `InputGrid`, if samples are points.
    state : dict of str to ndarray, optional
        On images, at the end of an epoch: the state to resume from.
    """

    keys: tuple[str, ...]
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
    mixed: tuple[MixedRows | None, ...] = ()
    grid: Tensor | None = None
