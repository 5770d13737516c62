"""The studies by their names."""

from ammix_viz.settings.rules import quoted
from ammix_viz.studies import ama_fig2, amm_coarse, amm_tails
from ammix_viz.studies.study import Study

SETS = ("mini_cifar", "digits")
"""Images that the AM-mixup paper's figures can be made of, its own first."""

STUDIES: dict[str, Study] = {"ama-fig2": ama_fig2.STUDY}
ON_IMAGES = {
    "amm-fig2": amm_coarse.figure_2,
    "amm-fig3": amm_tails.figure_3,
    "amm-fig4": amm_coarse.figure_4,
    "amm-fig5": amm_tails.figure_5,
}
STUDIES |= {name: study(SETS[0]) for name, study in ON_IMAGES.items()}
ON_DIGITS = {name: study("digits") for name, study in ON_IMAGES.items()}


def study_of(name: str, data: str | None = None) -> Study:
    """Return a study, on other images than the paper's if asked for.

    Raises
    ------
    ValueError
        If there is no such study, or it is not of such data.
    """
    if name not in STUDIES:
        raise ValueError(f"figure is {quoted(name)}; it must be one of {', '.join(STUDIES)}.")
    own = "gaussian" if name not in ON_IMAGES else SETS[0]
    allowed = (own,) if name not in ON_IMAGES else SETS
    if data not in (None, *allowed):
        raise ValueError(f"data is {quoted(data)}; for {name} it must be {' or '.join(allowed)}.")
    return ON_DIGITS[name] if data == "digits" else STUDIES[name]
