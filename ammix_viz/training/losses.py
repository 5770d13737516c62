"""Losses for a training loop of any encoder and classifier in PyTorch, by autograd.

Each maps features and labels of a batch to a scalar loss, differentiable with respect to features
and classifier parameters. Features may have any width; a classifier is any callable that maps
features (N, ...) to logits (N, K). `AMM` is the AM-mixup paper, `AMA` its first version.
"""

import torch
from torch import Tensor
from torch.nn import functional

from ammix_viz.methods import sampling
from ammix_viz.methods.lam import asymptotic_lam as unchecked_lam
from ammix_viz.networks.mixing import Mixing, mix
from ammix_viz.training.batch_checks import (
    Classifier,
    Pairs,
    check_batch,
    check_labels,
    check_pairs,
    check_share,
    checked_logits,
)
from ammix_viz.training.contrastive import TEMPERATURE, contrast
from ammix_viz.training.cross_entropy import cross_entropy, mixed_targets, one_hot


def asymptotic_lam(beta: float, accuracy: float) -> float:
    """Return λ_am = exp(-β · accuracy) (AMM Eq. 6), the share of a pair's first row.

    Parameters
    ----------
    beta : float
        Rate at which λ falls; 0.34 in AMM, 0.67 in AMA. Above ln 2, λ can fall below 0.5.
    accuracy : float
        Training accuracy in the previous epoch, from 0 to 1; use 0 in the first epoch.

    Raises
    ------
    ValueError
        If `beta` is negative or not finite, or `accuracy` is not from 0 to 1.
    """
    if not 0 <= beta < float("inf"):
        raise ValueError(f"beta is {beta}; it must be a finite number from 0.")
    check_share("accuracy", accuracy)
    return unchecked_lam(beta, accuracy)


def permuted_pairs(labels: Tensor, generator: torch.Generator | None = None) -> Pairs:
    """Pair each sample of a batch with another one by a random permutation (AMM Eq. 5).

    Parameters
    ----------
    labels : Tensor of shape (N,), int
        Classes; only the length is used.
    generator : torch.Generator, optional
        Source of random numbers; PyTorch's default generator if omitted.
    """
    count = len(labels)
    device = generator.device if generator else None
    second = torch.randperm(count, generator=generator, device=device).to(labels.device)
    return torch.arange(count, device=labels.device), second


def class_unbiased_pairs(labels: Tensor, generator: torch.Generator | None = None) -> Pairs:
    """Return N pairs of samples of two classes, each class equally likely (AMA Eq. 5).

    In a batch with only one class, each sample is paired with itself.

    Parameters
    ----------
    labels : Tensor of shape (N,), int
        Classes, from 0.
    generator : torch.Generator, optional
        As in `permuted_pairs`.

    Raises
    ------
    ValueError
        If `labels` are not integers from 0, or empty.
    """
    check_labels(labels)
    device = generator.device if generator else None
    shape, float64 = (4, len(labels)), torch.float64
    uniform = torch.rand(shape, generator=generator, dtype=float64, device=device)
    classes = labels.long().numpy(force=True)
    pairs = sampling.class_unbiased_pairs(classes, 0 * classes, uniform.numpy(force=True))
    first, second = (torch.from_numpy(rows).to(labels.device) for rows in pairs)
    return first, second


def am_mixup_loss(
    features: Tensor,
    labels: Tensor,
    classifier: Classifier,
    lam: float,
    pairs: Pairs | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Return the AM-mixup loss: mixed pairs of features with the label of one side (AMM Eq. 5, 9).

    A mixed feature is λ·z_i + (1 - λ)·z_j. It has the label of z_i if λ ≥ 0.5, else that of z_j.

    Parameters
    ----------
    features : Tensor of shape (N, ...), floating point
        Output of the encoder for a batch.
    labels : Tensor of shape (N,), int
        Classes, from 0 to K - 1.
    classifier : callable
        Maps features to logits of shape (N, K).
    lam : float
        λ, from 0 to 1, as returned by `asymptotic_lam`.
    pairs : tuple of two Tensors of shape (M,), int64, optional
        Samples to mix; `permuted_pairs` if omitted. `class_unbiased_pairs` helps rare classes.
    generator : torch.Generator, optional
        Source of the permutation; PyTorch's default generator if omitted.

    Returns
    -------
    Tensor of shape ()
        Cross entropy, mean over the pairs.

    Raises
    ------
    ValueError
        If a shape or dtype is wrong, a label is out of range, or `lam` is not from 0 to 1.
    """
    check_share("lam", lam)
    return _mixed_loss(features, labels, classifier, lam, float(lam >= 0.5), pairs, generator)


def mixup_loss(
    features: Tensor,
    labels: Tensor,
    classifier: Classifier,
    lam: float,
    pairs: Pairs | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Return the mixup loss: samples and labels mixed in the same proportion (AMM Eq. 4, 8).

    With features and a classifier it is manifold mixup; with inputs and a full network as
    `classifier` it is input mixup. Sample λ from Beta(α, α) at each step.

    Parameters
    ----------
    features, labels, classifier, pairs, generator
        As in `am_mixup_loss`.
    lam : float
        λ, from 0 to 1.

    Returns
    -------
    Tensor of shape ()
        Cross entropy, mean over the pairs.

    Raises
    ------
    ValueError
        As `am_mixup_loss`.
    """
    check_share("lam", lam)
    return _mixed_loss(features, labels, classifier, lam, lam, pairs, generator)


def ama_loss(
    features: Tensor,
    labels: Tensor,
    classifier: Classifier,
    lam: float,
    pairs: Pairs | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Return the AMA loss: cross entropy plus AM-mixup of pairs of two classes (AMA Eq. 4-8).

    Parameters
    ----------
    features, labels, classifier, lam, generator
        As in `am_mixup_loss`.
    pairs : tuple of two Tensors of shape (M,), int64, optional
        Samples to mix; `class_unbiased_pairs` if omitted.

    Returns
    -------
    Tensor of shape ()
        Mean cross entropy over the batch, plus mean cross entropy over the pairs.

    Raises
    ------
    ValueError
        As `am_mixup_loss`.
    """
    check_batch(features, labels)
    mixed = pairs or class_unbiased_pairs(labels, generator)
    clean = functional.cross_entropy(checked_logits(classifier, features, labels), labels.long())
    return clean + am_mixup_loss(features, labels, classifier, lam, mixed)


def supcon_loss(features: Tensor, labels: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """Return the supervised contrastive loss of a batch (Khosla et al. 2020, Eq. 2).

    Features are first scaled to length 1. The positives of a sample are the others of its class; a
    sample without positives is left out of the mean.

    Parameters
    ----------
    features : Tensor of shape (N, d), floating point
        Output of the encoder, or of a projection after it, for a batch.
    labels : Tensor of shape (N,), int
        Classes, from 0.
    temperature : float, default=0.1
        Temperature τ, which divides the products of features.

    Returns
    -------
    Tensor of shape ()
        Mean over the samples that have positives; 0 if there are none.

    Raises
    ------
    ValueError
        If a shape or dtype is wrong, a label is negative, or `temperature` is not above 0.
    """
    check_batch(features, labels)
    if features.ndim != 2:
        raise ValueError(f"features has shape {tuple(features.shape)}; it must be (N, d).")
    if not 0 < temperature < float("inf"):
        raise ValueError(f"temperature is {temperature}; it must be a finite number above 0.")
    classes, targets = labels.unique(return_inverse=True)
    rows, one_hot_labels = features.detach(), one_hot(targets, len(classes), features.dtype)
    loss, gradient = contrast(rows[None], one_hot_labels[None], temperature)
    return (
        loss[0] + (gradient[0] * (features - rows)).sum()
    )  # adds 0, with the hand-derived gradient


def _mixed_loss(
    features: Tensor,
    labels: Tensor,
    classifier: Classifier,
    lam: float,
    weight: float,
    pairs: Pairs | None,
    generator: torch.Generator | None,
) -> Tensor:
    """Return the loss of mixed samples; `weight` is that of the first sample's label."""
    check_batch(features, labels)
    first, second = pairs or permuted_pairs(labels, generator)
    check_pairs(first, second, len(features))
    share = features.new_full((1, len(first), 1), lam)
    rows = mix(features.flatten(1)[None], Mixing(first, second, share))[0]
    logits = checked_logits(classifier, rows.view(-1, *features.shape[1:]), labels)
    clean = one_hot(labels, logits.shape[1], logits.dtype)[None]
    shares = logits.new_full((1, len(first)), weight)
    return cross_entropy(logits, mixed_targets(clean, first[None], second[None], shares)[0]).mean()
