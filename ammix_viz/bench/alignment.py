"""How long A takes over 4 classes of 5,000 points: 25 million distances a class, exact."""

from functools import partial

import numpy as np
import torch
from scipy.spatial.distance import pdist
from threadpoolctl import threadpool_limits

from ammix_viz.bench.timing import Work, in_turn, median, ratio
from ammix_viz.metrics.distances import BLOCK_PAIRS, alignments
from ammix_viz.metrics.functions import alignment, d_relative
from ammix_viz.training.devices import configured_arithmetic

CLASSES, POINTS, ROUNDS, WIDE_ROUNDS = 4, 5000, 9, 3


def measure() -> dict:
    """Compute A as a run's metrics do, as the public function does, and by `torch.cdist` at once.

    On one core, as runs are measured.
    """
    features = torch.randn(1, CLASSES * POINTS, 2, generator=torch.Generator().manual_seed(0))
    counts = torch.full((CLASSES,), POINTS)
    labels = torch.arange(CLASSES).repeat_interleave(POINTS)
    parts = {
        "four classes": lambda: alignments(features, counts),
        "one class": lambda: alignments(features[:, :POINTS], counts[:1]),
        "four classes, cdist at once": lambda: _at_once(features[0], counts.tolist()),
        "four classes, public function (float64)": lambda: alignment(features[0], labels),
    }
    with configured_arithmetic():
        exact = _at_once(features[0].double(), counts.tolist())
        apart = abs(float(alignments(features, counts)) / exact - 1)
        times = in_turn(parts, ROUNDS)
    first, _, naive, public = parts
    return {
        "classes": CLASSES,
        "points a class": POINTS,
        "rounds": ROUNDS,
        **{f"{name}, s": median(taken) for name, taken in times.items()},
        **{f"{name}, quickest, s": round(min(taken), 4) for name, taken in times.items()},
        f"{first} / cdist at once": ratio(times, first, naive),
        f"{public} / cdist at once": ratio(times, public, naive),
        "relative difference from cdist in float64": float(f"{apart:.1e}"),
        "memory beyond the features, at most, MB": round(2 * BLOCK_PAIRS * 4 / 1e6, 1),
        "of cdist at once, MB": round(POINTS**2 * 4 / 1e6, 1),
        **_wide(),
    }


def _wide() -> dict[str, float]:
    """Time the public functions on wide features beside scipy's `pdist`, on one core each."""
    found: dict[str, float] = {}
    for metric, count, width in ((alignment, 2000, 512), (d_relative, 10_000, 64)):
        features = np.random.default_rng(0).normal(size=(count, width))
        labels = np.arange(count) % CLASSES
        name = f"{metric.__name__} of {count} × {width}"
        parts: dict[str, Work] = {
            name: partial(metric, features, labels),
            "pdist": partial(_by_pdist, metric is alignment, features, labels),
        }
        with threadpool_limits(1):
            times = in_turn(parts, WIDE_ROUNDS)
        found |= {f"{name}, s": median(times[name])}
        found |= {f"{name} / pdist": ratio(times, name, "pdist")}
    return found


def _by_pdist(inside: bool, features: np.ndarray, labels: np.ndarray) -> None:
    """Take the distances inside each class, or all of them, at once."""
    for part in [features[labels == k] for k in range(CLASSES)] if inside else [features]:
        pdist(part).max()


def _at_once(features: torch.Tensor, sizes: list[int]) -> float:
    exact = "donot_use_mm_for_euclid_dist"
    means = [torch.cdist(part, part, compute_mode=exact).mean() for part in features.split(sizes)]
    return float(torch.stack(means).mean())
