"""How the rows of each step are mixed: any method, from its row of the table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ammix_viz.methods.sampling import Draws
from ammix_viz.methods.table import METHODS

INPUT, NOWHERE = 0, -1
"""Sites: the input, then after each hidden block, last the 2-D feature; or none at all."""

FIXED_LAM = 0.51
"""λ where it is fixed (AMM Table 7, AMA Table 5)."""


class MixSettings(Protocol):
    """What decides how a run mixes; a `Recipe` has all of it."""

    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def beta(self) -> float: ...  # noqa: D102
    @property
    def sites(self) -> int: ...  # noqa: D102

    def resolved(self, name: str) -> str:
        """Return a part of the method: as set, or as the method has it."""
        ...


@dataclass(frozen=True)
class Mix:
    """How each of the S steps of an epoch mixes rows.

    Attributes
    ----------
    input_lam : ndarray of shape (S,), float64
        Share of a row, and weight of its label, where inputs are mixed with their partners before
        all else (AMA + mixup); 1 for not at all.
    site : ndarray of shape (S,), int
        Where pairs of rows are mixed, `NOWHERE` for not at all.
    lam : ndarray of shape (S,), float64
        Share of a pair's first row in the mixed one.
    label_weight : ndarray of shape (S,), float64
        Weight of the first row's label in the loss; the second row's label has the rest.
    pairs : {"partner", "even", "even_any"}
        Which rows are mixed, as `Method.parts` says.
    clean_term : bool
        Whether the cross entropy of the unmixed rows is added (AMA Eq. 7).
    """

    input_lam: np.ndarray
    site: np.ndarray
    lam: np.ndarray
    label_weight: np.ndarray
    pairs: str = "partner"
    clean_term: bool = False

    @property
    def mean_lam(self) -> float:
        """Mean of λ over the steps."""
        return float(self.lam.mean())


def unmixed(draws: Draws) -> Mix:
    """Return the mix of plain training: nothing is mixed."""
    one = np.ones_like(draws.lam)
    return Mix(one, np.full_like(draws.site, NOWHERE), one, one)


def mix(settings: MixSettings, draws: Draws, v_acc: float) -> Mix:
    """Decide how a run mixes in the steps of an epoch.

    Parameters
    ----------
    settings : MixSettings
        The run's settings.
    draws : Draws
        The random draws of the epoch, the same for every method with the same batch seed.
    v_acc : float
        Training accuracy in [0, 1] over the last finished epoch.
    """
    method = METHODS[settings.method]
    if not method.parts:
        return unmixed(draws)
    lam = LAM_MODES[settings.resolved("lam_mode")](settings, draws, v_acc)
    one_sided = settings.resolved("one_sided") == "on"
    return Mix(
        draws.lam if method.mixes_inputs else np.ones_like(lam),
        _site(settings, draws),
        lam,
        (lam >= 0.5).astype(lam.dtype) if one_sided else lam,
        pairs=settings.resolved("pairs"),
        clean_term=settings.resolved("clean") == "on",
    )


def asymptotic_lam(beta: float, v_acc: float) -> float:
    """Return λ_am = exp(-β·v_acc) (AMM Eq. 6), v_acc the training accuracy in [0, 1]."""
    return float(np.exp(-beta * v_acc))


LAM_MODES: dict[str, Callable[[MixSettings, Draws, float], np.ndarray]] = {
    "random": lambda settings, draws, v_acc: draws.lam,
    "fixed": lambda settings, draws, v_acc: np.full_like(draws.lam, FIXED_LAM),
    "asymptotic": lambda settings, draws, v_acc: np.full_like(
        draws.lam, asymptotic_lam(settings.beta, v_acc)
    ),
}
"""How λ of each step comes about, by the setting `lam_mode`."""


def _site(settings: MixSettings, draws: Draws) -> np.ndarray:
    fixed = {"input": INPUT, "last": settings.sites - 1}
    site = settings.resolved("site")
    return draws.site if site == "random" else np.full_like(draws.site, fixed[site])
