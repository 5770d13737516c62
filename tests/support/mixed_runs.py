"""Made-up runs with mixed rows and a grid of inputs; the network only stretches its inputs.

Keys begin with `feature` (features are mixed, with the label of the first parent), `input` (inputs
are mixed, and labels with them) or `unmixed`; others are those of `Behaviour`, older files.
"""

import numpy as np
from scipy.spatial import Delaunay
from support.player_page import Behaviour, FakeRun, around, schedule

from ammix_viz.runs.format import quantise, record_dtype

ROWS, SITES = 32, 4
GRID = {"x": 0.0, "y": 0.0, "half": 6.0, "side": 6}
LAM = {"feature": 0.75, "input": 0.4}


def inputs_of(labels: np.ndarray) -> np.ndarray:
    """Return where the points lie, shape (N, 2)."""
    noise = np.random.default_rng(1).standard_normal((len(labels), 2))
    return around(labels.max() + 1)[labels] * 3 + 0.6 * noise


def grid_nodes() -> np.ndarray:
    """Return the nodes of the grid, row by row from the bottom left."""
    steps = np.linspace(-GRID["half"], GRID["half"], GRID["side"])
    return np.array([(x, y) for y in steps for x in steps])


def stretch(epoch: float) -> float:
    """Return the feature of an input of length 1."""
    return 1 + epoch / 10


class MixedRun(FakeRun):
    """A run of a network that stretches inputs more and more."""

    def _make(self, number: int, labels: np.ndarray, records: int, total: int) -> np.ndarray:
        made = np.zeros(records, record_dtype(labels.max() + 1, len(labels), 0, header=self.header))
        inputs = inputs_of(labels)
        for record, epoch in zip(made, schedule(total)[:records], strict=True):
            by = stretch(epoch)
            self._fill(record, inputs * by, epoch, around(labels.max() + 1), number)
            record["grid_scale"] = GRID["half"] * by / 127
            record["grid"] = np.rint(grid_nodes() * by / record["grid_scale"])
            if self.header["mixed"]["rows"]:
                self._mix(record, inputs[: self.header["train_points"]] * by)
        return made

    def _mix(self, record: np.void, points: np.ndarray) -> None:
        kind = self.header["kind"]
        rng = np.random.default_rng(int(record["step"]))
        parents = rng.integers(0, len(points), (ROWS, 2))
        lam = LAM[kind]
        mixed = lam * points[parents[:, 0]] + (1 - lam) * points[parents[:, 1]]
        record["mixed.rows"], record["mixed.lam"], record["mixed.count"] = parents, lam, ROWS
        record["mixed.label_weight"] = 1 if kind == "feature" else lam
        record["mixed.site"] = SITES - 1 if kind == "feature" else 0
        record["mixed.features"], record["mixed.scale"] = quantise(mixed)
        record["mixed.gradient"], record["mixed.gradient_scale"] = rng.integers(-99, 99, 2), 0.01


class MixedBehaviour(Behaviour):
    """Serves such runs, and where their points lie."""

    def run(self, key: str) -> FakeRun:
        """Return the run that a key stands for, made once."""
        kind = key.split("-")[0]
        if kind not in ("feature", "input", "unmixed"):
            return super().run(key)
        if key not in self.runs:
            flags = {"per_row": False, "parents": False, "partners": False}
            rows = 0 if kind == "unmixed" else ROWS
            extras = {"grid": GRID, "mixed": {"rows": rows, "sites": SITES, **flags}, "kind": kind}
            sizes = 0, self.records, self.counts, self.test, self.records
            self.runs[key] = MixedRun(*sizes, ("training",), extras)
        return self.runs[key]

    def inputs(self, key: str) -> bytes:
        """Return the answer of `/inputs`."""
        points = inputs_of(np.array(self.run(key).header["labels"]))
        triangles = Delaunay(np.concatenate([points, grid_nodes()])).simplices
        counts = np.array([len(points), len(triangles)], "<u4")
        parts = counts, points.astype("<f4"), triangles.astype("<u2")
        return b"".join(part.tobytes() for part in parts)
