"""The table of methods: which samples are mixed, where, with which λ, and with which label.

Menus, URL, command line, figures and training are derived from it; a new mixing method is an entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ammix_viz.methods.lam import LAM_MODES


@dataclass(frozen=True)
class Method:
    """A training method.

    Attributes
    ----------
    title, about : str
        Displayed name, and a description in a few words.
    colour, dash : str
        Colour and line style in figures; distinct from the colours of classes.
    parts : dict of str to str
        How it mixes; an ablation replaces a part (AMM Table 7, AMA Table 5). Empty for no mixing.

        - `lam_mode`: one of `LAM_MODES`.
        - `one_sided`: "on" if the sample with the larger share gives the label (AMM Eq. 5).
        - `pairs`: "partner", each sample with another one by a random permutation of the batch;
          "even", samples of two different classes, each class equally likely (AMA Eq. 5);
          "even_any", the same, but both samples may be of one class.
        - `clean`: "on" if the cross entropy of the unmixed samples is added (AMA Eq. 7).
        - `site`: "input", "last" (the 2-D feature) or "random", a random site at each step.
    replaceable : tuple of str
        The parts that the settings of the same names can replace.
    mixes_inputs : bool, default=False
        Whether inputs are first mixed with their partners (AMA 4.6).
    contrastive : bool, default=False
        Whether an encoder is trained with the contrastive loss first, then a classifier on it.
    defaults : dict of str to number
        Default settings of all methods in a comparison that includes this one.
    """

    title: str
    about: str
    colour: str
    dash: str
    parts: Mapping[str, str] = field(default_factory=dict)
    replaceable: tuple[str, ...] = ()
    mixes_inputs: bool = False
    contrastive: bool = False
    defaults: Mapping[str, float] = field(default_factory=dict)

    def reads(self, resolved: Callable[[str], str]) -> set[str]:
        """Return the mixing settings that a run of this method depends on.

        If no step has unmixed samples, there is no accuracy to update λ with after each batch.

        Parameters
        ----------
        resolved : callable
            Returns the value of a part, as in `MixSettings.resolved`.
        """
        if not self.parts:
            return set()
        modes = [resolved("lam_mode"), *(["random"] if self.mixes_inputs else [])]
        read = {*self.replaceable, *(name for mode in modes for name in LAM_MODES[mode].reads)}
        always_mixed = resolved("site") == "input" and resolved("clean") == "off"
        return read - {"lam_update"} if self.mixes_inputs or always_mixed else read


MIXUP = {"lam_mode": "random", "one_sided": "off", "pairs": "even", "clean": "off"}
MIDPOINT = {"lam_mode": "asymptotic", "one_sided": "on", "pairs": "even", "clean": "off"}
"""Parts of the methods. With even pairs for all of them the methods come in the published order;
with random partners they do not (`docs/reproduction.md`)."""

AMA = MIDPOINT | {"clean": "on", "site": "last"}
ALL_PARTS = tuple(AMA)
AMA_DEFAULTS = {"beta": 0.67}
"""The AMA paper's β."""

METHODS: dict[str, Method] = {
    "ce": Method("Cross entropy", "No mixing.", "#7f7f7f", "solid"),
    "mixup": Method(
        "Mixup",
        "Mixes inputs by a random λ.",
        "#a6611a",
        "dot",
        MIXUP | {"site": "input"},
        ("pairs",),
    ),
    "manifold": Method(
        "Manifold mixup",
        "Mixes features by a random λ.",
        "#5e3c99",
        "dash",
        MIXUP | {"site": "last"},
        ("pairs", "site"),
    ),
    "am_mixup": Method(
        "AM-mixup",
        "Mixes features towards midpoints.",
        "#d01c8b",
        "solid",
        MIDPOINT | {"site": "last"},
        ALL_PARTS,
    ),
    "ama": Method(
        "AMA",
        "Adds midpoints between classes.",
        "#008837",
        "solid",
        AMA,
        ALL_PARTS,
        defaults=AMA_DEFAULTS,
    ),
    "ama_mixup": Method(
        "AMA + mixup",
        "AMA on inputs mixed by mixup.",
        "#0571b0",
        "dashdot",
        AMA,
        ALL_PARTS,
        mixes_inputs=True,
        defaults=AMA_DEFAULTS,
    ),
    "supcon": Method(
        "SupCon", "Contrastive loss, then classifier.", "#c79a00", "longdash", contrastive=True
    ),
}
