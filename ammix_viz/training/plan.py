"""What chance and the methods decide for an epoch, before its first step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ammix_viz.methods.sampling import Batches, draw_batches, draw_pairs, draw_rates
from ammix_viz.methods.table import METHODS, Mix
from ammix_viz.settings.recipe import Recipe


@dataclass(frozen=True)
class Plan:
    """What chance and the methods have decided for an epoch of N rows in S steps.

    Attributes
    ----------
    shape : str
        The `Recipe.shape` of the stack, or "single" where a classifier is learnt alone.
    sites : int
        The `Recipe.sites`.
    batches, mixes : list
        One a run.
    pairs : ndarray of shape (2, R, N)
        The places of each pair's two rows.
    """

    shape: str
    sites: int
    batches: list[Batches]
    mixes: list[Mix]
    pairs: np.ndarray

    @property
    def slices(self) -> tuple[slice, ...]:
        """The places of each batch, the same for all runs of a stack."""
        return self.batches[0].slices

    def by_row(self, name: str) -> np.ndarray:
        """Return what a `Mix` says of each step for each of its rows, shape (R, N)."""
        return np.stack([getattr(mix_, name) for mix_ in self.mixes])[:, self.batches[0].step]

    @property
    def own_first(self) -> bool:
        """Whether a step's rows are each the first of a pair, in their order."""
        drawn = any(mix_.class_unbiased for mix_ in self.mixes)
        return self.shape == "single" and not drawn

    @property
    def mean_lam(self) -> np.ndarray:
        """Mean share of the own row over the epoch, shape (R,)."""
        return np.array([mix_.mean_lam for mix_ in self.mixes])


def plan(
    recipes: Sequence[Recipe],
    epoch: int,
    labels: np.ndarray,
    v_acc: Sequence[float],
    mixing: bool = True,
) -> Plan:
    """Draw an epoch for each run and let its method decide.

    Parameters
    ----------
    recipes : sequence of Recipe
        One a run, of one stack.
    epoch : int
        Counted from 0, over all stages.
    labels : ndarray of shape (N,), int64
        Classes of the training points.
    v_acc : sequence of float
        Training accuracy of each run over the epoch before, in [0, 1].
    mixing : bool, default=True
        Whether the methods mix; a classifier that is learnt alone is learnt plainly.
    """
    size = recipes[0].batch_size
    seeds = {recipe.batch_seed for recipe in recipes}
    drawn = {seed: draw_batches(seed, epoch, len(labels), size) for seed in seeds}
    batches = [drawn[recipe.batch_seed] for recipe in recipes]
    mixes, pairs = [], []
    for recipe, batch, accuracy in zip(recipes, batches, v_acc, strict=True):
        steps = len(batch.slices)
        rates = draw_rates(recipe.batch_seed, epoch, steps, recipe.alpha, recipe.sites)
        mixes.append(METHODS[recipe.method if mixing else "ce"].mix(recipe, rates, accuracy))
        pairs.append(_pairs(recipe, epoch, batch, mixes[-1], labels))
    shape = recipes[0].shape if mixing else "single"
    return Plan(shape, recipes[0].sites, batches, mixes, np.stack(pairs, axis=1))


def _pairs(
    recipe: Recipe, epoch: int, batch: Batches, mix_: Mix, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of each pair: class-unbiased, or each row with its partner."""
    if not mix_.class_unbiased:
        return np.arange(len(labels)), batch.partner
    own, step = labels[batch.order], batch.step
    counted = np.where(mix_.inputs[step] >= 0.5, own, own[batch.partner])
    return draw_pairs(recipe.batch_seed, epoch, counted, step)
