"""The mixed rows of a step that a snapshot carries, chosen among all rows of the step."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ammix_viz.methods.mix import MOST_ROWS, NOWHERE
from ammix_viz.training.plan import Plan


@dataclass(frozen=True)
class MixedRows:
    """M of the mixed rows of one step of one run, and the gradient of the loss at each.

    A mixed row is lam · first parent + (1 - lam) · second parent, at the site.

    Attributes
    ----------
    parents : ndarray of shape (M, 2), int64
        The two training samples that were mixed.
    lam : ndarray of shape (M,)
        Share of the first parent.
    label_weight : ndarray of shape (M,)
        Weight of the first parent's label in the loss; the second one's is 1 minus this.
    site : int
        Where they were mixed, as in `Mix.site`.
    features : ndarray of shape (M, d)
        Features of the mixed rows, by the weights that the step began with.
    gradient : ndarray of shape (M, d)
        Gradient of the row's cross entropy, not divided by the number of rows, for its features.
    partners : ndarray of shape (M, 2), int64, optional
        If inputs were mixed first (AMA + mixup): the sample that each parent was mixed with.
    partner_lam : ndarray of shape (M, 2), optional
        Share of the parent in that mixed input, and weight of its label.
    parent_features : ndarray of shape (M, 2, d), optional
        Features of the parents, evaluated as those of the snapshot, if only some samples are
        displayed.
    """

    parents: np.ndarray
    lam: np.ndarray
    label_weight: np.ndarray
    site: int
    features: np.ndarray
    gradient: np.ndarray
    partners: np.ndarray | None = None
    partner_lam: np.ndarray | None = None
    parent_features: np.ndarray | None = None


def spread_over_pairs(labels: np.ndarray, most: int) -> np.ndarray:
    """Return up to `most` of N pairs, so that each pair of classes comes before any comes again.

    Parameters
    ----------
    labels : ndarray of shape (2, N), int
        Classes of the two samples of each pair; which of them is the first does not matter.
    most : int
        The most pairs.

    Returns
    -------
    ndarray of shape (M,), int64
        Indices of the pairs.
    """
    low, high = np.sort(labels, axis=0)
    code = low * (high.max(initial=0) + 1) + high
    by_code = code.argsort(kind="stable")
    begins = np.flatnonzero(np.diff(code[by_code], prepend=-1))
    counts = np.diff(np.append(begins, len(code)))
    times = np.empty(len(code), int)  # how often the pair's classes occurred before
    times[by_code] = np.arange(len(code)) - np.repeat(begins, counts)
    return times.argsort(kind="stable")[:most]


def mixed_rows_of(
    plan: Plan,
    index: int,
    labels: np.ndarray,
    features: Tensor,
    logits: Tensor,
    targets: Tensor,
    weight: Tensor,
) -> list[MixedRows | None]:
    """Return the mixed rows of a step for each run; None for a run that mixes nothing in it.

    Parameters
    ----------
    plan : Plan
        The plan of the epoch.
    index : int
        The step of the epoch.
    labels : ndarray of shape (N,), int64
        Classes of the training samples.
    features : Tensor of shape (R, B, d)
        All features that the step classified, clean ones first.
    logits, targets : Tensor of shape (R, B, K)
        Logits of the step, and the weights of the labels.
    weight : Tensor of shape (R, K, d)
        Weight of the classifier, before the step updates it.
    """
    if all(mix.site[index] == NOWHERE for mix in plan.mixes):
        return [None] * len(plan.mixes)
    span = plan.slices[index]
    pairs = plan.pairs[..., span]  # (2, R, B)
    chosen = [
        spread_over_pairs(labels[batch.order[pairs[:, run]]], MOST_ROWS)
        for run, batch in enumerate(plan.batches)
    ]
    mixed_begin = logits.shape[1] - (span.stop - span.start)
    rows = torch.from_numpy(mixed_begin + np.stack(chosen)).to(logits.device)[..., None]
    difference = torch.softmax(torch.take_along_dim(logits, rows, 1), dim=-1)
    difference = difference - torch.take_along_dim(targets, rows, 1)
    gradient = (difference[..., None] * weight[:, None]).sum(2)
    values = [torch.take_along_dim(features, rows, 1), gradient]
    of_runs = zip(*(each.detach().float().cpu().numpy() for each in values), strict=True)
    return [
        _of_run(plan, run, index, chosen[run], at_rows, gradients)
        for run, (at_rows, gradients) in enumerate(of_runs)
    ]


def _of_run(
    plan: Plan,
    run: int,
    index: int,
    chosen: np.ndarray,
    features: np.ndarray,
    gradient: np.ndarray,
) -> MixedRows | None:
    batch, mix, begin = plan.batches[run], plan.mixes[run], plan.slices[index].start
    if mix.site[index] == NOWHERE:
        return None

    def of_positions(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
        per_step = len(values) == len(mix.site)
        return np.full(positions.shape, values[index]) if per_step else values[positions]

    pairs = plan.pairs[:, run, begin + chosen].T
    lam, label_weight = (
        of_positions(values, begin + chosen) for values in (mix.lam, mix.label_weight)
    )
    rows = MixedRows(
        batch.order[pairs], lam, label_weight, int(mix.site[index]), features, gradient
    )
    if (mix.input_lam == 1).all():
        return rows
    partners, share = batch.order[batch.partner[pairs]], of_positions(mix.input_lam, pairs)
    return replace(rows, partners=partners, partner_lam=share)
