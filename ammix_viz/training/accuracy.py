"""The accuracy in [0, 1] of R runs, which λ_am depends on (AMM Eq. 6)."""

import numpy as np
import torch
from torch import Tensor

from ammix_viz.metrics.distances import class_means


class CountedAccuracy:
    """The accuracy on the unmixed rows of an epoch's steps so far."""

    def __init__(self, runs: int, device: torch.device) -> None:
        self._correct = torch.zeros(runs, dtype=torch.int64, device=device)
        self._counted = np.zeros(runs, int)

    def add(self, logits: Tensor, labels: Tensor, of_runs: np.ndarray) -> None:
        """Count the rows of a step.

        Parameters
        ----------
        logits : Tensor of shape (R, B, K)
            Logits of the rows.
        labels : Tensor of shape (R, B), int64
            Their classes.
        of_runs : ndarray of shape (R,), bool
            Whether the rows of each run are unmixed; others are not counted.
        """
        correct = (logits.argmax(-1) == labels).sum(1)
        self._correct = self._correct + correct * torch.from_numpy(of_runs).to(correct.device)
        self._counted = self._counted + of_runs * labels.shape[1]

    @property
    def value(self) -> np.ndarray:
        """The accuracy, shape (R,); nan without any rows."""
        return (self._correct.cpu() / torch.from_numpy(self._counted)).double().numpy()


def accuracy_of(logits: Tensor, labels: Tensor, class_totals: Tensor | None = None) -> np.ndarray:
    """Return the accuracy of each run, shape (R,).

    Parameters
    ----------
    logits : Tensor of shape (R, N, K)
        Logits of samples; of two equal largest ones either is right.
    labels : Tensor of shape (N,), int64
        Their classes, in ascending order.
    class_totals : Tensor of shape (K,), optional
        If the samples are only some of all: how many each class has. Classes are weighted by it.
    """
    of_label = logits.mT.gather(1, labels.expand(len(logits), 1, -1))[:, 0]
    correct: Tensor = (of_label == logits.amax(-1)).double()
    if class_totals is not None:
        correct = class_means(correct[..., None], labels)[..., 0]
        correct = correct * class_totals / class_totals.sum() * correct.shape[1]
    return correct.mean(1).cpu().numpy()
