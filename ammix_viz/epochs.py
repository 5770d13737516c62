"""One epoch of R stacked runs, laid out in batch order before its first step.

Which rows are mixed with which, and by how much, is known when an epoch begins. Inputs and targets
are therefore mixed for the whole epoch at once, and a step only mixes features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ammix_viz.draws import SITES, Batches, draw_batches, draw_rates
from ammix_viz.methods import INPUT, METHODS, Mix
from ammix_viz.objective import flat_index, mix, take, two_label_targets
from ammix_viz.recipe import Recipe


@dataclass(frozen=True)
class Plan:
    """What chance and the methods have decided for an epoch.

    Attributes
    ----------
    batches, mixes : list
        One a run.
    lam_at : ndarray of shape (S, SITES, R)
        Share of the own row at each site, 1 where nothing is mixed.
    """

    batches: list[Batches]
    mixes: list[Mix]
    lam_at: np.ndarray

    @property
    def slices(self) -> tuple[slice, ...]:
        """The places of each batch, the same for all runs of a stack."""
        return self.batches[0].slices

    @property
    def mean_lam(self) -> np.ndarray:
        """Mean share of the own row over the epoch, shape (R,)."""
        return np.array([mix_.lam.mean() for mix_ in self.mixes])


def plan(recipes: Sequence[Recipe], epoch: int, points: int, v_acc: Sequence[float]) -> Plan:
    """Draw an epoch for each run and let its method decide; `v_acc` is the last epoch's."""
    size = recipes[0].batch_size
    drawn = {seed: draw_batches(seed, epoch, points, size) for seed in _batch_seeds(recipes)}
    batches = [drawn[recipe.batch_seed] for recipe in recipes]
    steps = len(batches[0].slices)
    mixes = []
    for recipe, accuracy in zip(recipes, v_acc, strict=True):
        rates = draw_rates(recipe.batch_seed, epoch, steps, recipe.alpha)
        mixes.append(METHODS[recipe.method].mix(recipe, rates, accuracy))
    lam = np.stack([mix_.lam for mix_ in mixes], axis=-1)  # (S, R)
    site = np.stack([mix_.site for mix_ in mixes], axis=-1)
    here = site[:, None] == np.arange(SITES)[:, None]  # (S, SITES, R)
    return Plan(batches, mixes, np.where(here, lam[:, None], 1.0))


def _batch_seeds(recipes: Sequence[Recipe]) -> set[int]:
    return {recipe.batch_seed for recipe in recipes}


@dataclass(frozen=True)
class Epoch:
    """The tensors of an epoch's S steps.

    Attributes
    ----------
    inputs : Tensor of shape (R, N, 2)
        Points in batch order, mixed where a method mixes inputs.
    targets : Tensor of shape (R, N, K)
        Weights of the labels in the loss.
    partners, inverses : lists of S Tensors of shape (R·B,)
        Flat indices of each batch row's partner, and of the row whose partner it is.
    lam_at : Tensor of shape (S, SITES, R, 1, 1)
        Share of the own row at each site.
    mixed : list of S lists of int
        The sites behind the input at which some run mixes.
    """

    inputs: Tensor
    targets: Tensor
    partners: list[Tensor]
    inverses: list[Tensor]
    lam_at: Tensor
    mixed: list[list[int]]


def lay_out(decided: Plan, points: Tensor, labels: Tensor, classes: int) -> Epoch:
    """Return the tensors of an epoch.

    Parameters
    ----------
    decided : Plan
        The epoch's draws.
    points : Tensor of shape (R, N, 2)
        Training points of each run.
    labels : Tensor of shape (N,), int64
        Their classes.
    classes : int
        K.
    """
    device, slices = points.device, decided.slices
    order = _stacked([b.order for b in decided.batches], device)
    partner = _stacked([b.partner for b in decided.batches], device)  # (R, N)
    step_of_row = np.repeat(np.arange(len(slices)), [s.stop - s.start for s in slices])
    lam_at = torch.from_numpy(decided.lam_at).to(points)
    own = torch.from_numpy(np.stack([m.own for m in decided.mixes])[:, step_of_row]).to(points)
    ordered = labels[order]
    everywhere = flat_index(partner)
    inputs = take(points, flat_index(order))
    inputs = mix(inputs, everywhere, lam_at[step_of_row, INPUT].T[..., None])
    return Epoch(
        inputs,
        two_label_targets(ordered, ordered.gather(1, partner), own, classes),
        _by_step(partner, slices),
        _by_step(partner.argsort(1), slices),
        lam_at[..., None, None],
        [[s for s in range(INPUT + 1, SITES) if (lam[s] != 1).any()] for lam in decided.lam_at],
    )


def _stacked(arrays: list[np.ndarray], device: torch.device) -> Tensor:
    return torch.from_numpy(np.stack(arrays)).to(device)


def _by_step(places: Tensor, slices: tuple[slice, ...]) -> list[Tensor]:
    return [flat_index(places[:, rows] - rows.start) for rows in slices]
