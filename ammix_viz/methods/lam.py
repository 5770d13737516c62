"""The table of ways to choose λ, the share of a pair's first row in the mixed one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ammix_viz.methods.sampling import Draws

FIXED_LAM = 0.51
"""λ where it is fixed (AMM Table 7, AMA Table 5)."""


def asymptotic_lam(beta: float, v_acc: float) -> float:
    """Return λ_am = exp(-β·v_acc) (AMM Eq. 6), v_acc an accuracy in [0, 1]."""
    return float(np.exp(-beta * v_acc))


@dataclass(frozen=True)
class LamMode:
    """A way to choose λ.

    Attributes
    ----------
    of_epoch : callable
        Takes the epoch's `Draws`, β and v_acc; returns λ of each step, shape (S,), or of each
        position, shape (N,).
    reads : tuple of str
        The settings that it depends on.
    """

    of_epoch: Callable[[Draws, float, float], np.ndarray]
    reads: tuple[str, ...] = ()


LAM_MODES: dict[str, LamMode] = {
    "random": LamMode(lambda draws, beta, v_acc: draws.lam, ("alpha", "lam_per")),
    "fixed": LamMode(lambda draws, beta, v_acc: np.full(len(draws.site), FIXED_LAM)),
    "asymptotic": LamMode(
        lambda draws, beta, v_acc: np.full(len(draws.site), asymptotic_lam(beta, v_acc)),
        ("beta", "v_acc", "lam_update"),
    ),
}
"""From Beta(α, α); 0.51; exp(-β·v_acc). By the setting `lam_mode`."""
