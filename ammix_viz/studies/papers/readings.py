"""Other readings of what the AM-mixup paper leaves open, with the claims of the main reading."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ammix_viz.datasets.table import DATASETS
from ammix_viz.settings.recipe import Recipe
from ammix_viz.studies.claims import Claim
from ammix_viz.studies.papers.set_up import METHODS
from ammix_viz.studies.study import Part, methods

PARTNERS = "with random partners"
"""Name of the reading with these pairs instead of even ones."""

FLATTENED = "with a flattened feature layer"
"""Name of the reading with that layer instead of average pooling."""


def other_readings(shared: Recipe) -> dict[str, Recipe]:
    """Return what the methods share in the readings with other pairs, or another feature layer.

    Digits have none with a flattened layer: their last block has one pixel.
    """
    found = {PARTNERS: replace(shared, pairs="partner")}
    flattened = replace(shared, feature_layer="flatten")
    return found if shared.data.startswith("digits") else found | {FLATTENED: flattened}


def other_parts(readings: Mapping[str, Recipe], views: tuple[str, ...] = ("",)) -> tuple[Part, ...]:
    """Return a part for each reading, without panels.

    Parameters
    ----------
    readings : dict of str to Recipe
        {name of a reading: what its methods share}.
    views : tuple of str, optional
        As those of `Part`.
    """
    return tuple(
        Part(
            f"{DATASETS[shared.data].title}, {name}",
            methods(METHODS),
            shared,
            views,
            pictured=False,
        )
        for name, shared in readings.items()
    )


def other_claims(
    claims: Iterable[Claim], readings: Iterable[str], first_part: int
) -> dict[str, tuple[Claim, ...]]:
    """Return the claims of each reading; `first_part` is the index of the first reading's part."""
    kept = tuple(claims)
    return {
        name: tuple(replace(claim, part=part) for claim in kept)
        for part, name in enumerate(readings, start=first_part)
    }
