"""The images of displayed points: of one as PNG, of all as one sheet."""

import functools
import io
import math

import numpy as np
from PIL import Image

from ammix_viz.datasets.dataset import Dataset
from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs import reader
from ammix_viz.settings.recipe import Recipe

SHEET_COLUMNS = 64
"""Images in a row of a sheet."""

SHEET_QUALITY = 90
"""The quality of a sheet that is smaller when it is not exact."""


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
    dataset = _image_data(key)
    if point >= len(dataset.displayed):
        raise LookupError(f"the run has {len(dataset.displayed)} displayed points.")
    pixels = _pixels(dataset, dataset.displayed[point : point + 1])[0]
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


def point_sheet(key: str) -> bytes:
    """Return the images of all displayed points of a run as one WebP.

    They stand in rows of `SHEET_COLUMNS`, in the order of the run file. Raises as `point_png` does.
    """
    dataset = _image_data(key)
    pixels = _pixels(dataset, dataset.displayed)
    count, *tile = pixels.shape
    rows = math.ceil(count / SHEET_COLUMNS)
    padding = [(0, rows * SHEET_COLUMNS - count), *[(0, 0)] * len(tile)]
    tiles = np.pad(pixels, padding).reshape(rows, SHEET_COLUMNS, *tile).swapaxes(1, 2)
    sheet = tiles.reshape(rows * tile[0], SHEET_COLUMNS * tile[1], *tile[2:])
    picture = Image.fromarray(sheet).convert("RGB")
    return min(_webp(picture, lossless=True), _webp(picture, quality=SHEET_QUALITY), key=len)


def _webp(picture: Image.Image, **options: bool | int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "webp", **options)
    return out.getvalue()


def _image_data(key: str) -> Dataset:
    """Return the data set of a run on images that is displayed."""
    recipe = recipe_of(key)
    if not recipe.on_images:
        raise LookupError("the run is not on images.")
    if recipe.why_not_displayed:
        raise LookupError(recipe.why_not_displayed)
    return load_dataset(recipe)


def _pixels(dataset: Dataset, indices: np.ndarray) -> np.ndarray:
    """Return images as uint8 of shape (n, height, width), with a last axis of 3 for colours."""
    in_train = indices < len(dataset.train)
    found = np.empty((len(indices), *dataset.train.shape[1:]), dataset.train.dtype)
    found[in_train] = dataset.train[indices[in_train]]
    found[~in_train] = dataset.test[indices[~in_train] - len(dataset.train)]
    pixels = (found * (255 / dataset.white)).astype(np.uint8)
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


@functools.lru_cache(maxsize=64)
def recipe_of(key: str) -> Recipe:
    """Return the recipe of a run on disk; raises as `point_png` does."""
    with reader.Run(key) as run:
        recipe = run.recipe
    if recipe is None:
        raise ValueError(f"Run {key} has an older format; its data are not known.")
    return recipe
