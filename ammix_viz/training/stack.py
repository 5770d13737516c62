"""A stack: runs that are trained together, which may join and leave between epochs."""

from collections.abc import Collection, Sequence

from ammix_viz.networks.table import NETWORKS
from ammix_viz.settings.recipe import OF_STACK, Recipe
from ammix_viz.training.schedule import stages


class Stack:
    """The runs that are to be trained together from the next epoch on.

    Parameters
    ----------
    recipes : sequence of Recipe
        Distinct recipes with the same `stack`.

    Attributes
    ----------
    recipes : tuple of Recipe
        The runs in the order in which they joined.

    Raises
    ------
    ValueError
        If the recipes cannot share a stack.
    """

    def __init__(self, recipes: Sequence[Recipe]) -> None:
        self.recipes: tuple[Recipe, ...] = ()
        self._add(recipes)

    def join(self, recipes: Sequence[Recipe]) -> None:
        """Add runs, which begin with the next epoch.

        Raises
        ------
        ValueError
            If the recipes cannot share the stack, or runs cannot join it later.
        """
        if not all(map(may_join, recipes)):
            raise ValueError("Runs of several stages, and runs on images, cannot join a stack.")
        self._add(recipes)

    def leave(self, keys: Collection[str]) -> None:
        """Remove runs, which are not trained in the next epoch any more."""
        self.recipes = tuple(recipe for recipe in self.recipes if recipe.key not in keys)

    def _add(self, recipes: Sequence[Recipe]) -> None:
        both = (*self.recipes, *recipes)
        if len({recipe.stack for recipe in both}) > 1:
            raise ValueError(
                f"Runs in one stack share network, kind of step, {', '.join(OF_STACK[:-1])} and "
                f"{OF_STACK[-1]}."
            )
        self.recipes = both


def may_join(recipe: Recipe) -> bool:
    """Return whether a run may join a stack that is being trained: if it has one stage."""
    return NETWORKS[recipe.network_name].stacked and len(stages(recipe)) == 1
