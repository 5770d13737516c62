"""How long `reproduce ama-fig2` takes from nothing, part by part."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from ammix_viz.bench.timing import drain, seconds
from ammix_viz.studies.output import prepare, write
from ammix_viz.studies.report import files
from ammix_viz.studies.results import read_results, results_manifest
from ammix_viz.studies.table import study_of
from ammix_viz.workers.batches import train_all

SEEDS = 10
STUDY = study_of("ama-fig2")


def measure() -> dict:
    """Train seven methods over ten seeds, and write the report."""
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, AMMIX_RUNS=folder):
        recipes = STUDY.recipes(SEEDS)
        trained = seconds(lambda: drain(train_all(recipes)))
        written = seconds(lambda: _write(Path(folder, "report")))
    return {
        "runs": len(recipes),
        "seeds": SEEDS,
        "cores": os.cpu_count(),
        "training, workers' start included, s": round(trained, 1),
        "report, s": round(written, 1),
        "together, s": round(trained + written, 1),
    }


def _write(folder: Path) -> None:
    prepare(folder, STUDY.name)
    results = read_results(STUDY, SEEDS)
    write(folder, files(results, results_manifest(results, 0.0, 0)))
