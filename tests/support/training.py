"""Training in the test's process."""

from ammix_viz.runs.recording import record


def train(recipes):
    """Train runs to their ends, those of a stack together."""
    stacks = {}
    for recipe in recipes:
        stacks.setdefault(recipe.stack, []).append(recipe)
    for stack in stacks.values():
        for _ in record(stack):
            pass
