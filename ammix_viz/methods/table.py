"""The methods: which rows are mixed, where, with what shares and whose label.

One function a method. Each reads the recipe, the draws of one epoch (the same for every method
that shares the batch seed) and the accuracy of the epoch before, and answers with a `Mix`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ammix_viz.methods.sampling import Draws
from ammix_viz.settings.recipe import Recipe

INPUT, NOWHERE = 0, -1
"""Sites: the input, then after each hidden block, last the 2-D feature; or none at all."""

FIXED_SHARE = 0.51
"""λ where it is fixed (AMM Table 7, AMA Table 5)."""


@dataclass(frozen=True)
class Mix:
    """How each step of an epoch mixes rows.

    Attributes
    ----------
    inputs : ndarray of shape (S,), float64
        Share of the own row, and weight of its label, where inputs are mixed with their partners
        before all else; 1 for not at all.
    site : ndarray of shape (S,), int
        Where pairs of rows are mixed, `NOWHERE` for not at all.
    lam : ndarray of shape (S,), float64
        Share of a pair's first row in the mixed one.
    own : ndarray of shape (S,), float64
        Weight of its label in the loss; the second row's label has the rest.
    class_unbiased : bool
        Whether pairs are drawn class-unbiased (AMA Eq. 5), not each row with its partner.
    clean : bool
        Whether the unmixed rows are learnt too, by a cross entropy of their own.
    """

    inputs: np.ndarray
    site: np.ndarray
    lam: np.ndarray
    own: np.ndarray
    class_unbiased: bool = False
    clean: bool = False

    @property
    def mean_lam(self) -> float:
        """Mean share of the own row: of the pairs, or of the inputs where only they are mixed."""
        return float((self.inputs if (self.site == NOWHERE).all() else self.lam).mean())


def ce(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """Cross entropy: nothing is mixed."""
    one = np.ones_like(draws.lam)
    return Mix(one, np.full_like(draws.site, NOWHERE), one, one)


def mixup(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """Mixup (AMM Eq. 4 and 8): inputs and labels are mixed with λ ~ Beta(α, α)."""
    return replace(ce(recipe, draws, v_acc), inputs=draws.lam)


def manifold(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """Manifold mixup: as mixup, at the 2-D feature or at a site drawn each step."""
    return Mix(np.ones_like(draws.lam), _feature_site(recipe, draws), draws.lam, draws.lam)


def am_mixup(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """AM-mixup (AMM Eq. 5, 6 and 9): λ = exp(-β·v_acc), and one side keeps the whole label.

    Any cell may be exchanged (AMM Table 7, AMA Table 5): how λ comes about, whose label, which
    pairs, and whether the clean rows are learnt too.
    """
    lam = _share(recipe, draws, v_acc)
    own = (lam >= 0.5).astype(lam.dtype) if recipe.cell("one_sided") == "on" else lam
    return Mix(
        np.ones_like(lam),
        _feature_site(recipe, draws),
        lam,
        own,
        class_unbiased=recipe.cell("class_unbiased") == "on",
        clean=recipe.cell("clean") == "on",
    )


def ama_mixup(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """AMA on top of input mixup (AMA 4.6): as AMA, on rows whose inputs are mixed before.

    The paper says no more. Here such a row carries the mixed label, and counts among the class
    that has the larger share of it when pairs are drawn.
    """
    return replace(am_mixup(recipe, draws, v_acc), inputs=draws.lam)


def _share(recipe: Recipe, draws: Draws, v_acc: float) -> np.ndarray:
    rate = recipe.cell("rate")
    if rate == "beta":
        return draws.lam
    share = FIXED_SHARE if rate == "fixed" else asymptotic_share(recipe.beta, v_acc)
    return np.full_like(draws.lam, share)


def asymptotic_share(beta: float, v_acc: float) -> float:
    """Return λ_am = exp(-β·v_acc) (AMM Eq. 6), v_acc the training accuracy in [0, 1]."""
    return float(np.exp(-beta * v_acc))


def _feature_site(recipe: Recipe, draws: Draws) -> np.ndarray:
    feature = np.full_like(draws.site, recipe.sites - 1)
    return draws.site if recipe.site == "random" else feature


@dataclass(frozen=True)
class Method:
    """A row of the registry: how a method is called, explained and computed."""

    title: str
    about: str
    mix: Callable[[Recipe, Draws, float], Mix]


METHODS = {
    "ce": Method("Cross entropy", "Mixes nothing.", ce),
    "mixup": Method("Mixup", "Mixes inputs, random share.", mixup),
    "manifold": Method("Manifold mixup", "Mixes features, random share.", manifold),
    "am_mixup": Method("AM-mixup", "Mixes features near midpoints.", am_mixup),
    "ama": Method("AMA", "Adds midpoints of class pairs.", am_mixup),
    "ama_mixup": Method("AMA + mixup", "AMA on mixed inputs.", ama_mixup),
    "supcon": Method("SupCon", "Contrasts, then classifies.", ce),
}
