"""The tensors of one epoch of R stacked runs, prepared in batch order before its first step.

The pairs and λ are known when an epoch begins. So points and targets are mixed for the full epoch
at once, and a step only mixes features. Images would need too much memory, so they are mixed batch
by batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ammix_viz.methods.mix import INPUT
from ammix_viz.networks.mixing import Mixing, flat_index, mix
from ammix_viz.training.cross_entropy import mixed_targets, one_hot
from ammix_viz.training.image_batches import ImageBatches
from ammix_viz.training.plan import Plan


@dataclass(frozen=True)
class Epoch:
    """The tensors of the S steps of an epoch. A step has B input rows and classifies M rows.

    M is B, or 2·B if clean rows are classified as well as mixed ones; clean rows come first.

    Attributes
    ----------
    inputs : list or `ImageBatches` of S Tensors of shape (R, B, ...)
        Samples in batch order, mixed if a method mixes inputs. With `step_kind` "doubled" there
        are 2·B rows: the clean ones, then the same rows to be mixed.
    targets : list of S Tensors of shape (R, M, K)
        Weights of the labels in the loss.
    mixings : list of S dicts of int to Mixing
        The mixing at each site after the input at which some run mixes.
    sizes : list of S int
        B of each step.
    labels : list of S Tensors of shape (R, B)
        Classes of the B rows before mixing.
    """

    inputs: list[Tensor] | ImageBatches
    targets: list[Tensor]
    mixings: list[dict[int, Mixing]]
    sizes: list[int]
    labels: list[Tensor]


def lay_out(plan: Plan, samples: Tensor | ImageBatches, labels: Tensor, classes: int) -> Epoch:
    """Prepare the tensors of an epoch.

    Parameters
    ----------
    plan : Plan
        Batches, pairs and mixing of the epoch.
    samples : Tensor of shape (R, N, 2), or ImageBatches
        Training points of each run, or the images of one run, batch by batch.
    labels : Tensor of shape (N,), int64
        Their classes.
    classes : int
        K.
    """
    like = samples if isinstance(samples, Tensor) else samples.images.scale
    order, partner = (
        _index_tensor([getattr(batch, name) for batch in plan.batches], like)
        for name in ("order", "partner")
    )
    positions = torch.arange(order.shape[1], device=like.device).expand_as(order)
    share = _tensor(plan.by_row("input_lam"), like)
    clean = one_hot(labels[order], classes, like.dtype)
    targets = mixed_targets(clean, positions, partner, share)
    first, second = _index_tensor(list(plan.pairs), like)
    mixed = mixed_targets(targets, first, second, _tensor(plan.by_row("label_weight"), like))
    pairs = _Pairs(plan, positions, first, second, _tensor(plan.by_row("lam"), like))
    inputs: list[Tensor] | ImageBatches = (
        _inputs(samples, order, _mixing(positions, partner, share), pairs, positions)
        if isinstance(samples, Tensor)
        else samples
    )
    return Epoch(
        inputs,
        [part.mT for part in pairs.cut(pairs.with_clean(targets, mixed).mT.contiguous(), dim=2)],
        pairs.mixings(),
        pairs.sizes,
        pairs.cut(labels[order]),
    )


def lay_out_again(
    epoch: Epoch,
    index: int,
    plan: Plan,
    samples: Tensor | ImageBatches,
    labels: Tensor,
    classes: int,
) -> None:
    """Prepare a step of an epoch again, in place, after λ of the plan has changed.

    The other parameters are those of `lay_out`.
    """
    step = lay_out(plan.at(index), samples, labels, classes)
    epoch.targets[index], epoch.mixings[index] = step.targets[0], step.mixings[0]
    if isinstance(epoch.inputs, list):
        epoch.inputs[index] = step.inputs[0]


def _inputs(
    points: Tensor, order: Tensor, partners: Mixing, pairs: "_Pairs", positions: Tensor
) -> list[Tensor]:
    """Return the points of each step, mixed if the method mixes inputs."""
    rows = points.gather(1, order[..., None].expand(-1, -1, points.shape[2]))
    rows = mix(rows, partners)
    mixed = mix(rows, _mixing(*pairs.at(INPUT, positions)))
    if pairs.plan.step_kind == "doubled":
        mixed = pairs.with_clean(rows, mixed)
    elif pairs.plan.step_kind == "added":
        mixed = rows
    return pairs.cut(mixed)


def _tensor(values: np.ndarray, like: Tensor) -> Tensor:
    return torch.from_numpy(values).to(like)


def _index_tensor(arrays: Sequence[np.ndarray], like: Tensor) -> Tensor:
    return torch.from_numpy(np.stack(arrays)).to(like.device)


def _mixing(first: Tensor, second: Tensor, lam: Tensor) -> Mixing:
    """Return the mixing of the rows of an epoch, given as positions (R, N)."""
    length = first.shape[1]
    return Mixing(flat_index(first, length), flat_index(second, length), lam[..., None])


class _Pairs:
    """The pairs of an epoch, as positions in the epoch and as rows of each step."""

    def __init__(
        self, plan: Plan, positions: Tensor, first: Tensor, second: Tensor, lam: Tensor
    ) -> None:
        self.plan, self.first, self.second, self.lam = plan, first, second, lam
        self.site = plan.by_row("site")
        self.sizes = [rows.stop - rows.start for rows in plan.slices]
        step = plan.batches[0].step
        begin, size = (
            torch.from_numpy(np.array(each)[step]).to(positions.device)
            for each in ([rows.start for rows in plan.slices], self.sizes)
        )
        runs = torch.arange(len(positions), device=positions.device)[:, None]
        self.doubled = plan.step_kind == "doubled"
        self.to_row = runs * size * (1 + self.doubled) - begin  # position → row of its step
        self.clean = positions + self.to_row
        self.same = self.clean + size * self.doubled

    def at(self, site: int, same: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the pairs that are mixed at a site; other rows are paired with themselves."""
        here = torch.from_numpy(self.site == site).to(same.device)
        first, second = (torch.where(here, each, same) for each in (self.first, self.second))
        return first, second, self.lam.masked_fill(~here, 1)

    def with_clean(self, clean: Tensor, mixed: Tensor) -> Tensor:
        """Return rows (R, ...) with the clean rows of each step before its mixed rows."""
        if self.plan.step_kind not in ("added", "doubled"):
            return mixed
        cuts = zip(clean.split(self.sizes, 1), mixed.split(self.sizes, 1), strict=True)
        return torch.cat([part for both in cuts for part in both], dim=1)

    def cut(self, rows: Tensor, dim: int = 1) -> list[Tensor]:
        """Split the rows of an epoch into steps; there are N or 2·N rows."""
        times = rows.shape[dim] // sum(self.sizes)
        return list(rows.split([times * size for size in self.sizes], dim))

    def mixings(self) -> list[dict[int, Mixing]]:
        """Return {site: Mixing} for each step, for the sites after the input where a run mixes."""
        steps: list[dict[int, Mixing]] = [{} for _ in self.sizes]
        for site in range(INPUT + 1, self.plan.sites):
            used = [(self.site[:, rows.start] == site).any() for rows in self.plan.slices]
            if any(used):
                for step, there, mixing in zip(steps, used, self._mixings_at(site), strict=True):
                    if there:
                        step[site] = mixing
        return steps

    def _mixings_at(self, site: int) -> list[Mixing]:
        first, second, lam = self.at(site, self.same - self.to_row)
        rows = [
            self.cut(self.with_clean(self.clean, each + self.to_row)) for each in (first, second)
        ]
        shares = self.cut(self.with_clean(torch.ones_like(lam), lam))
        first_in_order = self.plan.first_is_row
        return [
            Mixing(None if first_in_order else a.reshape(-1), b.reshape(-1), share[..., None])
            for a, b, share in zip(*rows, shares, strict=True)
        ]
