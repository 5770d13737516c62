"""How the samples of each step are mixed, for any method of the table."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ammix_viz.methods.lam import LAM_MODES, asymptotic_lam
from ammix_viz.methods.sampling import Draws
from ammix_viz.methods.table import METHODS

INPUT, NOWHERE = 0, -1
"""Mixing sites: 0 is the input, then each hidden block, last the 2-D feature; -1 is no mixing."""

MOST_ROWS = 64
"""The most mixed rows of a step that are recorded."""


class MixSettings(Protocol):
    """The settings that decide how a run mixes; a `Recipe` has them."""

    @property
    def method(self) -> str: ...  # noqa: D102
    @property
    def beta(self) -> float: ...  # noqa: D102
    @property
    def sites(self) -> int: ...  # noqa: D102

    def resolved(self, name: str) -> str:
        """Return the value of a part of the method: the setting's, or the method's default."""
        ...


@dataclass(frozen=True)
class Mix:
    """How samples are mixed in each of the S steps of an epoch of N samples.

    Every λ and weight is one of a step, shape (S,), or one of a position, shape (N,).

    Attributes
    ----------
    input_lam : ndarray of shape (S,) or (N,), float64
        If inputs are first mixed with their partners (AMA + mixup): share of a sample, and weight
        of its label; 1 for no mixing.
    site : ndarray of shape (S,), int
        Where pairs are mixed; `NOWHERE` for no mixing.
    lam : ndarray of shape (S,) or (N,), float64
        Share of a pair's first sample in the mixed one.
    label_weight : ndarray of shape (S,) or (N,), float64
        Weight of the first sample's label in the loss; the second one's is 1 minus this.
    pairs : {"partner", "even", "even_any"}
        How pairs are chosen, as in `Method.parts`.
    """

    input_lam: np.ndarray
    site: np.ndarray
    lam: np.ndarray
    label_weight: np.ndarray
    pairs: str = "partner"

    @property
    def mean_lam(self) -> float:
        """Mean of λ over the steps, or over the positions."""
        return float(self.lam.mean())

    def by_row(self, name: str, step: np.ndarray) -> np.ndarray:
        """Return a field for each position, given the step (N,) of each: shape (N,)."""
        values = getattr(self, name)
        return values if len(values) == len(step) else values[step]

    def at(self, step: int, rows: slice) -> "Mix":
        """Return how the samples of one step are mixed, given their positions."""
        one, steps = slice(step, step + 1), len(self.site)
        values = {
            name: getattr(self, name) for name in ("input_lam", "site", "lam", "label_weight")
        }
        parts = {name: v[one if len(v) == steps else rows] for name, v in values.items()}
        return replace(self, **parts)

    def update_lam(self, settings: MixSettings, v_acc: float) -> None:
        """Set λ_am to that of another v_acc, in place (AMA, Algorithm 1, line 17)."""
        self.lam[:] = asymptotic_lam(settings.beta, v_acc)
        self.label_weight[:] = _label_weight(settings, self.lam)


def unmixed(draws: Draws) -> Mix:
    """Return the `Mix` of training without mixing."""
    one = np.ones(len(draws.site))
    return Mix(one, np.full_like(draws.site, NOWHERE), one, one)


def mix(settings: MixSettings, draws: Draws, v_acc: float) -> Mix:
    """Return how a run mixes in each step of an epoch.

    Parameters
    ----------
    settings : MixSettings
        Settings of the run.
    draws : Draws
        Random numbers of the epoch, the same for every method with the same batch seed.
    v_acc : float
        Accuracy in [0, 1] that λ_am depends on, such as that of the last finished epoch.
    """
    method = METHODS[settings.method]
    if not method.parts:
        return unmixed(draws)
    lam_mode = LAM_MODES[settings.resolved("lam_mode")]
    lam = lam_mode.of_epoch(draws, settings.beta, v_acc)
    return Mix(
        draws.lam if method.mixes_inputs else np.ones(len(draws.site)),
        _site(settings, draws),
        lam,
        _label_weight(settings, lam),
        pairs=settings.resolved("pairs"),
    )


def _label_weight(settings: MixSettings, lam: np.ndarray) -> np.ndarray:
    return (lam >= 0.5).astype(lam.dtype) if settings.resolved("one_sided") == "on" else lam


def _site(settings: MixSettings, draws: Draws) -> np.ndarray:
    fixed = {"input": INPUT, "last": settings.sites - 1}
    site = settings.resolved("site")
    return draws.site if site == "random" else np.full_like(draws.site, fixed[site])
