"""Where the displayed points of a run lie in input space, with a triangulation of the plane."""

import functools

import numpy as np
from scipy.spatial import Delaunay

from ammix_viz.datasets.input_grid import input_grid
from ammix_viz.datasets.table import load_dataset
from ammix_viz.server.images import recipe_of


@functools.lru_cache(maxsize=32)
def input_plane(key: str) -> bytes:
    """Return the points of a run and a triangulation, which is the same for equal data.

    Returns
    -------
    bytes
        uint32: number of points N and of triangles T; float32 (N, 2): the displayed points, train
        points first; uint16 (T, 3): the corners of a Delaunay triangulation of the points and the
        nodes of the `InputGrid`; corner N + i is node i.

    Raises
    ------
    OSError
        If there is no such run.
    LookupError
        If it does not train on points.
    ValueError
        If the run is damaged.
    """
    recipe = recipe_of(key)
    if recipe.on_images:
        raise LookupError("the run is on images, which lie in no plane.")
    dataset = load_dataset(recipe)
    points = np.concatenate([dataset.train, dataset.test])[dataset.displayed]
    triangles = Delaunay(np.concatenate([points, input_grid(dataset).nodes])).simplices
    counts = np.array([len(points), len(triangles)], "<u4")
    parts = (counts, points.astype("<f4"), triangles.astype("<u2"))
    return b"".join(part.tobytes() for part in parts)
