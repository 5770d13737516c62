"""A run that is trained, served in the place of made-up ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from support.player_page import Behaviour

from ammix_viz.runs.reader import Run
from ammix_viz.runs.recording import record
from ammix_viz.settings.recipe import Recipe


@dataclass(frozen=True)
class RealRun:
    """The header and the records of a run file."""

    header: dict[str, Any]
    records: np.ndarray

    def points(self, split: str, index: int = -1) -> tuple[np.ndarray, np.ndarray]:
        """Return the features (N, 2) of a split in a record, and their labels."""
        train = self.header["train_points"]
        rows = slice(train) if split == "train" else slice(train, None)
        kept = self.records[index]
        features = kept["features"] * float(kept["scale"])
        return features[rows], np.array(self.header["labels"])[rows]


def train_run(**settings: Any) -> RealRun:
    """Train a run and read its file."""
    recipe = Recipe(**settings)
    list(record([recipe]))
    with Run(recipe.key) as run:
        return RealRun(run.header, run.records())


class RealBehaviour(Behaviour):
    """Serves one trained run under every key that begins with `real`."""

    def __init__(self, run: RealRun) -> None:
        super().__init__()
        self.real = run

    def run(self, key: str) -> Any:
        """Return the run that a key stands for."""
        return self.real if key.startswith("real") else super().run(key)
