"""Runs gathered into stacks that are trained together, cut so that every worker is busy."""

from collections.abc import Iterable

from ammix_viz.settings.recipe import Recipe

LEAST_STACK, MOST_STACK = 4, 16
"""Runs of one stack are spread over the workers, but by so many at least and at the most."""


def cut(recipes: Iterable[Recipe], workers: int) -> list[list[Recipe]]:
    """Return runs that can share a stack in equal parts, for so many workers.

    Runs on images share none: they take turns in a worker instead.
    """
    alike: dict[tuple, list[Recipe]] = {}
    for recipe in recipes:
        alike.setdefault(recipe.stack, []).append(recipe)
    parts = []
    for stack in alike.values():
        most = min(max(-(-len(stack) // workers), LEAST_STACK), MOST_STACK)
        count = -(-len(stack) // most)
        parts += [stack[part::count] for part in range(count)]
    return parts
