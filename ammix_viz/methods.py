"""The methods: which rows are mixed, where, with what shares and whose label.

One function a method. Each reads the recipe, the draws of one epoch (the same for every method
that shares the batch seed) and the accuracy of the epoch before, and answers with a `Mix`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ammix_viz.draws import Draws
from ammix_viz.recipe import Recipe

INPUT, FEATURE, NOWHERE = 0, 3, -1
"""Sites: the input, after each hidden block (1, 2), the 2-D feature; or none at all."""


@dataclass(frozen=True)
class Mix:
    """How each step of an epoch mixes a row with its partner, a random permutation of the batch.

    Attributes
    ----------
    site : ndarray of shape (S,), int
        Where rows are mixed, `NOWHERE` for not at all.
    lam : ndarray of shape (S,), float64
        Share of the own row in the mixed one.
    own : ndarray of shape (S,), float64
        Weight of the own label in the loss; the partner's label has the rest.
    """

    site: np.ndarray
    lam: np.ndarray
    own: np.ndarray


def ce(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """Cross entropy: nothing is mixed."""
    one = np.ones_like(draws.lam)
    return Mix(np.full_like(draws.site, NOWHERE), one, one)


def mixup(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """Mixup (AMM Eq. 4 and 8): inputs and labels are mixed with λ ~ Beta(α, α)."""
    return Mix(np.full_like(draws.site, INPUT), draws.lam, draws.lam)


def manifold(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """Manifold mixup: as mixup, at the 2-D feature or at a site drawn each step."""
    return Mix(_feature_site(recipe, draws), draws.lam, draws.lam)


def am_mixup(recipe: Recipe, draws: Draws, v_acc: float) -> Mix:
    """AM-mixup (AMM Eq. 5, 6 and 9): λ = exp(-β·v_acc), and one side keeps the whole label."""
    lam = np.full_like(draws.lam, asymptotic_share(recipe.beta, v_acc))
    return Mix(_feature_site(recipe, draws), lam, (lam >= 0.5).astype(lam.dtype))


def asymptotic_share(beta: float, v_acc: float) -> float:
    """Return λ_am = exp(-β·v_acc) (AMM Eq. 6), v_acc the training accuracy in [0, 1]."""
    return float(np.exp(-beta * v_acc))


def _feature_site(recipe: Recipe, draws: Draws) -> np.ndarray:
    return draws.site if recipe.site == "random" else np.full_like(draws.site, FEATURE)


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
    "am_mixup": Method(
        "AM-mixup",
        "Mixes features near midpoints.",
        am_mixup,
    ),
}
