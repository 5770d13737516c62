"""A study: the runs of a paper's figure, and what is to be learnt from them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ammix_viz.comparison import Comparison
from ammix_viz.recipe import Recipe
from ammix_viz.schedule import total_epochs
from ammix_viz.studies.claims import Claim


@dataclass(frozen=True)
class Study:
    """A figure or table of a paper.

    Attributes
    ----------
    name, title : str
        On the command line; above the report.
    about : str
        What the paper shows there.
    comparison : Comparison
        Methods and shared setting.
    deviations : tuple of str
        What is not as in the paper, and why.
    published : str
        The paper's numbers, as far as it prints them.
    bars : dict of str to str
        {field of the records: title} of the metrics that stand as bars.
    claims : tuple of Claim
        What the paper claims.
    """

    name: str
    title: str
    about: str
    comparison: Comparison
    deviations: tuple[str, ...]
    published: str
    bars: Mapping[str, str]
    claims: tuple[Claim, ...]

    def over(self, seeds: int) -> Comparison:
        """Return the comparison over so many seeds.

        Raises
        ------
        ValueError
            If there are more than allowed.
        """
        return replace(self.comparison, seeds=seeds)


def in_order(by_method: Mapping[str, tuple[Recipe, ...]]) -> list[Recipe]:
    """Return all recipes, those that train longest first."""
    everything = [recipe for own in by_method.values() for recipe in own]
    return sorted(everything, key=total_epochs, reverse=True)
