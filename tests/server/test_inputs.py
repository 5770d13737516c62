"""Where points lie in input space, and the triangles between them."""

import numpy as np
import pytest

from ammix_viz.datasets.input_grid import input_grid
from ammix_viz.datasets.table import load_dataset
from ammix_viz.runs.recording import record
from ammix_viz.server.inputs import input_plane
from ammix_viz.settings.recipe import Recipe

CE = Recipe(method="ce", epochs=1)


def test_triangles_of_points_and_nodes_cover_the_grid_once():
    list(record([CE]))
    content = input_plane(CE.key)
    count, triangles = np.frombuffer(content, "<u4", 2)
    points = np.frombuffer(content, "<f4", 2 * count, 8).reshape(-1, 2)
    corners = np.frombuffer(content, "<u2", offset=8 + 8 * int(count)).reshape(-1, 3)
    dataset = load_dataset(CE)
    grid = input_grid(dataset)
    assert len(corners) == triangles
    np.testing.assert_allclose(points, np.concatenate([dataset.train, dataset.test]), rtol=1e-6)
    a, b, c = np.concatenate([points, grid.nodes])[corners].transpose(1, 0, 2)
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    area = np.abs(ux * vy - uy * vx).sum() / 2
    assert area == pytest.approx((2 * grid.half) ** 2)


def test_images_lie_in_no_plane():
    digits = Recipe(data="digits", method="ce", epochs=1)
    list(record([digits]))
    with pytest.raises(LookupError, match="images, which lie in no plane"):
        input_plane(digits.key)
