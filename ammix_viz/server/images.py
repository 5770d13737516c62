"""The image of a displayed point, as PNG."""

import functools
import io

import numpy as np
from PIL import Image

from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs import reader
from ammix_viz.settings.recipe import Recipe


@functools.lru_cache(maxsize=512)
def point_png(key: str, point: int) -> bytes:
    """Return the image of a displayed point of a run; `point` is its index in the run file.

    Raises
    ------
    OSError
        If there is no such run.
    LookupError
        If it has no such point, or does not train on images.
    ValueError
        If the run is damaged, or its images can no longer be read.
    """
    recipe = recipe_of(key)
    if not recipe.on_images:
        raise LookupError("the run is not on images.")
    if recipe.why_not_displayed:
        raise LookupError(recipe.why_not_displayed)
    dataset = load_dataset(recipe)
    if point >= len(dataset.displayed):
        raise LookupError(f"the run has {len(dataset.displayed)} displayed points.")
    index = dataset.displayed[point]
    size = len(dataset.train)
    pixels = dataset.train[index] if index < size else dataset.test[index - size]
    pixels = (pixels * (255 / dataset.white)).astype(np.uint8)
    pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


@functools.lru_cache(maxsize=64)
def recipe_of(key: str) -> Recipe:
    """Return the recipe of a run on disk; raises as `point_png` does."""
    with reader.Run(key) as run:
        recipe = run.recipe
    if recipe is None:
        raise ValueError(f"Run {key} has an older format; its data are not known.")
    return recipe
