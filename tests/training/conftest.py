"""Small sets of images."""

from dataclasses import replace

import pytest
import torch
from support.small_cifar import write_cifar
from support.small_image_runs import few_digits

from ammix_viz.datasets.image_set import image_loader
from ammix_viz.datasets.table import DATASETS


@pytest.fixture
def small_sets(tmp_path, monkeypatch):
    """Train on a few images, on one core."""
    monkeypatch.setenv("AMMIX_DATA", str(tmp_path / "data"))
    write_cifar(tmp_path / "data", 4)
    for name in ("digits", "digits_lt", "digits_coarse"):
        entry = DATASETS[name]
        few = replace(entry, load=image_loader(few_digits, entry.coarse))
        monkeypatch.setitem(DATASETS, name, few)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
