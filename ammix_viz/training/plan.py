"""The plan of an epoch: batches, pairs and mixing, decided before its first step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ammix_viz.methods.mix import NOWHERE, Mix, mix, unmixed
from ammix_viz.methods.sampling import Batches, draw_batches, draw_pairs, draw_rates
from ammix_viz.settings.recipe import Recipe


@dataclass(frozen=True)
class Plan:
    """Batches, pairs and mixing of an epoch of N samples in S steps, for R runs.

    Attributes
    ----------
    step_kind : str
        The `Recipe.step_kind` of the stack, or "single" if only a classifier is trained.
    sites : int
        The `Recipe.sites`.
    batches, mixes : list
        One per run.
    pairs : ndarray of shape (2, R, N)
        The positions of the two samples of each pair.
    """

    step_kind: str
    sites: int
    batches: list[Batches]
    mixes: list[Mix]
    pairs: np.ndarray

    @property
    def slices(self) -> tuple[slice, ...]:
        """The positions of each batch, the same for all runs of a stack."""
        return self.batches[0].slices

    def by_row(self, name: str) -> np.ndarray:
        """Return a field of `Mix` for each position, shape (R, N)."""
        step = self.batches[0].step
        return np.stack([each.by_row(name, step) for each in self.mixes])

    @property
    def first_is_row(self) -> bool:
        """Whether row i of each step is the first sample of pair i."""
        return self.step_kind == "single" and all(each.pairs == "partner" for each in self.mixes)

    def clean(self, index: int) -> np.ndarray:
        """Return whether each run's step computes the features of unmixed samples, shape (R,)."""
        steps = [each.at(index, self.slices[index]) for each in self.mixes]
        unmixed_features = [step.site[0] in (NOWHERE, self.sites - 1) for step in steps]
        unmixed_inputs = [bool((step.input_lam == 1).all()) for step in steps]
        return unmixed_inputs & (np.array(unmixed_features) | (self.step_kind == "doubled"))

    def at(self, index: int) -> "Plan":
        """Return the plan of one step, as if it were the epoch's only one."""
        rows = self.slices[index]
        only = (slice(0, rows.stop - rows.start),)
        batches = [
            Batches(each.order[rows], each.partner[rows] - rows.start, only)
            for each in self.batches
        ]
        mixes = [each.at(index, rows) for each in self.mixes]
        return replace(self, batches=batches, mixes=mixes, pairs=self.pairs[..., rows] - rows.start)

    @property
    def mean_lam(self) -> np.ndarray:
        """Mean λ over the epoch, shape (R,)."""
        return np.array([each.mean_lam for each in self.mixes])


def plan(
    recipes: Sequence[Recipe],
    epochs: Sequence[int] | np.ndarray,
    labels: np.ndarray,
    v_acc: Sequence[float] | np.ndarray,
    mixing: bool = True,
) -> Plan:
    """Return the plan of an epoch, from its random numbers and the runs' methods.

    Parameters
    ----------
    recipes : sequence of Recipe
        One per run, of one stack.
    epochs : sequence of int
        The number of each run's epoch, from 0, over all stages.
    labels : ndarray of shape (N,), int64
        Classes of the training points.
    v_acc : sequence of float
        Accuracy in [0, 1] of each run, which λ_am depends on.
    mixing : bool, default=True
        Whether samples are mixed; not if only a classifier is trained.
    """
    size = recipes[0].batch_size
    starts = [(recipe.batch_seed, int(n)) for recipe, n in zip(recipes, epochs, strict=True)]
    drawn = {start: draw_batches(*start, len(labels), size) for start in set(starts)}
    batches = [drawn[start] for start in starts]
    mixes, pairs = [], []
    for recipe, (_, epoch), batch, accuracy in zip(recipes, starts, batches, v_acc, strict=True):
        steps = len(batch.slices)
        rows = len(labels) if recipe.lam_per == "row" else None
        draws = draw_rates(recipe.batch_seed, epoch, steps, recipe.alpha, recipe.sites, rows)
        mixes.append(mix(recipe, draws, accuracy) if mixing else unmixed(draws))
        pairs.append(_pairs(recipe, epoch, batch, mixes[-1], labels))
    step_kind = recipes[0].step_kind if mixing else "single"
    return Plan(step_kind, recipes[0].sites, batches, mixes, np.stack(pairs, axis=1))


def _pairs(
    recipe: Recipe, epoch: int, batch: Batches, row_mix: Mix, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of each pair: class-unbiased, or each sample with its partner."""
    if row_mix.pairs == "partner":
        return np.arange(len(labels)), batch.partner
    classes, step = labels[batch.order], batch.step
    share = row_mix.by_row("input_lam", step)
    larger = np.where(share >= 0.5, classes, classes[batch.partner])
    return draw_pairs(recipe.batch_seed, epoch, larger, step, row_mix.pairs == "even")
