"""The sheet of all images of a run."""

import io

import numpy as np
from PIL import Image

from ammix_viz.datasets.table import load_dataset
from ammix_viz.server import images
from ammix_viz.settings.recipe import Recipe

DIGITS = Recipe(data="digits_lt", method="ce", epochs=1)


def test_the_sheet_has_the_image_of_every_displayed_point(monkeypatch):
    monkeypatch.setattr(images, "recipe_of", lambda key: DIGITS)
    sheet = np.array(Image.open(io.BytesIO(images.point_sheet("ab" * 12))))
    count = len(load_dataset(DIGITS).displayed)
    assert sheet.shape == (8 * -(-count // 64), 8 * 64, 3)
    for point in (0, 63, 64, count - 1):
        row, column = divmod(point, 64)
        tile = sheet[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        image = np.array(Image.open(io.BytesIO(images.point_png("ab" * 12, point))))
        np.testing.assert_array_equal(tile, np.stack([image] * 3, -1))
