"""One epoch of R stacked runs, laid out in batch order before its first step.

Which rows are mixed with which, and by how much, is known when an epoch begins. Points and targets
are therefore mixed for all of the epoch at once, and a step only mixes features; images, which
would fill the memory, are mixed batch by batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ammix_viz.methods.mix import INPUT
from ammix_viz.networks.mixing import Mixing, flat_index, mix
from ammix_viz.training.cross_entropy import mixed_targets, one_hot
from ammix_viz.training.image_batches import Batches
from ammix_viz.training.plan import Plan


@dataclass(frozen=True)
class Epoch:
    """The tensors of an epoch's S steps: B rows go into a step, and M are classified.

    M is B, or 2·B where the clean rows are learnt beside the mixed ones; the clean ones come first.

    Attributes
    ----------
    inputs : list or `Batches` of S Tensors of shape (R, B, ...)
        Samples in batch order, mixed where a method mixes inputs. Where clean rows are learnt and
        the site is random, they stand here twice, the second time to be mixed somewhere.
    targets : list of S Tensors of shape (R, M, K)
        Weights of the labels in the loss.
    mixings : list of S dicts of int to Mixing
        What is mixed, for the sites behind the input at which some run mixes.
    sizes : list of S int
        B of each step.
    labels : list of S Tensors of shape (R, B)
        Classes of the batch's rows, before they are mixed.
    """

    inputs: list[Tensor] | Batches
    targets: list[Tensor]
    mixings: list[dict[int, Mixing]]
    sizes: list[int]
    labels: list[Tensor]


def lay_out(decided: Plan, samples: Tensor | Batches, labels: Tensor, classes: int) -> Epoch:
    """Return the tensors of an epoch.

    Parameters
    ----------
    decided : Plan
        The epoch's draws.
    samples : Tensor of shape (R, N, 2), or Batches
        Training points of each run; or the images of one, batch by batch.
    labels : Tensor of shape (N,), int64
        Their classes.
    classes : int
        K.
    """
    like = samples if isinstance(samples, Tensor) else samples.pictures.scale
    order, partner = (
        _stacked([getattr(batch, name) for batch in decided.batches], like)
        for name in ("order", "partner")
    )
    places = torch.arange(len(labels), device=like.device).expand_as(order)
    share = _tensor(decided.by_row("input_lam"), like)
    once = one_hot(labels[order], classes, like.dtype)
    targets = mixed_targets(once, places, partner, share)
    first, second = _stacked(list(decided.pairs), like)
    mixed = mixed_targets(targets, first, second, _tensor(decided.by_row("label_weight"), like))
    pairs = _Pairs(decided, places, first, second, _tensor(decided.by_row("lam"), like))
    inputs: list[Tensor] | Batches = (
        _inputs(samples, order, _mixing(places, partner, share), pairs, places)
        if isinstance(samples, Tensor)
        else samples
    )
    return Epoch(
        inputs,
        [part.mT for part in pairs.cut(pairs.beside(targets, mixed).mT.contiguous(), dim=2)],
        pairs.mixings(),
        pairs.sizes,
        pairs.cut(labels[order]),
    )


def _inputs(
    points: Tensor, order: Tensor, partners: Mixing, pairs: "_Pairs", places: Tensor
) -> list[Tensor]:
    """Return each step's points, mixed where inputs are."""
    rows = points.gather(1, order[..., None].expand(-1, -1, points.shape[2]))
    rows = mix(rows, partners)
    mixed = mix(rows, _mixing(*pairs.at(INPUT, places)))
    if pairs.decided.step_kind == "doubled":
        mixed = pairs.beside(rows, mixed)
    elif pairs.decided.step_kind == "added":
        mixed = rows
    return pairs.cut(mixed)


def _tensor(values: np.ndarray, like: Tensor) -> Tensor:
    return torch.from_numpy(values).to(like)


def _stacked(arrays: Sequence[np.ndarray], like: Tensor) -> Tensor:
    return torch.from_numpy(np.stack(arrays)).to(like.device)


def _mixing(first: Tensor, second: Tensor, lam: Tensor) -> Mixing:
    """Return the mixing of an epoch's rows, given as places (R, N)."""
    length = first.shape[1]
    return Mixing(flat_index(first, length), flat_index(second, length), lam[..., None])


class _Pairs:
    """The pairs of an epoch, as places in it, and the rows that they are in each step."""

    def __init__(
        self, decided: Plan, places: Tensor, first: Tensor, second: Tensor, lam: Tensor
    ) -> None:
        self.decided, self.first, self.second, self.lam = decided, first, second, lam
        self.site = decided.by_row("site")
        self.sizes = [rows.stop - rows.start for rows in decided.slices]
        step = decided.batches[0].step
        begin, size = (
            torch.from_numpy(np.array(each)[step]).to(places.device)
            for each in ([rows.start for rows in decided.slices], self.sizes)
        )
        runs = torch.arange(len(places), device=places.device)[:, None]
        self.doubled = decided.step_kind == "doubled"
        self.to_row = runs * size * (1 + self.doubled) - begin  # from a place to a step's row
        self.clean = places + self.to_row
        self.itself = self.clean + size * self.doubled

    def at(self, site: int, itself: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the pairs that are mixed at a site; other rows are paired with themselves."""
        here = torch.from_numpy(self.site == site).to(itself.device)
        first, second = (torch.where(here, each, itself) for each in (self.first, self.second))
        return first, second, self.lam.masked_fill(~here, 1)

    def beside(self, clean: Tensor, mixed: Tensor) -> Tensor:
        """Return rows (R, N, ...) with each step's clean ones before its mixed ones."""
        if self.decided.step_kind not in ("added", "doubled"):
            return mixed
        cuts = zip(clean.split(self.sizes, 1), mixed.split(self.sizes, 1), strict=True)
        return torch.cat([part for both in cuts for part in both], dim=1)

    def cut(self, rows: Tensor, dim: int = 1) -> list[Tensor]:
        """Return an epoch's rows step by step; there may be as many as places, or twice that."""
        times = rows.shape[dim] // sum(self.sizes)
        return list(rows.split([times * size for size in self.sizes], dim))

    def mixings(self) -> list[dict[int, Mixing]]:
        """Return {site: Mixing} a step, for the sites behind the input at which a run mixes."""
        steps: list[dict[int, Mixing]] = [{} for _ in self.sizes]
        for site in range(INPUT + 1, self.decided.sites):
            used = [(self.site[:, rows.start] == site).any() for rows in self.decided.slices]
            if any(used):
                for step, there, mixing in zip(steps, used, self._mixings_at(site), strict=True):
                    if there:
                        step[site] = mixing
        return steps

    def _mixings_at(self, site: int) -> list[Mixing]:
        first, second, lam = self.at(site, self.itself - self.to_row)
        rows = [self.cut(self.beside(self.clean, each + self.to_row)) for each in (first, second)]
        shares = self.cut(self.beside(torch.ones_like(lam), lam))
        first_in_order = self.decided.rows_come_first
        return [
            Mixing(None if first_in_order else a.reshape(-1), b.reshape(-1), share[..., None])
            for a, b, share in zip(*rows, shares, strict=True)
        ]
