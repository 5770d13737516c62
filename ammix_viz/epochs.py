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
    inputs : list of S Tensors of shape (R, B, 2)
        Points in batch order, mixed where a method mixes inputs.
    targets : list of S Tensors of shape (R, B, K)
        Weights of the labels in the loss.
    partners, inverses : lists of S Tensors of shape (R·B,)
        Flat indices of each batch row's partner, and of the row whose partner it is.
    lam_at : list of S dicts of int to Tensor of shape (R, 1, 1)
        Share of the own row, for the sites behind the input at which some run mixes.
    """

    inputs: list[Tensor]
    targets: list[Tensor]
    partners: list[Tensor]
    inverses: list[Tensor]
    lam_at: list[dict[int, Tensor]]


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
    targets = two_label_targets(ordered, ordered.gather(1, partner), own, classes)
    lam_input = lam_at[step_of_row, INPUT].T[..., None]  # (R, N, 1)
    inputs = mix(take(points, flat_index(order)), flat_index(partner), lam_input)
    inverse = _stacked([b.inverse for b in decided.batches], device)
    size = slices[0].stop
    return Epoch(
        list(inputs.split(size, dim=1)),
        list(targets.split(size, dim=1)),
        _by_step(partner, slices),
        _by_step(inverse, slices),
        _hidden_shares(decided.lam_at, lam_at),
    )


def _hidden_shares(decided: np.ndarray, lam_at: Tensor) -> list[dict[int, Tensor]]:
    """Return {site: (R, 1, 1)} a step, for the sites behind the input at which some run mixes."""
    used = (decided != 1).any(-1)  # (S, SITES)
    sites = range(INPUT + 1, SITES)
    shares = lam_at[..., None, None]
    return [{s: share[s] for s in sites if at[s]} for at, share in zip(used, shares, strict=True)]


def _stacked(arrays: list[np.ndarray], device: torch.device) -> Tensor:
    return torch.from_numpy(np.stack(arrays)).to(device)


def _by_step(places: Tensor, slices: tuple[slice, ...]) -> list[Tensor]:
    """Return places in the epoch (R, N) as flat indices into each batch, a Tensor (R·B,) a step."""
    runs, size, full = len(places), slices[0].stop, slices[-1].start
    starts = torch.arange(0, full, size, device=places.device)[None, :, None]
    of_run = torch.arange(runs, device=places.device)[:, None, None] * size
    even = places[:, :full].view(runs, -1, size) - starts + of_run  # (R, S - 1, B)
    last = flat_index(places[:, full:] - full)
    return [*even.transpose(0, 1).reshape(-1, runs * size), last]
