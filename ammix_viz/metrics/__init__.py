"""The papers' metrics for the features of one run.

Every function takes features of shape (N, d), as a numpy array or a tensor, and returns a float.
"""

from ammix_viz.metrics.functions import (
    alignment,
    d_centroid,
    d_max,
    d_relative,
    neighborhood_uniformity,
    uniformity,
)

__all__ = [
    "alignment",
    "d_centroid",
    "d_max",
    "d_relative",
    "neighborhood_uniformity",
    "uniformity",
]
